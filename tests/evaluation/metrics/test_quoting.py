"""Coverage, precision and validity of quotes, each worked out by hand."""

from __future__ import annotations

import pytest

from histqa.evaluation.metrics.quoting import coverage, folded, precision, validity
from histqa.types import Span

QUOTES = ["Japan sent troops in 1918.", "They left\nin 1922."]


def test_coverage_counts_groups_of_which_any_quote_stands_in_the_words() -> None:
    groups = [["sent troops"], ["left in 1922", "went home"], ["never said"]]
    assert coverage(QUOTES, groups, words=60) == pytest.approx(2 / 3)


def test_what_stands_after_the_words_that_count_is_not_covered() -> None:
    # Nine words in all: the last is "1922."
    assert coverage(QUOTES, [["left in 1922"]], words=9) == 1.0
    assert coverage(QUOTES, [["left in 1922"]], words=8) == 0.0


def test_a_gold_quote_may_run_over_two_quotes() -> None:
    assert coverage(QUOTES, [["in 1918. They left"]], words=60) == 1.0


def test_a_refusal_covers_nothing() -> None:
    assert coverage([], [["sent troops"]], words=60) == 0.0


def test_typed_quotation_marks_are_the_same_as_printed_ones_but_letters_are_not() -> None:
    assert folded("“Japan’s” – war") == folded('"Japan\'s" - war')
    assert coverage(["Japan’s aim"], [["Japan's aim"]], words=60) == 1.0
    assert coverage(["Japan's aim"], [["japan's aim"]], words=60) == 0.0


def test_precision_is_the_share_of_words_in_sentences_with_gold() -> None:
    # "Japan sent troops." has gold (3 words), "They left." has none (2), "All was well." none (3).
    quotes = ["Japan sent troops. They left.", "All was well."]
    assert precision(quotes, [[Span(6, 10)], []]) == pytest.approx(3 / 8)
    assert precision(quotes, [[Span(12, 21)], []]) == pytest.approx(5 / 8)  # over two sentences


def test_validity_is_the_share_of_verbatim_quotes() -> None:
    assert validity([True, True, False, True]) == 0.75
