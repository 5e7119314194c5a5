"""EvaluationReport -> how sure it is, what another threshold would give, how long answers take."""

from __future__ import annotations

from collections.abc import Sequence

from histqa.evaluation.html.drawing import (
    Axis,
    bar,
    curve,
    dot,
    figure_of,
    line,
    numbers_of,
    plot,
    shares,
    step,
    text,
)
from histqa.evaluation.html.elements import Markup, row
from histqa.evaluation.html.numbers import counted, duration, percent
from histqa.evaluation.records import EvaluationReport, Figure, RiskPoint

_MOST_POINTS = 20
_BARS = 32
_HEADROOM = 1.3  # over the highest bar, for what is said there
_SPREAD = 2.0  # beyond so many times the 95th percentile, times share the last bar


def reliability(report: EvaluationReport) -> Markup:
    """Confidence against the share that is answerable; the diagonal is where both are equal."""
    parts = report.reliability
    if not parts:
        return Markup()
    most = max(part.count for part in parts)
    points = [(part.confidence, part.answerable) for part in parts]
    says = [
        f"{counted(part.count, 'question')}: {percent(part.confidence)} sure, "
        f"{percent(part.answerable)} answerable"
        for part in parts
    ]
    layers = [
        line((0, 0), (1, 1), kind="ideal"),
        text((0.03, 0.93), "could be surer", kind="remark"),
        text((0.97, 0.05), "too sure of itself", kind="remark end"),
        *(line(point, (point[0], point[0]), kind="gap") for point in points),
        *(
            dot(point, 3.5 + 8.5 * (part.count / most) ** 0.5, said)
            for point, part, said in zip(points, parts, says, strict=True)
        ),
    ]
    error = report.overall.figure("ece")
    off = f" On average it is off by {percent(error.value)} (ECE)." if error else ""
    rows = [
        row(
            f"{percent(part.low, unit='')}–{percent(part.high)}",
            f"{part.count:,}", percent(part.confidence, digits=1),
            percent(part.answerable, digits=1),
        )
        for part in parts
    ]  # fmt: skip
    title = "Is it as sure as it should be?"
    return figure_of(
        title,
        "Of the questions it is 70 % sure of, the readings should answer 70 %: the dotted line. "
        f"A larger dot stands for more questions.{off}",
        plot("reliability", f"Reliability diagram. {'; '.join(says)}.",
             (shares("confidence (mean)"), shares("questions that are answerable")), *layers),
        numbers_of(title, ("Confidence", "Questions", "Mean confidence", "Answerable"), rows),
    )  # fmt: skip


def risk_coverage(report: EvaluationReport) -> Markup:
    """The loss among what is answered against how much is; with the shipped threshold's place."""
    points = report.risk_coverage
    if not points:
        return Markup()
    title = "What would a stricter threshold give?"
    shipped = _shipped(report)
    said = _as_shipped(shipped) if shipped else ""
    rows = [
        row(f"{point.threshold:.3f}", percent(point.coverage, digits=1),
            percent(point.risk, digits=1))
        for point in _thinned(points)
    ]  # fmt: skip
    layers = [curve([(point.coverage, point.risk) for point in points])]
    if shipped:
        layers += [
            line((shipped.coverage, 0), (shipped.coverage, shipped.risk), kind="gap"),
            dot((shipped.coverage, shipped.risk), 6, said, kind="dot hollow"),
        ]
    return figure_of(
        title,
        "If only the surest answers were given: to the right, how many questions get one; upwards, "
        f"how much of that is lost. {said}".rstrip(),
        plot("risk-coverage", f"Risk–coverage curve. {_ends(points)} {said}".rstrip(),
             (shares("questions answered"), shares("mean loss of these")), *layers),
        numbers_of(title, ("Threshold", "Answered", "Mean loss"), rows),
    )  # fmt: skip


def _ends(points: Sequence[RiskPoint]) -> str:
    first, last = points[0], points[-1]
    return (
        f"With {percent(first.coverage)} of the questions answered the mean loss is "
        f"{percent(first.risk)}; with {percent(last.coverage)} it is {percent(last.risk)}."
    )


def _shipped(report: EvaluationReport) -> RiskPoint | None:
    threshold = report.settings.get("answer_threshold")
    if not isinstance(threshold, int | float):
        return None
    above = [point for point in report.risk_coverage if point.threshold >= threshold]
    return above[-1] if above else None


def _as_shipped(point: RiskPoint) -> str:
    return (
        f"The ring is today's threshold: {percent(point.coverage)} answered, "
        f"mean loss {percent(point.risk)}."
    )


def _thinned(points: Sequence[RiskPoint]) -> list[RiskPoint]:
    if len(points) <= _MOST_POINTS:
        return list(points)
    last = len(points) - 1
    return [points[round(last * part / (_MOST_POINTS - 1))] for part in range(_MOST_POINTS)]


def latency(report: EvaluationReport) -> Markup:
    """How many questions took how long."""
    times = sorted(outcome.seconds for outcome in report.outcomes)
    half, most = (report.overall.figure(name) for name in ("seconds_p50", "seconds_p95"))
    if not half or not most:
        return Markup()
    width, counts = _binned(times, _SPREAD * most.value)
    end = width * len(counts)
    top = _HEADROOM * max(counts)
    labels = [_bin_label(place, width, len(counts)) for place in range(len(counts))]
    layers = [
        bar(place / len(counts), 1 / len(counts), count / top,
            f"{label}: {counted(count, 'question')}")
        for place, (count, label) in enumerate(zip(counts, labels, strict=True))
        if count
    ]  # fmt: skip
    layers += _mark(half, "half", end, dy=10, room=0.3) + _mark(
        most, percent(0.95), end, dy=27, room=0.65
    )
    longer = sum(time >= end for time in times)
    rest = f" {counted(longer, 'question')} took longer; the last bar holds them." * bool(longer)
    rows = [row(label, f"{count:,}") for label, count in zip(labels, counts, strict=True) if count]
    title = "How long does an answer take?"
    reading = (
        f"Half of the questions took at most {duration(half.value)}, {percent(0.95)} at most "
        f"{duration(most.value)}, the slowest {duration(times[-1])}.{rest}"
    )
    return figure_of(
        title, reading,
        plot("latency", f"Histogram of the time per question. {reading}",
             (_time_axis(end), _count_axis(top)), *layers),
        numbers_of(title, ("Time", "Questions"), rows),
    )  # fmt: skip


def _mark(figure: Figure, name: str, end: float, *, dy: int, room: float) -> list[Markup]:
    """A line through all bars; what it says stands left of it beyond the place ``room``."""
    place, said = figure.value / end, f"{name}: {duration(figure.value)}"
    dx, kind = (-6, "said end") if place > room else (6, "said")
    return [
        line((place, 0), (place, 1), kind="mark"),
        text((place, 1), said, dx=dx, dy=dy, kind=kind),
    ]


def _binned(times: Sequence[float], most: float) -> tuple[float, list[int]]:
    """The width of a bin in seconds, and how many of ``times`` (sorted) each bin holds."""
    width = step(max(min(times[-1], most), 1e-4), _BARS)
    count = int(min(times[-1], most) / width) + 1
    counts = [0] * count
    for time in times:
        counts[min(int(time / width), count - 1)] += 1
    return width, counts


def _bin_label(place: int, width: float, count: int) -> str:
    start = duration(place * width)
    return (
        f"{start} and more" if place == count - 1 else f"{start} – {duration((place + 1) * width)}"
    )


def _time_axis(end: float) -> Axis:
    size = step(end, 4)
    return Axis(
        "time per question",
        [(size * n / end, duration(size * n)) for n in range(int(end / size + 1e-9) + 1)],
    )


def _count_axis(top: float) -> Axis:
    size = max(1, round(step(top, 4)))
    return Axis("questions", [(n / top, f"{n:,}") for n in range(0, int(top) + 1, size)])
