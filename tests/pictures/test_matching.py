"""Which characters of a page a quote is, through hyphens, ligatures and note marks; or none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histqa.pictures.matching import found_in


def found(page: str, quote: str, before: str = "", after: str = "") -> str:
    return "".join(page[index] for index in found_in(page, quote, before, after))


@pytest.mark.parametrize(
    ("page", "quote", "expected"),
    [
        ("The Allies with-\r\ndrew in 1920.", "Allies withdrew", "Allieswithdrew"),
        ("The Allies with\ufffe\ndrew.", "Allies withdrew", "Allieswithdrew"),
        ("The of\ufb01cer left", "officer left", "of\ufb01cerleft"),
        ("He left.12 Then he came", "left. Then he", "leftThenhe"),
        ("He  left \n the\ttown", "left the town", "leftthetown"),
        ("the cafe\u0301 closed", "caf\u00e9 closed", "cafeclosed"),
        ("\u201cWell,\u201d he said", '"Well," he said', "Wellhesaid"),
        ("area of 5 km\u00b2 here", "5 km\u00b2", "5km\u00b2"),
    ],
)
def test_what_our_text_mends_is_found_on_the_page(page: str, quote: str, expected: str) -> None:
    assert found(page, quote) == expected


@pytest.mark.parametrize("quote", ["in 1921", "withdraw", "", "...", "Siberia in", "n 1920 a"])
def test_what_is_not_there_in_these_words_is_not_found(quote: str) -> None:
    assert found_in("The Allies withdrew from Siberia and in 1920.", quote, "", "") == ()


def test_rows_of_numbers_take_no_longer_than_words() -> None:
    ones = "1 " * 60
    assert found(ones, "1 " * 30 + "2") == ""
    assert found("In 1 1 1 1 2 it was", "1 1 1 1 2") == "11112"


def test_of_words_that_stand_there_twice_it_is_the_one_that_was_quoted() -> None:
    page = "in Omsk, and in Omsk, and in Omsk"
    assert found_in(page, "in Omsk", "in Omsk, and", ", and in Omsk")[0] == page.index("in", 5)
    assert found_in(page, "in Omsk", "in Omsk, and in Omsk, and", "")[0] == page.rindex("in")


def test_words_that_stand_there_more_often_than_in_our_text_are_not_found() -> None:
    assert found_in("Omsk as a running head. He was in Omsk.", "Omsk", "He was in", ".") == ()


@given(st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1), min_size=1))
def test_whole_words_are_found_in_themselves(words: list[str]) -> None:
    page = " ".join(words)
    indices = found_in(page, page, "", "")
    shown = {index for index in range(len(page)) if page[index] != " "}
    assert set(indices) <= shown
    assert list(indices) == sorted(indices)
