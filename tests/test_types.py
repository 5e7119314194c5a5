"""The nouns: spans, pages looked up from offsets, quotes that cannot differ from their source."""

from __future__ import annotations

import dataclasses
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histqa.types import Document, Heading, Page, Question, Quote, Span, Variant


def document_of(text: str, *, cuts: tuple[int, ...] = ()) -> Document:
    edges = (0, *cuts, len(text))
    pages = tuple(
        Page(number, "", Span(start, end))
        for number, (start, end) in enumerate(itertools.pairwise(edges), 1)
    )
    return Document("d", "d.txt", text, "Title", pages=pages)


@st.composite
def paged_documents(draw: st.DrawFn) -> Document:
    text = draw(st.text(min_size=1, max_size=200))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=5)))
    return document_of(text, cuts=tuple(cuts))


@given(paged_documents(), st.data())
def test_a_quote_equals_the_slice_of_its_source(document: Document, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(document.text) - 1))
    end = data.draw(st.integers(start + 1, len(document.text)))
    quote = Quote.cut(document, Span(start, end))
    assert quote.text == document.text[quote.span.start : quote.span.end]


@given(paged_documents(), st.data())
def test_the_pages_of_a_quote_equal_a_character_by_character_count(
    document: Document, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(document.text) - 1))
    end = data.draw(st.integers(start + 1, len(document.text)))
    counted = {
        page.name
        for position in range(start, end)
        for page in document.pages
        if page.span.start <= position < page.span.end
    }
    assert set(Quote.cut(document, Span(start, end)).pages) == counted


def test_a_quote_crossing_pages_names_both() -> None:
    assert Quote.cut(document_of("one two", cuts=(4,)), Span(2, 6)).pages == ("1", "2")


def test_the_printed_label_of_a_page_is_what_people_cite() -> None:
    page = Page(3, "xii", Span(0, 4))
    assert page.name == "xii"


@pytest.mark.parametrize("span", [Span(0, 0), Span(5, 5), Span(3, 99)])
def test_a_quote_that_is_empty_or_outside_cannot_be_made(span: Span) -> None:
    with pytest.raises(ValueError, match="empty or outside"):
        Quote.cut(document_of("short"), span)


def test_the_text_of_a_quote_cannot_be_given_or_changed() -> None:
    with pytest.raises(TypeError):
        Quote(document_of("short"), Span(0, 5), 0.0, text="forged")  # type: ignore[call-arg]
    with pytest.raises(dataclasses.FrozenInstanceError):
        Quote.cut(document_of("short"), Span(0, 5)).text = "forged"  # type: ignore[misc]


def test_the_heading_of_a_place_is_the_last_one_above_it() -> None:
    text = "One\n\nbody\n\nTwo\n\nmore"
    headings = (Heading("One", 1, Span(0, 3)), Heading("Two", 1, Span(11, 14)))
    document = dataclasses.replace(document_of(text), headings=headings)
    assert [document.heading_of(place) for place in (0, 5, 11, 16)] == ["", "One", "One", "Two"]


def test_paragraphs_are_numbered_from_one() -> None:
    document = document_of("first\n\nsecond\n\nthird")
    assert [document.paragraph_of(place) for place in (0, 7, 15)] == [1, 2, 3]


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2)])
def test_a_span_backwards_or_before_the_text_cannot_be_made(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="not a span"):
        Span(start, end)


@pytest.mark.parametrize(
    ("text", "variants", "expected"),
    [
        ("Who held Sakhalin?", (), "Who held Sakhalin?"),
        ("Who held Sakhalin?", (Variant("Sakhalin", "Shakhalin"),), "Who held Shakhalin?"),
        ("Sakhalin, Sakhaliner", (Variant("Sakhalin", r"\1"),), r"\1, Sakhaliner"),
        (
            "Did it like the Whites?",
            (Variant("Whites", "White Army", True), Variant("Whites", "White House", True)),
            "Did it like the Whites (White Army, White House)?",
        ),
        ("the U.S. fleet", (Variant("U.S.", "United States"),), "the United States fleet"),
        ("Where is it", (Variant("it", "one"), Variant("it", "other")), "Where is one"),
    ],
)
def test_a_question_as_found_has_what_the_readings_write(
    text: str, variants: tuple[Variant, ...], expected: str
) -> None:
    assert Question(text, text, variants=variants).as_found == expected


def test_each_variant_is_told_once() -> None:
    variants = (Variant("a", "x"), Variant("b", "y"), Variant("c", "x"))
    assert Question("", "", variants=variants).also_searched == ("x", "y")
