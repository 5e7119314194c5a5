"""Where expected texts stand in the readings, and what is relevant because of that."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histqa.evaluation.gold import gold_of
from histqa.evaluation.metrics.quoting import folded
from histqa.evaluation.readings import Readings
from histqa.evaluation.records import ExamQuestion
from histqa.types import Document


@pytest.mark.parametrize(
    ("quote", "stands_as"),
    [
        ("left Vladivostok", "left Vladivostok"),
        ("the  admiral's\ntrain", "the admiral’s train"),  # typed apostrophe, other white space
        ("1918. The last", "1918. The last"),
        ("city of Omsk. Omsk fell", "city of Omsk.\n\nOmsk fell"),
    ],
)
def test_a_quote_is_found_where_it_stands(
    readings: Readings, library: Sequence[Document], quote: str, stands_as: str
) -> None:
    (place,) = readings.places(quote)
    text = next(document.text for document in library if document.doc_id == place.doc_id)
    assert place.span.of(text) == stands_as


def test_what_does_not_stand_anywhere_has_no_place(readings: Readings) -> None:
    assert readings.places("left vladivostok") == ()
    assert readings.places("  ") == ()
    # The end of one reading and the beginning of the next are not one text.
    assert readings.places("Czech Legion. Colonists threw") == ()


def test_the_search_can_be_kept_to_a_reading(readings: Readings) -> None:
    assert {place.doc_id for place in readings.places("harbour")} == {"tea", "book"}
    assert {place.doc_id for place in readings.places("harbour", within=["book"])} == {"book"}


@given(st.data())
def test_every_stretch_of_a_reading_is_found_at_its_offsets(data: st.DataObject) -> None:
    text = data.draw(st.text(alphabet="ab \n’'\u00a0", min_size=1, max_size=60))
    document = Document("d", "d.txt", text, "")
    start = data.draw(st.integers(0, len(text) - 1))
    stretch = text[start : data.draw(st.integers(start + 1, len(text)))]
    found = Readings([document], {"d": document}, passage_words=50).places(stretch)
    for place in found:
        assert folded(place.span.of(text)) == folded(stretch)
    assert bool(found) == bool(folded(stretch))


@pytest.mark.parametrize(
    "name", ["book", "unit/book.pdf", "book.pdf", "BOOK", "the white admiral", "./unit/book.pdf"]
)
def test_a_reading_goes_by_many_names(readings: Readings, name: str) -> None:
    assert readings.named(name) == ("book",)


def test_gold_pages_are_those_of_the_quote_or_of_the_file(readings: Readings) -> None:
    quote = ExamQuestion("1", "Q?", quote_groups=(("Omsk fell",),))
    assert gold_of(quote, readings).pages == {("book", "v")}
    paged = ExamQuestion("1", "Q?", document="book", pages=("iv",))
    assert gold_of(paged, readings).pages == {("book", "iv")}


def test_a_quote_over_two_passages_makes_both_relevant(readings: Readings) -> None:
    gold = gold_of(ExamQuestion("1", "Q?", quote_groups=(("Omsk. Omsk fell",),)), readings)
    assert len(gold.passages) == 2
    assert gold.documents == {"book"}


@pytest.mark.parametrize(
    ("answer", "stands"),
    [("OMSK", True), ("the  harbour", True), ("Admiral's train", True), ("harb", False),
     ("mirals", False), ("Omsk fell in", True), ("east. Japan", False), ("19", False),
     ("1919.", True), ("The", False)],
)  # fmt: skip
def test_an_answer_stands_there_as_whole_words(
    readings: Readings, answer: str, *, stands: bool
) -> None:
    assert readings.hold_words(answer) is stands


def test_the_nearest_text_is_what_the_quote_was_copied_from(readings: Readings) -> None:
    alike, text = readings.nearest_text("The Allies wished to rescue the Czech Legion", ["siberia"])
    assert alike > 0.8
    assert "rescue the Czech Legion" in text
