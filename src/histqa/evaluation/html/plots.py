"""EvaluationReport -> its plots, each with a sentence to read it by and its numbers as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from histqa.evaluation.html.drawing import (
    Axis,
    bar,
    bars,
    curve,
    dot,
    line,
    plot,
    shares,
    step,
    strip,
    strip_axis,
    text,
)
from histqa.evaluation.html.elements import (
    Markup,
    element,
    joined,
    more,
    row,
    table,
    unseen_but_read,
)
from histqa.evaluation.html.numbers import counted, duration, exact, percent
from histqa.evaluation.html.words import GLOSSES
from histqa.evaluation.records import EvaluationReport, Figure, Reason, RiskPoint, Slice

_PAIRS = (
    ("coverage@60", "coverage@120", "What was expected and is quoted",
     "How many of the expected quotes stand in the first 60 and in the first 120 quoted words."),
    ("answer_in_quotes@60", "answer_in_quotes@120", "Expected answers that stand in the quotes",
     "For how many questions an expected answer stands in the first 60 and 120 quoted words."),
    ("verdict_correct", "passed", "Right verdicts, and questions passed",
     "Answered what the readings answer and refused what they do not; and passed altogether."),
)  # fmt: skip
_SERIES = {
    "coverage@60": "60 words", "coverage@120": "120 words",
    "answer_in_quotes@60": "60 words", "answer_in_quotes@120": "120 words",
    "verdict_correct": "right verdict", "passed": "passed",
}  # fmt: skip
_MOST_KINDS = 20
_MOST_POINTS = 20
_BARS = 32
_HEADROOM = 1.3  # over the highest bar, for what is said there
_SPREAD = 2.0  # beyond so many times the 95th percentile, times share the last bar


def plots(report: EvaluationReport) -> Markup:
    """All plots that the report has numbers for."""
    if not report.outcomes:
        return Markup()
    wide = (by_kind(report), failures(report))
    small = (reliability(report), risk_coverage(report), latency(report))
    return joined(
        element("div", *wide, class_="plots two"), element("div", *small, class_="plots three")
    )


def by_kind(report: EvaluationReport) -> Markup:
    """Coverage by kind with intervals; the best that the file has where it expects no quotes."""
    first, second, title, says = next(
        pair for pair in _PAIRS if report.overall.figure(pair[0]) or pair is _PAIRS[-1]
    )
    parts = [
        part
        for part in _by_kind_or_tag(report)
        if part.figure(first)  # a kind that only has unanswerable questions has none
    ]
    shown = sorted(parts, key=lambda part: (-part.count, part.name))[:_MOST_KINDS]
    left_out = f" The {_MOST_KINDS} largest kinds are shown." * (len(parts) > len(shown))
    legend = element(
        "p", element("span", _SERIES[first], class_="key of-0"),
        element("span", _SERIES[second], class_="key of-1"), class_="legend",
    )  # fmt: skip
    rows = [_kind_row(report.overall, "All", first, second)]
    rows += [_kind_row(part, part.name, first, second) for part in shown]
    head = element(
        "tr", element("th", "Kind", scope="col"),
        element("th", unseen_but_read("Plot"), strip_axis(), scope="col", class_="drawn"),
        element("th", _SERIES[first], scope="col"), element("th", _SERIES[second], scope="col"),
    )  # fmt: skip
    made = element(
        "table", element("caption", title, class_="aside"), element("thead", head),
        element("tbody", *rows), class_="kinds", data_plot="by-kind",
    )  # fmt: skip
    reading = f"{says} Lines: {percent(0.95)} confidence intervals.{left_out}"
    return _figure(title, reading, legend, made)


def _by_kind_or_tag(report: EvaluationReport) -> list[Slice]:
    kinds = [part for part in report.slices if part.axis == "kind"]
    return kinds or [part for part in report.slices if part.axis == "tag"]


def _kind_row(part: Slice, name: str, first: str, second: str) -> Markup:
    figures = part.figure(first), part.figure(second)
    count = next((figure.count for figure in figures if figure), part.count)
    return element(
        "tr",
        element("th", element("bdi", name), " ", element("small", f"{count:,}",
                unseen_but_read(" questions")), scope="row"),
        element("td", strip(*figures), class_="drawn"),
        *(element("td", _share(figure)) for figure in figures),
        class_="all" if part.axis == "overall" else None,
    )  # fmt: skip


def _share(figure: Figure | None) -> Markup | str:
    return exact(figure.metric, figure.value) if figure else "–"


def failures(report: EvaluationReport) -> Markup:
    """How many questions passed, and how many failed for which reason."""
    counts = Counter(outcome.reason for outcome in report.outcomes)
    total = len(report.outcomes)
    rows = [
        element(
            "tr",
            element("th", _reason_link(reason), element("small", GLOSSES[reason]), scope="row"),
            element("td", bars((counts[reason] / total, "bad" if reason else "good")),
                    class_="drawn"),
            element("td", element("data", f"{counts[reason]:,}", value=counts[reason])),
        )
        for reason in Reason
        if counts[reason] or not reason
    ]  # fmt: skip
    head = element(
        "tr", element("th", "Outcome", scope="col"),
        element("th", unseen_but_read("Plot"), scope="col", class_="drawn"),
        element("th", "Questions", scope="col"),
    )  # fmt: skip
    title = "What became of the questions"
    made = element(
        "table", element("caption", title, class_="aside"), element("thead", head),
        element("tbody", *rows), class_="reasons", data_plot="failures",
    )  # fmt: skip
    reading = "Choose one to see its questions. A question fails for the first reason that fits."
    return _figure(title, reading, made)


def _reason_link(reason: Reason) -> Markup:
    number = list(Reason).index(reason)
    return element("a", str(reason).capitalize() or "Passed", href="#questions", data_reason=number)


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
    return _figure(
        title,
        "Of the questions it is 70 % sure of, the readings should answer 70 %: the dotted line. "
        f"A larger dot stands for more questions.{off}",
        plot("reliability", f"Reliability diagram. {'; '.join(says)}.",
             (shares("confidence (mean)"), shares("questions that are answerable")), *layers),
        _numbers(title, ("Confidence", "Questions", "Mean confidence", "Answerable"), rows),
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
    return _figure(
        title,
        "If only the surest answers were given: to the right, how many questions get one; upwards, "
        f"how much of that is lost. {said}".rstrip(),
        plot("risk-coverage", f"Risk–coverage curve. {_ends(points)} {said}".rstrip(),
             (shares("questions answered"), shares("mean loss of these")), *layers),
        _numbers(title, ("Threshold", "Answered", "Mean loss"), rows),
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
    layers += _mark(half, "half", end, dy=10) + _mark(most, percent(0.95), end, dy=27)
    longer = sum(time >= end for time in times)
    rest = f" {counted(longer, 'question')} took longer; the last bar holds them." * bool(longer)
    rows = [row(label, f"{count:,}") for label, count in zip(labels, counts, strict=True) if count]
    title = "How long does an answer take?"
    reading = (
        f"Half of the questions took at most {duration(half.value)}, {percent(0.95)} at most "
        f"{duration(most.value)}, the slowest {duration(times[-1])}.{rest}"
    )
    return _figure(
        title, reading,
        plot("latency", f"Histogram of the time per question. {reading}",
             (_time_axis(end), _count_axis(top)), *layers),
        _numbers(title, ("Time", "Questions"), rows),
    )  # fmt: skip


def _mark(figure: Figure, name: str, end: float, *, dy: int) -> list[Markup]:
    """A line through all bars; what it says stands left of it where there is room."""
    place, said = figure.value / end, f"{name}: {duration(figure.value)}"
    dx, kind = (-6, "said end") if place > 0.3 else (6, "said")
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


def _numbers(title: str, heads: tuple[str, ...], rows: list[Markup]) -> Markup:
    return more("The numbers", table(title, heads, rows), class_="numbers")


def _figure(title: str, reading: str, *parts: Markup) -> Markup:
    return element(
        "section", element("h3", title), element("p", reading, class_="reading"), *parts,
        class_="figure",
    )  # fmt: skip
