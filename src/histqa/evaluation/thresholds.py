"""Words such as "coverage@60=0.8" and a report -> which thresholds it misses."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from histqa.errors import SettingsError
from histqa.evaluation.metrics import METRICS
from histqa.evaluation.records import EvaluationReport


@dataclass(frozen=True, slots=True)
class Threshold:
    """A bound on one overall figure: at least ``bound``, or at most."""

    metric: str
    bound: float
    is_minimum: bool = True


def threshold(written: str, *, is_minimum: bool = True) -> Threshold:
    """Raises SettingsError for an unknown metric or a bound that is no number."""
    option = "--min" if is_minimum else "--max"
    name, equals, bound = written.partition("=")
    if not equals:
        raise SettingsError(f"{option} {written}: write METRIC=VALUE, such as coverage@60=0.8")
    if name not in METRICS:
        raise SettingsError(
            f"{option} {written}: no metric is named {name!r}; known: {', '.join(METRICS)}"
        )
    try:
        value = float(bound)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise SettingsError(f"{option} {written}: {bound!r} is no number; write one such as 0.8")
    return Threshold(name, value, is_minimum)


def missed(report: EvaluationReport, thresholds: Iterable[Threshold]) -> Iterator[str]:
    """A sentence for each threshold that is not met; a figure that is missing meets none."""
    for wanted in thresholds:
        figure = report.overall.figure(wanted.metric)
        relation = "at least" if wanted.is_minimum else "at most"
        said = f"{wanted.metric} should be {relation} {wanted.bound:g}"
        if figure is None:
            yield f"{said} and was not measured: no question of the file allows it"
        elif (figure.value < wanted.bound) if wanted.is_minimum else (figure.value > wanted.bound):
            yield f"{said} and is {figure.value:.4f}"
