"""EvaluationReport -> its plots, each with a sentence to read it by and its numbers as a table."""

from __future__ import annotations

from collections import Counter

from histqa.evaluation.html.curves import latency, reliability, risk_coverage
from histqa.evaluation.html.drawing import bars, figure_of, strip, strip_axis
from histqa.evaluation.html.elements import Markup, element, joined, unseen_but_read
from histqa.evaluation.html.numbers import exact, percent
from histqa.evaluation.html.words import GLOSSES
from histqa.evaluation.records import EvaluationReport, Figure, Reason, Slice

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
    return figure_of(title, reading, legend, made)


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
    return figure_of(title, reading, made)


def _reason_link(reason: Reason) -> Markup:
    number = list(Reason).index(reason)
    return element("a", str(reason).capitalize() or "Passed", href="#questions", data_reason=number)
