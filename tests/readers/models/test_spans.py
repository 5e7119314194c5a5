"""Token logits become readings of sentences: the best span by brute force, in characters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from histqa.readers.models.spans import LONGEST_ANSWER, UNREAD, best_span, sentence_readings
from histqa.types import Passage

logits = st.integers(1, 40).flatmap(
    lambda size: st.tuples(
        *(arrays(np.float32, size, elements=st.integers(-50, 50).map(float)) for _ in range(2))
    )
)


@given(logits)
def test_the_best_span_is_that_of_trying_all(pair: tuple[np.ndarray, np.ndarray]) -> None:
    starts, ends = pair
    every = [
        float(starts[first] + ends[last])
        for first in range(len(starts))
        for last in range(first, min(len(ends), first + LONGEST_ANSWER))
    ]
    first, last, score = best_span(starts, ends)
    assert 0 <= last - first < LONGEST_ANSWER
    assert score == max(every) == starts[first] + ends[last]


def test_each_sentence_has_its_own_span_and_odds(
    make_passages: Callable[..., tuple[Passage, ...]],
) -> None:
    (passage,) = make_passages(["It began in 1904. It ended in 1905."])
    words = [(0, 2), (3, 8), (9, 11), (12, 16), (16, 17)]
    offsets = [*words, *((start + 18, end + 18) for start, end in words)]
    starts, tokens = np.zeros(10, dtype=np.float32), np.zeros(10, dtype=np.float32)
    starts[[3, 8]] = 4.0, 5.0
    tokens[5:] = 2.0
    first, second = sentence_readings(passage, offsets, starts, starts, tokens, (1.0, 0.5))
    assert first.span is not None
    assert second.span is not None
    assert passage.text[first.span.start : first.span.end] == "1904"
    assert passage.text[second.span.start : second.span.end] == "1905"
    assert (first.span_odds, second.span_odds) == (7.0, 9.0)
    assert (first.sentence_odds, second.sentence_odds) == (-0.5, 1.5)


def test_a_sentence_that_was_cut_off_is_unread(
    make_passages: Callable[..., tuple[Passage, ...]],
) -> None:
    (passage,) = make_passages(["It began in 1904. It ended in 1905."])
    one = np.zeros(1, dtype=np.float32)
    readings = sentence_readings(passage, [(0, 2)], one, one, one, (0.0, 0.0))
    assert readings[0] != UNREAD
    assert readings[1] == UNREAD


@pytest.mark.parametrize("size", [1, LONGEST_ANSWER, LONGEST_ANSWER + 1])
def test_no_span_is_longer_than_an_answer_may_be(size: int) -> None:
    starts, ends = np.zeros(size, dtype=np.float32), np.zeros(size, dtype=np.float32)
    starts[0], ends[-1] = 9.0, 9.0
    first, last, _ = best_span(starts, ends)
    assert last - first < LONGEST_ANSWER
