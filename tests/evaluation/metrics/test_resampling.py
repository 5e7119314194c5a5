"""Intervals and tests of significance: known limits, exact small cases, the same every time."""

from __future__ import annotations

import numpy as np
import pytest

from histqa.evaluation.metrics import resampling
from histqa.evaluation.metrics.resampling import (
    mean_intervals,
    percentile,
    randomisation_p,
    resamples,
    share_interval,
    statistic_interval,
)


def test_the_interval_of_a_constant_is_the_constant() -> None:
    low, high = mean_intervals(np.full((20, 1), 0.3))
    assert low[0] == pytest.approx(0.3)
    assert high[0] == pytest.approx(0.3)


def test_the_interval_of_a_share_is_near_the_normal_one() -> None:
    values = np.repeat([0.0, 1.0], [200, 200])[:, None]
    low, high = mean_intervals(values)
    half = 1.96 * np.sqrt(0.25 / 400)  # .049
    assert low[0] == pytest.approx(0.5 - half, abs=0.01)
    assert high[0] == pytest.approx(0.5 + half, abs=0.01)


def test_the_interval_of_a_share_by_hand() -> None:
    # 8 of 10, z = 1.96: (.8 + .19207 ± 1.96 sqrt(.016 + .0096)) / 1.38415 (Wilson's formula).
    assert share_interval(0.8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)


def test_a_share_of_all_or_none_is_not_sure() -> None:
    # z² / (n + z²) = 3.8415 / 13.8415 = .2775
    assert share_interval(1.0, 10) == (pytest.approx(0.7225, abs=1e-4), 1.0)
    assert share_interval(0.0, 10) == (0.0, pytest.approx(0.2775, abs=1e-4))


def test_questions_without_a_metric_do_not_pull_it_down() -> None:
    values = np.array([[1.0, np.nan], [1.0, 1.0], [1.0, np.nan]])
    assert mean_intervals(values)[0][1] == 1.0


def test_means_and_statistics_have_the_same_interval() -> None:
    values = np.random.default_rng(0).random((50, 1))
    low, high = mean_intervals(values)
    found = statistic_interval(lambda rows: float(values[rows, 0].mean()), 50)
    assert found == pytest.approx((low[0], high[0]))


def test_blocks_bound_the_memory_and_not_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = np.concatenate(list(resamples(7, times=10)))
    monkeypatch.setattr(resampling, "CELLS", 20)
    assert np.array_equal(np.concatenate(list(resamples(7, times=10))), whole)


def test_p_is_the_share_of_sign_changes_that_are_as_extreme() -> None:
    # All of n = 5 differences are +1: only 2 of 2^5 sign patterns are as extreme: p = 1/16.
    assert randomisation_p([0.0] * 5, [1.0] * 5) == pytest.approx(2 / 32, abs=0.01)


def test_no_difference_is_no_evidence() -> None:
    assert randomisation_p([0.5, 0.1], [0.5, 0.1]) == 1.0
    assert randomisation_p([0.0, 1.0], [1.0, 0.0]) == pytest.approx(1.0)


def test_the_same_data_give_the_same_p() -> None:
    old, new = [0.1, 0.5, 0.3, 0.9], [0.4, 0.4, 0.8, 1.0]
    assert randomisation_p(old, new) == randomisation_p(old, new)


def test_percentiles_are_those_of_numpy() -> None:
    values = np.random.default_rng(1).random(37)
    for share in (0, 50, 95, 100):
        assert percentile(values, share) == pytest.approx(np.percentile(values, share))
    # Of 1, 2, 3, 4 the median is halfway between 2 and 3.
    assert percentile(np.array([4.0, 1.0, 3.0, 2.0]), 50) == 2.5
