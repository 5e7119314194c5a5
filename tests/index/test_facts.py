"""Which of several files with the same reading is indexed."""

import itertools

import pytest

from histqa.corpus.likeness import packed, sketch_of
from histqa.index.facts import Facts, repeats

TEXT = " ".join(f"word{number}" for number in range(400))


def facts(text: str = TEXT, *, pages: int = 0, empty_pages: int = 0, headings: int = 0) -> Facts:
    words = len(text.split())
    return Facts("T", pages, empty_pages, headings, words, 4, 12, packed(sketch_of(text)))


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (facts(pages=3), facts(headings=9)),
        (facts(headings=9), facts()),
        (facts(), facts(pages=3, empty_pages=1)),
        (facts(), facts(TEXT[: int(len(TEXT) * 0.85)], pages=3)),
        (facts(TEXT[: int(len(TEXT) * 0.98)], pages=3), facts()),
    ],
)
def test_pages_win_over_headings_over_none_but_never_at_the_cost_of_text(better, worse):
    assert repeats({"a": worse, "b": better}) == {"a": "b"}
    assert repeats({"a": better, "b": worse}) == {"b": "a"}


def test_the_path_decides_between_equals_and_not_the_order_of_coming():
    for order in itertools.permutations("cab"):
        assert repeats({path: facts() for path in order}) == {"b": "a", "c": "a"}


def test_a_part_of_a_reading_is_a_reading_of_its_own():
    assert repeats({"part": facts(TEXT[: len(TEXT) // 2], pages=2), "whole": facts()}) == {}


def test_facts_survive_being_stored():
    assert Facts.from_json(facts(pages=2).json) == facts(pages=2)
