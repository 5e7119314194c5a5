"""Outcomes -> the report: figures with intervals, overall and by kind, tag, document; curves."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from histqa.evaluation.metrics import METRICS
from histqa.evaluation.metrics.refusing import (
    area_under_risk,
    auc,
    calibration_error,
    refusal_precision,
    refusal_recall,
    reliability,
    risk_coverage,
)
from histqa.evaluation.metrics.resampling import (
    Rows,
    mean_intervals,
    percentile,
    share_interval,
    statistic_interval,
)
from histqa.evaluation.records import (
    EvaluationReport,
    Figure,
    Outcome,
    QuestionFile,
    ReliabilityBin,
    RiskPoint,
    Slice,
)

Statistic = Callable[[Rows], float]


def reported(file: QuestionFile, outcomes: Sequence[Outcome], **facts: Any) -> EvaluationReport:
    """The report of ``outcomes``; ``facts`` are its fields created, version, settings ..."""
    return EvaluationReport(
        file=file,
        outcomes=tuple(outcomes),
        slices=tuple(slices(outcomes)),
        risk_coverage=_risk(outcomes),
        reliability=_reliability(outcomes),
        **facts,
    )


def slices(outcomes: Sequence[Outcome]) -> Iterator[Slice]:
    """Overall first; then each kind, tag and expected document that the file names."""
    yield _slice("overall", "", outcomes)
    for axis, names_of in _AXES.items():
        members: dict[str, list[Outcome]] = {}
        for outcome in outcomes:
            for name in names_of(outcome):
                members.setdefault(name, []).append(outcome)
        for name in sorted(members):
            yield _slice(axis, name, members[name])


_AXES: Mapping[str, Callable[[Outcome], Sequence[str]]] = {
    "kind": lambda outcome: [outcome.question.kind] if outcome.question.kind else [],
    "tag": lambda outcome: outcome.question.tags,
    "document": lambda outcome: [outcome.question.document] if outcome.question.document else [],
}


def _slice(axis: str, name: str, outcomes: Sequence[Outcome]) -> Slice:
    figures = [*_means(outcomes)]
    if axis == "overall":  # each is computed anew for a thousand resamples
        figures += _statistics(outcomes)
    order = list(METRICS)
    figures.sort(key=lambda figure: order.index(figure.metric))
    return Slice(axis, name, len(outcomes), tuple(figures))


def _means(outcomes: Sequence[Outcome]) -> Iterator[Figure]:
    names = [
        name
        for name, metric in METRICS.items()
        if metric.made == "mean" and any(name in outcome.metrics for outcome in outcomes)
    ]
    if "has_answer_em" not in names:
        # Without expected answers, EM would say of refusals alone what other figures say better.
        names = [name for name in names if "answer_em" not in name and "answer_f1" not in name]
    if not names:
        return
    values = np.array(
        [[outcome.metrics.get(name, math.nan) for name in names] for outcome in outcomes]
    )
    known = [column[~np.isnan(column)] for column in values.T]
    graded = [place for place, column in enumerate(known) if not np.isin(column, (0, 1)).all()]
    intervals = mean_intervals(values[:, graded]).T if graded else ()
    resampled = dict(zip(graded, intervals, strict=True))
    for place, name in enumerate(names):
        mean, count = float(known[place].mean()), len(known[place])
        yield _figure(name, mean, resampled.get(place, share_interval(mean, count)), count)


def _statistics(outcomes: Sequence[Outcome]) -> Iterator[Figure]:
    if not outcomes:
        return
    yield from _refusals(outcomes)
    for name, statistic in _statistics_of(outcomes).items():
        value = statistic(np.arange(len(outcomes)))
        count = sum(name != "aurc" or "loss_if_answered" in out.metrics for out in outcomes)
        if not math.isnan(value):
            yield _figure(name, value, statistic_interval(statistic, len(outcomes)), count)


def _refusals(outcomes: Sequence[Outcome]) -> Iterator[Figure]:
    answered = np.array([outcome.is_answered for outcome in outcomes])
    answerable = np.array([outcome.question.answerable for outcome in outcomes])
    for name, share, among in (
        ("not_found_precision", refusal_precision(answered, answerable), ~answered),
        ("not_found_recall", refusal_recall(answered, answerable), ~answerable),
    ):
        if count := int(among.sum()):
            yield _figure(name, share, share_interval(share, count), count)


def _statistics_of(outcomes: Sequence[Outcome]) -> dict[str, Statistic]:
    confidence = np.array([outcome.confidence for outcome in outcomes])
    answerable = np.array([outcome.question.answerable for outcome in outcomes])
    seconds = np.array([outcome.seconds for outcome in outcomes])
    loss = np.array([outcome.metrics.get("loss_if_answered", math.nan) for outcome in outcomes])

    def risk(rows: Rows) -> float:
        rows = rows[~np.isnan(loss[rows])]
        return area_under_risk(confidence[rows], loss[rows])

    return {
        "auc": lambda rows: auc(confidence[rows], answerable[rows]),
        "aurc": risk,
        "ece": lambda rows: calibration_error(confidence[rows], answerable[rows]),
        "seconds_p50": lambda rows: percentile(seconds[rows], 50),
        "seconds_p95": lambda rows: percentile(seconds[rows], 95),
    }


def _figure(name: str, value: float, interval: Iterable[float], count: int) -> Figure:
    low, high = (value if math.isnan(bound) else float(bound) for bound in interval)
    return Figure(name, value, low, high, count)


def _risk(outcomes: Sequence[Outcome]) -> tuple[RiskPoint, ...]:
    with_loss = [outcome for outcome in outcomes if "loss_if_answered" in outcome.metrics]
    return risk_coverage(
        [outcome.confidence for outcome in with_loss],
        [outcome.metrics["loss_if_answered"] for outcome in with_loss],
    )


def _reliability(outcomes: Sequence[Outcome]) -> tuple[ReliabilityBin, ...]:
    return reliability(
        [outcome.confidence for outcome in outcomes],
        [outcome.question.answerable for outcome in outcomes],
    )
