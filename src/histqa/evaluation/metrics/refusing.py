"""Confidence and verdicts against what can be answered: AUC, refusals, risk–coverage, ECE."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from histqa.evaluation.records import ReliabilityBin, RiskPoint

Numbers = npt.NDArray[np.float64]
Values = Sequence[float] | Numbers
Flags = Sequence[bool] | npt.NDArray[np.bool_]

NAN = float("nan")


def auc(confidence: Values, answerable: Flags) -> float:
    """P(confidence of an answerable question > of an unanswerable one), ties counting half.

    The area under the ROC curve, as the Mann–Whitney statistic: (R - n(n+1)/2) / (n m), with R the
    sum of the ranks of the n answerable among all n + m. Source: Hanley and McNeil 1982. NaN where
    either kind is missing.
    """
    values, flags = np.asarray(confidence, dtype=np.float64), np.asarray(answerable, dtype=bool)
    yes, no = int(flags.sum()), int((~flags).sum())
    if not yes or not no:
        return NAN
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[flags].sum() - yes * (yes + 1) / 2) / (yes * no))


def refusal_precision(answered: Flags, answerable: Flags) -> float:
    """|refused and unanswerable| / |refused|; NaN where nothing was refused."""
    refused, absent = ~np.asarray(answered, dtype=bool), ~np.asarray(answerable, dtype=bool)
    return _share(int((refused & absent).sum()), int(refused.sum()))


def refusal_recall(answered: Flags, answerable: Flags) -> float:
    """|refused and unanswerable| / |unanswerable|; NaN where everything is answerable."""
    refused, absent = ~np.asarray(answered, dtype=bool), ~np.asarray(answerable, dtype=bool)
    return _share(int((refused & absent).sum()), int(absent.sum()))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else NAN


def risk_coverage(confidence: Values, loss: Values) -> tuple[RiskPoint, ...]:
    """For every threshold t that occurs, highest first: coverage = |confidence >= t| / n, and
    risk = mean loss (0..1) of these. Source: El-Yaniv and Wiener 2010; Geifman and El-Yaniv 2017.
    """
    return tuple(
        RiskPoint(float(threshold), float(coverage), float(risk))
        for threshold, coverage, risk in zip(*_risk_curve(confidence, loss), strict=True)
    )


def area_under_risk(confidence: Values, loss: Values) -> float:
    """Sum over the points of that curve of risk times the coverage that each adds: 0 (best) to 1.

    AURC of Geifman et al. 2019 (arXiv:1805.08206), equal confidences taken together. NaN for none.
    """
    _, coverage, risk = _risk_curve(confidence, loss)
    return float((risk * np.diff(coverage, prepend=0.0)).sum()) if len(risk) else NAN


def _risk_curve(confidence: Values, loss: Values) -> tuple[Numbers, Numbers, Numbers]:
    values, losses = np.asarray(confidence, dtype=np.float64), np.asarray(loss, dtype=np.float64)
    order = np.argsort(-values, kind="stable")
    values, totals = values[order], np.cumsum(losses[order])
    last = np.flatnonzero(np.append(np.diff(values) != 0, True)[: len(values)])
    return values[last], (last + 1) / max(len(values), 1), totals[last] / (last + 1)


def reliability(
    confidence: Values, answerable: Flags, *, bins: int = 10
) -> tuple[ReliabilityBin, ...]:
    """The questions in ``bins`` equal parts of 0..1 by confidence; empty parts are left out.

    A confidence of 1 belongs to the last part. Source: Niculescu-Mizil and Caruana 2005.
    """
    values, flags = np.asarray(confidence, dtype=np.float64), np.asarray(answerable, dtype=bool)
    places = _bins(values, bins)
    return tuple(
        ReliabilityBin(
            low=part / bins,
            high=(part + 1) / bins,
            count=int(inside.sum()),
            confidence=float(values[inside].mean()),
            answerable=float(flags[inside].mean()),
        )
        for part in range(bins)
        if (inside := places == part).any()
    )


def calibration_error(confidence: Values, answerable: Flags, *, bins: int = 10) -> float:
    """ECE: the sum over the bins of ``reliability`` of count/n · |share answerable - mean
    confidence|, which is |sum of (answerable - confidence)| / n in each. NaN for no questions.

    Source: Naeini et al. 2015; Guo et al. 2017 (arXiv:1706.04599).
    """
    values = np.asarray(confidence, dtype=np.float64)
    gaps = np.bincount(_bins(values, bins), weights=np.asarray(answerable) - values)
    return float(np.abs(gaps).sum() / len(values)) if len(values) else NAN


def _bins(values: Numbers, bins: int) -> npt.NDArray[np.int64]:
    return np.minimum((values * bins).astype(np.int64), bins - 1)
