"""Addresses of quotes, and the places that they lead to."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from histqa.frontends.addresses import is_hash_of, quote_address
from histqa.frontends.places import PART_CHARACTERS, divided, find_place, part_of
from histqa.types import Document, Heading, Quote, Span

LONG = "\n\n".join(f"Paragraph {number}. " + "More of it. " * 40 for number in range(400)).strip()


def document(text: str, **changes: tuple[Heading, ...]) -> Document:
    return Document("id", "a.txt", text, "Title", **changes)


@given(st.data())
def test_an_address_leads_back_to_exactly_its_quote(data: st.DataObject) -> None:
    reading = document(LONG)
    start = data.draw(st.integers(0, len(LONG) - 1))
    end = data.draw(st.integers(start + 1, min(start + 500, len(LONG))))
    assume(LONG[start:end].strip())
    address = urlsplit(quote_address(Quote.cut(reading, Span(start, end))))
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    place = find_place(reading, query)
    assert place.mark == Span(start, end)
    assert place.problem is None
    assert place.window.start <= start < end <= place.window.end


@pytest.mark.parametrize(
    "query",
    [
        {"start": "5", "end": "3"},
        {"start": "0", "end": "0"},
        {"start": "0", "end": "999999999"},
        {"start": "-1", "end": "4"},
        {"start": "<script>", "end": "4"},
        {"start": "1"},
        {"start": "4", "end": "5"},
        {"start": "٣", "end": "٤"},
        {"start": "0", "end": "9" * 5000},
        {"start": "0", "end": "4", "hash": "0000000000000000"},
        {"start": "0", "end": "4", "hash": ""},
    ],
)
def test_a_place_that_cannot_be_shown_is_said_and_nothing_is_marked(query: dict[str, str]) -> None:
    place = find_place(document("Some text."), query)
    assert place.mark is None
    assert "nothing is marked" in str(place.problem)


def test_a_text_that_has_changed_is_said_to_have_changed() -> None:
    address = urlsplit(quote_address(Quote.cut(document("Old text."), Span(0, 3))))
    query = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert "has changed" in str(find_place(document("New text."), query).problem)


def test_a_hash_is_known_by_its_beginning_but_not_by_any_few_letters() -> None:
    whole = document("text").text_hash
    assert is_hash_of(whole, whole)
    assert is_hash_of(whole[:16], whole)
    assert not is_hash_of(whole[:4], whole)
    assert not is_hash_of("z" * 16, whole)


@given(st.lists(st.integers(1, 30_000), max_size=12))
def test_parts_cover_every_paragraph_once_and_none_is_cut(lengths: list[int]) -> None:
    text = "\n\n".join("x" * length for length in lengths)
    parts = divided(document(text))
    assert "\n\n".join(part.of(text) for part in parts) == text
    assert all(len(part) <= PART_CHARACTERS + 30_000 for part in parts)


def test_a_part_begins_at_a_heading_where_one_is_near() -> None:
    heading = LONG.index("Paragraph 70.")
    headings = (Heading("Paragraph 70.", 1, Span(heading, heading + 13)),)
    assert heading > PART_CHARACTERS * 3 / 4 > heading - 10_000
    assert divided(document(LONG, headings=headings))[1].start == heading


def test_a_part_is_found_by_position_and_an_unknown_one_is_said() -> None:
    reading = document(LONG)
    parts = divided(reading)
    assert part_of(parts, 0) == 1
    assert part_of(parts, len(LONG) - 1) == len(parts)
    assert find_place(reading, {"part": "2"}).window == parts[1]
    assert "no such part" in str(find_place(reading, {"part": "99"}).problem)


def test_a_mark_over_the_border_of_two_parts_shows_both() -> None:
    reading = document(LONG)
    first, second, *_ = divided(reading)
    query = {"start": str(first.end - 5), "end": str(second.start + 5)}
    assert find_place(reading, query).window == Span(first.start, second.end)
