"""SQuAD's figures against cases worked out by hand from the official script's definitions."""

from __future__ import annotations

import pytest

from histqa.evaluation.metrics.words import (
    exact_match,
    holds_answer,
    normalised,
    numbers_in,
    token_f1,
)
from histqa.evaluation.records import Number


def test_case_punctuation_articles_and_blanks_do_not_count() -> None:
    assert normalised("  The Treaty,   of a\tPortsmouth! ") == "treaty of portsmouth"
    assert normalised("the an a") == ""


def test_articles_go_after_punctuation_as_in_the_official_script() -> None:
    # Punctuation first: "a-b" becomes "ab", which is no article.
    assert normalised("a-b the. theatre") == "ab theatre"


@pytest.mark.parametrize(
    ("given", "expected", "value"),
    [
        ("the Czech Legion.", ["Czech legion"], 1.0),
        ("Czech", ["Czech legion", "czech"], 1.0),
        ("Czech army", ["Czech legion"], 0.0),
        ("", [], 1.0),
        ("Tokyo", [], 0.0),
        ("", ["Tokyo"], 0.0),
        ("", ["the"], 1.0),  # an answer that normalises to nothing is none
    ],
)
def test_exact_match(given: str, expected: list[str], value: float) -> None:
    assert exact_match(given, expected) == value


@pytest.mark.parametrize(
    ("given", "expected", "value"),
    [
        # 2 of 3 given words are expected, 2 of 4 expected are given: P 2/3, R 1/2, F1 4/7.
        ("red army soldiers", ["red army of Siberia"], 2 * (2 / 3) * (1 / 2) / (2 / 3 + 1 / 2)),
        ("war war", ["war"], 2 * (1 / 2) * 1 / (1 / 2 + 1)),  # a word counts as often as it stands
        ("Vladivostok", ["Tokyo", "in Vladivostok"], 2 * 1 * (1 / 2) / (1 + 1 / 2)),
        ("Tokyo", ["Vladivostok"], 0.0),
        ("", [], 1.0),
        ("Tokyo", [], 0.0),
        ("the", ["Tokyo"], 0.0),
    ],
)
def test_token_f1(given: str, expected: list[str], value: float) -> None:
    assert token_f1(given, expected) == pytest.approx(value, abs=1e-12)


def test_an_answer_stands_in_a_text_as_whole_words() -> None:
    assert holds_answer("It was signed in the city of Portsmouth.", ["The city of Portsmouth"])
    assert not holds_answer("the Portsmouthian spirit", ["Portsmouth"])
    assert not holds_answer("anything", [])
    assert not holds_answer("anything", ["the"])
    assert holds_answer("the Admiral’s train", ["Admiral's train"])


def test_a_number_stands_in_a_text_within_its_tolerance() -> None:
    year = Number(1920, 5)
    assert holds_answer("from 1918-1922 on", [], [year])
    assert not holds_answer("from 1914 to 1926", [], [year])
    assert holds_answer("about 72,000 men", [], [Number(72_000)])


def test_a_dash_between_numbers_is_no_minus() -> None:
    assert list(numbers_in("1918-1922, -5 degrees, 1,234.5")) == [1918, 1922, -5, 1234.5]


@pytest.mark.parametrize(("given", "is_right"), [(0.3, True), (-0.1, True), (0.31, False)])
def test_both_ends_of_a_tolerance_are_right(given: float, is_right: bool) -> None:
    assert Number(0.1, 0.2).accepts(given) is is_right
