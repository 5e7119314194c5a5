"""Which readings are shown whole, and how little of the others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histqa.frontends.disclosure import Disclosure, is_open_licence, is_shown_whole
from histqa.frontends.places import neighbourhood
from histqa.frontends.signing import Signatures
from histqa.types import Document, Span

TEXT = " ".join(f"word{number}" for number in range(500))


def reading(**changes: str) -> Document:
    return Document("id", "a.txt", TEXT, "Title", **changes)


@pytest.mark.parametrize(
    "licence",
    [
        "CC0", "CC0 1.0 Universal", "CC BY 4.0", "cc-by-sa 3.0", "CC BY-SA 3.0 US",
        "Creative Commons Attribution 4.0 International License",
        "Creative Commons Attribution-ShareAlike 4.0",
        "https://creativecommons.org/licenses/by-sa/4.0/",
        "http://creativecommons.org/publicdomain/zero/1.0/deed.en",
        "Public domain", "public domain in the USA", "Public Domain Mark 1.0",
        "Open Government Licence v3.0", "GNU Free Documentation License 1.3",
    ],
)  # fmt: skip
def test_an_open_licence_is_known_however_it_is_written(licence: str) -> None:
    assert is_open_licence(licence)


@pytest.mark.parametrize(
    "licence",
    [
        "", " ", "unknown", "CC BY-NC 4.0", "CC BY-ND 4.0", "CC BY-NC-SA", "not public domain",
        "All rights reserved", "© 1999, by permission", "CC", "licence", "CC BY? I am not sure",
        "https://creativecommons.org/licenses/by-nc/4.0/", "https://elsewhere.example/by/4.0/",
    ],
)  # fmt: skip
def test_what_is_not_recognised_as_a_whole_is_not_open(licence: str) -> None:
    assert not is_open_licence(licence)


def test_what_the_teacher_says_goes_before_the_licence() -> None:
    assert is_shown_whole(reading(show="whole"))
    assert not is_shown_whole(reading(show="passage", licence="CC0"))
    assert is_shown_whole(reading(licence="CC0"))
    assert not is_shown_whole(reading())


@given(st.integers(0, len(TEXT)), st.integers(0, len(TEXT)), st.integers(0, 9))
def test_a_neighbourhood_adds_no_more_than_its_words(first: int, second: int, words: int) -> None:
    span = Span(min(first, second), max(first, second))
    around = neighbourhood(TEXT, span, words=words)
    before, after = TEXT[around.start : span.start], TEXT[span.end : around.end]
    assert around.start <= span.start <= span.end <= around.end
    assert len(before.split()) <= words
    assert len(after.split()) <= words
    assert not before or around.start == 0 or TEXT[around.start - 1] == " "
    assert not after or around.end == len(TEXT) or TEXT[around.end] == " "


def test_a_text_without_blanks_is_bounded_too() -> None:
    assert neighbourhood("字" * 5000, Span(2000, 2100), words=60) == Span(2000, 2100)
    assert len(neighbourhood("a " * 5000, Span(2000, 2100), words=60)) < 100 + 2 * 2 * 60


def test_a_reading_by_passage_shows_only_what_was_signed_and_a_little_around_it() -> None:
    disclosure = Disclosure(Signatures("a secret of sixteen or more"), context_words=5)
    document = reading()
    span = Span(TEXT.index("word250"), TEXT.index("word252"))
    signature = disclosure.signatures.place("id", span, document.text_hash)
    query = {"start": str(span.start), "end": str(span.end), "sig": signature}
    place = disclosure.place(document, query)
    assert place.mark == span
    assert place.window.of(TEXT).split() == [f"word{number}" for number in range(245, 257)]
    for changed in ({"start": "0"}, {"end": str(len(TEXT))}, {"sig": ""}, {"sig": "é"}):
        refused = disclosure.place(document, query | changed)
        assert (refused.mark, len(refused.window)) == (None, 0)
        assert "only the passages" in str(refused.problem)
    assert len(disclosure.place(document, {"part": "1"}).window) == 0
    assert len(disclosure.place(document, {}).window) == 0
