"""Answers made of quotes: verbatim, within the budget, neighbours joined, refusals honest."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histqa.composers import COMPOSERS, build_composer
from histqa.composers.quotes import QUOTE_WORDS, QuoteComposer, chosen_pieces, with_piece
from histqa.errors import SettingsError
from histqa.settings import Settings
from histqa.text import sentences
from histqa.types import Document, Evidence, Finding, Question, Span, Verdict

TEXT = "Japan stayed. It wanted land. The Allies left. Winter came early that year."
DOCUMENT = Document("d", "d.txt", TEXT, "Title")
SENTENCES = sentences(TEXT)


def evidence(*order: int) -> tuple[Evidence, ...]:
    return tuple(
        Evidence("d", SENTENCES[number], 1.0 - place / 10) for place, number in enumerate(order)
    )


def joined(found: tuple[Evidence, ...], document: Document, longest: int) -> tuple[Evidence, ...]:
    pieces: tuple[Evidence, ...] = ()
    for piece in found:
        pieces = with_piece(pieces, piece, {"d": document}, longest=longest)
    return pieces


def composed(found: tuple[Evidence, ...], *, confidence: float = 0.9, max_words: int = 120):
    composer = QuoteComposer(threshold=0.5, related=2)
    question = Question("why?", "why?", max_words=max_words)
    return composer.compose(question, Finding(found, confidence), {"d": DOCUMENT})


def test_the_best_quote_comes_first_and_markers_count_the_quotes() -> None:
    answer = composed(evidence(3, 0))
    assert [quote.text for quote in answer.quotes] == [
        "Winter came early that year.",
        "Japan stayed.",
    ]
    assert answer.text == "“Winter came early that year.” [1]\n\n“Japan stayed.” [2]"


def test_neighbouring_sentences_become_one_quote_in_the_order_of_the_text() -> None:
    answer = composed(evidence(1, 3, 0))
    assert [quote.text for quote in answer.quotes] == [
        "Japan stayed. It wanted land.",
        "Winter came early that year.",
    ]


def test_a_sentence_that_comes_last_closes_the_gap_between_two_quotes() -> None:
    answer = composed(evidence(0, 3, 2, 1))
    assert [quote.text for quote in answer.quotes] == [TEXT]


def test_a_sentence_between_two_quotes_goes_to_the_better_where_all_are_too_long() -> None:
    text = "One two three. Four five six. Seven eight nine."
    document = Document("d", "d.txt", text, "")
    first, middle, last = sentences(text)
    found = tuple(Evidence("d", span, 1.0 - n / 10) for n, span in enumerate((last, first, middle)))
    assert [piece.span.of(text) for piece in joined(found, document, 6)] == [
        "Four five six. Seven eight nine.",
        "One two three.",
    ]


def test_sentences_of_two_paragraphs_are_not_joined() -> None:
    document = Document("d", "d.txt", "One here.\n\nTwo here.", "")
    found = (Evidence("d", Span(0, 9), 1.0), Evidence("d", Span(11, 20), 0.9))
    assert joined(found, document, 60) == found


def test_a_joined_quote_does_not_grow_without_end() -> None:
    text = " ".join(f"Sentence number {number} has six words." for number in range(30))
    document = Document("d", "d.txt", text, "")
    found = tuple(Evidence("d", span, 1.0) for span in sentences(text))
    for piece in joined(found, document, QUOTE_WORDS):
        assert len(piece.span.of(text).split()) <= QUOTE_WORDS


def test_not_found_offers_the_nearest_and_quotes_nothing() -> None:
    answer = composed(evidence(2, 0, 1), confidence=0.4)
    assert answer.verdict is Verdict.NOT_FOUND
    assert answer.quotes == ()
    assert [quote.text for quote in answer.related] == ["The Allies left.", "Japan stayed."]
    assert answer.text == "The readings do not say."


def test_no_evidence_is_not_found_however_confident() -> None:
    assert not composed((), confidence=1.0).is_answered


def test_the_first_sentence_is_quoted_whole_even_over_the_budget() -> None:
    answer = composed(evidence(3), max_words=2)
    assert [quote.text for quote in answer.quotes] == ["Winter came early that year."]


@given(st.permutations(range(4)), st.integers(5, 30))
def test_every_quote_is_verbatim_and_the_budget_holds(order: list[int], max_words: int) -> None:
    answer = composed(evidence(*order), max_words=max_words)
    for quote in answer.quotes:
        assert TEXT[quote.span.start : quote.span.end] == quote.text
    assert sum(len(quote.text.split()) for quote in answer.quotes) <= max_words


def test_the_first_quote_is_opened_and_others_where_words_are_left() -> None:
    text = "Japan stayed. It wanted land.\n\nThe Allies left. They were tired."
    document = Document("d", "d.txt", text, "")
    second, fourth = Span(14, 29), Span(48, 64)
    found = (Evidence("d", second, 1.0), Evidence("d", fourth, 0.9))
    texts = [
        [piece.span.of(text) for piece in chosen_pieces(found, {"d": document}, max_words=most)]
        for most in (11, 10, 3)
    ]
    assert texts[0] == ["Japan stayed. It wanted land.", "The Allies left. They were tired."]
    assert texts[1] == ["Japan stayed. It wanted land.", "They were tired."]
    assert texts[2] == ["It wanted land."]


@given(st.permutations(range(6)), st.integers(20, 120))
def test_no_two_quotes_of_a_reading_overlap(order: list[int], max_words: int) -> None:
    text = " ".join(f"They met {'again and ' * (8 + number)}left." for number in range(6))
    document = Document("d", "d.txt", text, "")
    spans = sentences(text)
    found = tuple(Evidence("d", spans[number], 1.0 - n / 10) for n, number in enumerate(order))
    pieces = chosen_pieces(found, {"d": document}, max_words=max_words)
    ordered = sorted(piece.span for piece in pieces)
    assert not any(one.overlaps(after) for one, after in pairwise(ordered))


@pytest.mark.parametrize(
    ("asked", "short"),
    [
        ("When did the troops leave?", "1922"),
        ("What year was it?", "1922"),
        ("Why did the troops leave?", ""),
        ("How many troops left?", ""),
    ],
)
def test_the_exact_words_are_given_where_a_few_can_answer(asked: str, short: str) -> None:
    document = Document("d", "d.txt", "The troops left in 1922. The city fell.", "")
    finding = Finding((Evidence("d", Span(0, 24), 1.0, short=Span(19, 23)),), 0.99)
    composer = QuoteComposer(threshold=0.5, related=2)
    answer = composer.compose(Question(asked, asked), finding, {"d": document})
    assert answer.short == short
    assert answer.short in answer.quotes[0].text


def test_an_unknown_composer_is_named_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="'poet' is unknown; known: quotes"):
        build_composer(Settings(composer="poet"))


@pytest.mark.parametrize("name", COMPOSERS)
def test_every_composer_of_the_table_quotes_verbatim(
    name: str, make_document: Callable[..., Document]
) -> None:
    document = make_document("d", ["The troops left in 1922. The city fell."])
    composer = build_composer(Settings(composer=name))
    finding = Finding((Evidence("d", Span(0, 24), 1.0),), 0.99)
    answer = composer.compose(Question("when?", "when?"), finding, {"d": document})
    assert [quote.text for quote in answer.quotes] == ["The troops left in 1922."]
