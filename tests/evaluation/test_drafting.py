"""Draft questions: from sentences that stand alone, each with its quote, all labelled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from histqa.evaluation.drafting import SYNTHETIC, as_jsonl, drafts
from histqa.evaluation.formats import read_questions
from histqa.types import Document


@pytest.mark.parametrize(
    ("sentence", "kind", "question", "answer"),
    [
        (
            "In July 1918, the two empires signed a treaty.",
            "when",
            "When was it that the two empires signed a treaty?",
            "July 1918",
        ),
        (
            "Admiral Alexander Kolchak ruled most of Siberia then.",
            "who",
            "Who ruled most of Siberia then?",
            "Admiral Alexander Kolchak",
        ),
        (
            "At Omsk, the government lost its last friends.",
            "where",
            "Where was it that the government lost its last friends?",
            "Omsk",
        ),
        (
            "Russian troops did not come because winter had closed the harbour.",
            "why",
            "Why was it that Russian troops did not come?",
            "",
        ),
        (
            "Tokyo sent about 72,000 soldiers over the sea.",
            "how many",
            "Tokyo sent about how many soldiers over the sea?",
            "72,000",
        ),
    ],
)
def test_a_sentence_of_a_known_pattern_becomes_a_question(
    make_document: Callable[..., Document], sentence: str, kind: str, question: str, answer: str
) -> None:
    # "the" stands in lower case elsewhere, "Russian" does not: only the latter is a name.
    (draft,) = drafts([make_document("d", [f"{sentence} It was the end."])], 5)
    assert (draft.kind, draft.question) == (kind, question)
    assert draft.answers == ((answer,) if answer else ())
    assert draft.quote_groups == ((sentence,),)
    assert SYNTHETIC in draft.tags


def test_a_sentence_that_leans_on_another_makes_no_question(
    make_document: Callable[..., Document],
) -> None:
    leaning = "He ruled Siberia because nobody else was willing to do it."
    assert drafts([make_document("d", [leaning])], 5) == ()


def test_every_fifth_is_a_near_miss_with_a_name_from_elsewhere(
    make_document: Callable[..., Document],
) -> None:
    asia = [f"In 192{n}, the harbour of Vladivostok was closed to ships." for n in range(6)]
    europe = ["The streets of Paris were full.", "Many people in Paris had come to stay."]
    found = drafts([make_document("asia", asia), make_document("europe", europe)], 5)
    (miss,) = [draft for draft in found if not draft.answerable]
    assert len(found) == 5
    assert "Paris" in miss.question
    assert miss.quote_groups == miss.answers == ()


def test_drafts_can_be_run_as_they_are(
    make_document: Callable[..., Document], tmp_path: Path
) -> None:
    asia = [f"In 192{n}, the harbour of Vladivostok was closed to ships." for n in range(6)]
    found = drafts([make_document("asia", asia)], 6)
    (tmp_path / "drafts.jsonl").write_text(as_jsonl(found), encoding="utf-8")
    file = read_questions(tmp_path / "drafts.jsonl")
    assert file.bad_rows == ()
    assert [question.question for question in file.questions] == [one.question for one in found]
    assert [question.id for question in file.questions] == [one.id for one in found]
