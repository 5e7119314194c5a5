"""Refusals, curves and calibration by hand; AUC against scikit-learn."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histqa.evaluation.metrics.refusing import (
    area_under_risk,
    auc,
    calibration_error,
    refusal_precision,
    refusal_recall,
    reliability,
    risk_coverage,
)


def test_auc_by_hand() -> None:
    # Pairs (answerable, not): .9>.5, .9>.4, .5=.5 (half), .5>.4: 3.5 of 4.
    assert auc([0.9, 0.5, 0.5, 0.4], [True, True, False, False]) == 3.5 / 4


def test_auc_needs_both_kinds() -> None:
    assert math.isnan(auc([0.1, 0.9], [True, True]))


@pytest.mark.slow  # scikit-learn takes seconds to import
@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=40))
@settings(max_examples=60, deadline=None)
def test_auc_is_that_of_scikit_learn(rows: list[tuple[int, bool]]) -> None:
    from sklearn.metrics import roc_auc_score

    confidence, answerable = [row[0] / 6 for row in rows], [row[1] for row in rows]
    if len(set(answerable)) == 2:
        expected = roc_auc_score(answerable, confidence)
        assert auc(confidence, answerable) == pytest.approx(expected, abs=1e-12)


def test_precision_and_recall_of_refusals() -> None:
    answered = [True, False, False, False, True]
    answerable = [True, True, False, False, False]
    assert refusal_precision(answered, answerable) == 2 / 3
    assert refusal_recall(answered, answerable) == 2 / 3
    assert math.isnan(refusal_precision([True], [True]))
    assert math.isnan(refusal_recall([True], [True]))


def test_risk_and_coverage_at_every_threshold_that_occurs() -> None:
    points = risk_coverage([0.9, 0.2, 0.5, 0.5], [0.0, 1.0, 1.0, 0.0])
    found = [(point.threshold, point.coverage, point.risk) for point in points]
    assert found == [(0.9, 0.25, 0.0), (0.5, 0.75, 1 / 3), (0.2, 1.0, 0.5)]


def test_the_area_weighs_risk_by_the_coverage_that_is_added() -> None:
    area = area_under_risk([0.9, 0.2, 0.5, 0.5], [0.0, 1.0, 1.0, 0.0])
    assert area == pytest.approx(0.0 * 0.25 + 1 / 3 * 0.5 + 0.5 * 0.25)
    assert math.isnan(area_under_risk([], []))
    assert risk_coverage([], []) == ()


def test_reliability_bins_and_the_error_of_calibration() -> None:
    # [0, .1): .05 with no; [.9, 1]: .95 with yes, 1.0 with no.
    parts = reliability([0.05, 0.95, 1.0], [False, True, False])
    assert [(part.low, part.high, part.count) for part in parts] == [(0.0, 0.1, 1), (0.9, 1.0, 2)]
    assert parts[1].confidence == pytest.approx(0.975)
    assert parts[1].answerable == 0.5
    error = calibration_error([0.05, 0.95, 1.0], [False, True, False])
    assert error == pytest.approx((0.05 + 2 * 0.475) / 3)
    assert math.isnan(calibration_error([], []))
