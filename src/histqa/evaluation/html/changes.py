"""Comparison -> what got better, what got worse, and whether that may be chance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from histqa.evaluation.comparing import Comparison, MetricChange, QuestionChange
from histqa.evaluation.html.drawing import bars
from histqa.evaluation.html.elements import Markup, element, joined, more, row, table
from histqa.evaluation.html.numbers import NARROW, exact, percent
from histqa.evaluation.metrics import METRICS

_SURE = 0.05


def changes(comparison: Comparison, anchors: Mapping[str, str]) -> Markup:
    """The comparison; ``anchors``: the id of a question -> that of its element in the page."""
    better, worse = len(comparison.better), len(comparison.worse)
    total = max(1, better + worse + comparison.unchanged)
    said = f"{better:,} better, {worse:,} worse, {comparison.unchanged:,} as before"
    counts = ((better, "good"), (comparison.unchanged, "same"), (worse, "bad"))
    drawn = bars(*((count / total, kind) for count, kind in counts))
    return element(
        "section",
        element("h2", "Compared with the run before"),
        element("p", element("strong", said), ". ", _passed(comparison), class_="verdict"),
        drawn,
        _metrics(comparison.metrics),
        element(
            "div",
            _questions("Got worse", comparison.worse, anchors),
            _questions("Got better", comparison.better, anchors),
            class_="plots two",
        ),
        *_not_compared(comparison),
        id="changes",
    )


def _passed(comparison: Comparison) -> str:
    change = next((change for change in comparison.metrics if change.metric == "passed"), None)
    if change is None:
        return ""
    return (
        f"Passed: {percent(change.old)} before, {percent(change.new)} now; {_chance(change.p)} "
        f"(p{NARROW}={NARROW}{change.p:.3f}, paired randomisation test)."
    )


def _chance(p: float) -> str:
    return "hardly chance" if p < _SURE else "may well be chance"


def _metrics(changed: Sequence[MetricChange]) -> Markup:
    rows = [_metric(change) for change in changed if change.better or change.worse]
    if not rows:
        return element("p", "No figure changed on the questions that both runs asked.")
    heads = ("Figure", "Before", "Now", "Change", "p-value", "Better", "Worse", "Difference")
    return table("Figures that changed", heads, rows)


def _metric(change: MetricChange) -> Markup:
    difference = change.new - change.old
    unit = METRICS[change.metric].unit if change.metric in METRICS else ""
    shown = f"{100 * difference:+.1f}{NARROW}points" if unit == "share" else f"{difference:+.3f}"
    is_loss = change.metric in METRICS and not METRICS[change.metric].is_higher_better
    lower = " (lower is better)" if is_loss else ""
    return row(
        joined(change.metric, element("small", lower)),
        exact(change.metric, change.old, digits=1),
        exact(change.metric, change.new, digits=1),
        element("data", shown.replace("-", "−"), value=repr(difference)),
        element("data", f"{change.p:.3f}", value=repr(change.p)),
        f"{change.better:,}",
        f"{change.worse:,}",
        element("strong", _chance(change.p)) if change.p < _SURE else _chance(change.p),
    )


def _questions(title: str, changed: Sequence[QuestionChange], anchors: Mapping[str, str]) -> Markup:
    items = [_question(change, anchors[change.question.id]) for change in changed]
    return element(
        "section",
        element("h3", f"{title} ({len(items):,})"),
        element("ul", *items, class_="changed") if items else element("p", "None."),
        class_="figure",
    )


def _question(change: QuestionChange, anchor: str) -> Markup:
    link = element("a", element("bdi", change.question.question), href=f"#{anchor}")
    return element("li", link, element("small", _what(change)))


def _what(change: QuestionChange) -> str:
    said = f"{change.metric} {change.old:.2f} → {change.new:.2f}"
    before, now = change.old_reason or "passed", change.new_reason or "passed"
    return f"{said}; {before} → {now}" if before != now else said


def _not_compared(comparison: Comparison) -> Iterable[Markup]:
    lists = (
        ("Asked only before", comparison.only_old),
        ("Asked only now", comparison.only_new),
        ("Edited since, so not compared", comparison.reworded),
        ("What else differs between the runs", comparison.differences),
    )
    for title, texts in lists:
        if texts:
            items = (element("li", element("bdi", text)) for text in texts)
            yield more(f"{title} ({len(texts):,})", element("ul", *items))
