"""A SQuAD file with its contexts as readings: the figures are the official script's, by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from histqa.assistant import Assistant
from histqa.embedders.hashing import HashingEmbedder
from histqa.evaluation.formats import read_questions
from histqa.evaluation.running import Evaluation
from histqa.settings import Settings
from histqa.stores.exact import ExactStore
from histqa.types import Document

CONTEXT = "The Treaty of Portsmouth was signed in 1905. Admiral Kolchak ruled from Omsk."


@dataclass(frozen=True)
class Case:
    """One question, the prediction that is made for it, and its scores by hand."""

    question: str
    answers: tuple[str, ...]
    expected_em: float
    expected_f1: float


# Predictions are whole quotes here, so the scores follow from the words of the sentence:
# "treaty of portsmouth was signed in 1905" (7 words), "admiral kolchak ruled from omsk" (5).
CASES = (
    # P 1/7, R 1: F1 = 2/8.
    Case("When was the Treaty of Portsmouth signed?", ("1905",), 0.0, 0.25),
    # An exact match, article and full stop apart.
    Case(
        "Was the Treaty of Portsmouth signed in 1905?",
        ("Treaty of Portsmouth was signed in 1905", "no"),
        1.0,
        1.0,
    ),
    # The best of both: "Admiral Kolchak" P 2/5, R 1: 4/7; "Omsk": 2/6.
    Case("Who was Admiral Kolchak who ruled from Omsk?", ("Omsk", "Admiral Kolchak"), 0.0, 4 / 7),
    # Unanswerable and answered: 0.
    Case("Who painted Portsmouth?", (), 0.0, 0.0),
)


def squad() -> dict[str, object]:
    questions = [
        {
            "id": str(number),
            "question": case.question,
            "answers": [
                {"text": answer, "answer_start": max(CONTEXT.find(answer), 0)}
                for answer in case.answers
            ],
            "is_impossible": not case.answers,
        }
        for number, case in enumerate(CASES)
    ]
    paragraph = {"context": CONTEXT, "qas": questions}
    return {"version": "v2.0", "data": [{"title": "Wars", "paragraphs": [paragraph]}]}


@pytest.mark.parametrize(("threshold", "is_refused"), [(0.0, False), (1.0, True)])
def test_the_figures_are_those_of_the_official_script(
    make_document: Callable[..., Document],
    make_store: Callable[..., ExactStore],
    tmp_path: Path,
    threshold: float,
    is_refused: bool,
) -> None:
    (tmp_path / "dev-v2.0.json").write_text(json.dumps(squad()), encoding="utf-8")
    store = make_store([make_document("wars", [sentence + "." for sentence in sentences()])])
    settings = Settings(embedder="hashing", reader="none", answer_threshold=threshold, max_words=1)
    report = Evaluation(Assistant(store, HashingEmbedder(), settings)).run(
        read_questions(tmp_path / "dev-v2.0.json")
    )
    em = [float(not case.answers) if is_refused else case.expected_em for case in CASES]
    f1 = [float(not case.answers) if is_refused else case.expected_f1 for case in CASES]
    figures = {figure.metric: figure.value for figure in report.overall.figures}
    expected = {
        "answer_em": mean(em), "answer_f1": mean(f1),
        "has_answer_em": mean(em[:3]), "has_answer_f1": mean(f1[:3]),
        "no_answer_em": mean(em[3:]), "no_answer_f1": mean(f1[3:]),
    }  # fmt: skip
    for name, value in expected.items():
        assert figures[name] == pytest.approx(value, abs=1e-12), name


def test_marks_of_notes_are_no_part_of_the_expected_quote(tmp_path: Path) -> None:
    context = "Omsk fell.[note 3] Kolchak  fled\u200b east.[12] He died."
    start = context.index("Kolchak")
    asked = {"id": "1", "question": "Who?", "answers": [{"text": "Kolchak", "answer_start": start}]}
    data = [{"title": "W", "paragraphs": [{"context": context, "qas": [asked]}]}]
    (tmp_path / "s.json").write_text(json.dumps({"data": data}), encoding="utf-8")
    (question,) = read_questions(tmp_path / "s.json").questions
    assert question.quote_groups == (("Kolchak fled east.",),)


def sentences() -> Sequence[str]:
    return CONTEXT.rstrip(".").split(". ")


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
