"""Ranks worked out by hand, and every ranking metric against ir_measures (trec_eval)."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histqa.evaluation.metrics.ranking import hit, ndcg, reciprocal_rank


def test_hit_within_k() -> None:
    assert [hit([3, 7], k) for k in (1, 2, 3, 10)] == [0.0, 0.0, 1.0, 1.0]
    assert hit([], 10) == 0.0


def test_reciprocal_rank_is_that_of_the_first() -> None:
    assert reciprocal_rank([3, 7]) == 1 / 3
    assert reciprocal_rank([]) == 0.0


def test_ndcg_by_hand() -> None:
    # Relevant at ranks 1 and 3, three relevant in all.
    gain = 1 + 1 / math.log2(4)
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert ndcg([1, 3], 10, relevant=3) == pytest.approx(gain / ideal)
    assert ndcg([1, 3], 2, relevant=3) == pytest.approx(1 / (1 + 1 / math.log2(3)))
    assert ndcg([], 10, relevant=1) == 0.0


@given(
    st.lists(st.integers(1, 30), unique=True, max_size=8),
    st.integers(0, 4),
    st.sampled_from([1, 5, 10]),
)
@settings(max_examples=60, deadline=None)
def test_the_library_says_the_same(ranks: list[int], unretrieved: int, k: int) -> None:
    ir_measures = pytest.importorskip("ir_measures")
    relevant = len(ranks) + unretrieved
    if not relevant:
        return
    found = {f"doc{rank}": 100.0 - rank for rank in range(1, 31)}
    judged = {f"doc{rank}": 1 for rank in ranks}
    judged |= {f"lost{number}": 1 for number in range(unretrieved)}
    measures = {
        ir_measures.Success @ k: hit(ranks, k),
        ir_measures.RR: reciprocal_rank(ranks),
        ir_measures.nDCG @ k: ndcg(ranks, k, relevant=relevant),
    }
    expected = ir_measures.calc_aggregate(list(measures), {"q": judged}, {"q": found})
    for measure, value in measures.items():
        assert value == pytest.approx(expected[measure], abs=1e-9), measure
