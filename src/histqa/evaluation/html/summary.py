"""EvaluationReport -> what was evaluated, the figures, and what could not be run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from histqa.evaluation.html.drawing import strip
from histqa.evaluation.html.elements import Markup, element, joined, more, row, table
from histqa.evaluation.html.numbers import counted, duration, exact, interval, percent
from histqa.evaluation.html.words import MOST_CARDS, TITLES
from histqa.evaluation.metrics import METRICS
from histqa.evaluation.records import EvaluationReport, Figure, Slice

_BY_SLICE = (
    "coverage@60", "coverage@120", "answer_in_quotes@60", "answer_f1", "passed", "false_answers",
    "false_refusals",
)  # fmt: skip
_MOST_SLICES = 200


def head(report: EvaluationReport, missed: Sequence[str]) -> Markup:
    """The title, what was evaluated, how it went in a sentence, and what to know first."""
    return element(
        "header",
        element("p", "histqa · evaluation", class_="kicker"),
        element("h1", element("bdi", report.file.name)),
        element("p", *_facts(report), class_="facts"),
        element("p", _verdict(report), class_="verdict"),
        *(element("p", sentence, class_="notice") for sentence in _notices(report, missed)),
    )


def _facts(report: EvaluationReport) -> Iterable[str]:
    yield f"{counted(len(report.outcomes), 'question')} in {duration(report.seconds)} · "
    yield element("time", _date(report.created), datetime=report.created)
    told = (
        ("reader", report.settings.get("reader", "")),
        ("model", report.manifest.get("model", "")),
        ("index generation", report.manifest.get("generation", "")),
    )
    yield "".join(f" · {name} {value}" for name, value in told if value != "")
    yield f" · histqa {report.version}"


def _date(created: str) -> str:
    try:
        moment = datetime.fromisoformat(created)
    except ValueError:
        return created
    return f"{moment.day} {moment:%B %Y, %H:%M} {moment:%Z}".rstrip()


def _verdict(report: EvaluationReport) -> Markup:
    total, passed = len(report.outcomes), report.overall.figure("passed")
    if not total:
        return joined("No question could be asked.")
    failed = Counter(str(outcome.reason) for outcome in report.failures)
    said = ", ".join(f"{count:,} {reason}" for reason, count in failed.most_common())
    return joined(
        element("strong", f"{total - failed.total():,} of {counted(total, 'question')} passed"),
        *((f" ({percent(passed.value)}; likely ", interval(passed), ")") if passed else ()),
        f"; {failed.total():,} failed: {said}." if said else ".",
    )


def _notices(report: EvaluationReport, missed: Sequence[str]) -> Iterable[Markup]:
    for sentence in missed:
        yield joined(element("strong", "Threshold not met: "), sentence)
    validity = report.overall.figure("quote_validity")
    if validity and validity.value < 1:
        yield joined("Some quotes are not in their reading as given: a fault of the program.")
    rows = (
        (len(report.file.bad_rows), "row is broken", "rows are broken"),
        (len(report.file.skipped), "question was skipped", "questions were skipped"),
    )
    for count, one, many in rows:
        if count:
            link = element("a", "See which.", href="#file")
            yield joined(f"{counted(count, one, many)} and not part of these figures. ", link)
    yield from map(joined, report.notes)


def cards(report: EvaluationReport) -> Markup:
    """The most telling figures that the report has, and all of them in a table."""
    found = [figure for name in TITLES if (figure := report.overall.figure(name))]
    shown = element("ul", *map(_card, found[:MOST_CARDS]), class_="cards")
    reading = (
        f"Under each figure: the interval that holds the true value with {percent(0.95)} "
        "confidence."
    )
    return element(
        "section",
        element("h2", "Key figures"),
        element("p", reading, class_="reading"),
        shown,
        more("All figures", _all_figures(report.overall)),
        *_slice_tables(report),
        id="figures",
    )


def _card(figure: Figure) -> Markup:
    metric = METRICS[figure.metric]
    is_share = metric.unit == "share"
    return element(
        "li",
        element("p", TITLES[figure.metric], class_="title"),
        element("p", exact(figure.metric, figure.value), class_="value"),
        strip(figure) if is_share else "",
        element("p", _spread(figure), class_="range"),
        data_metric=figure.metric,
        class_=None if metric.is_higher_better else "loss",
    )


def _spread(figure: Figure) -> Markup:
    """Resampling that shows no spread (all alike, or one question) says nothing: it is left out."""
    count = element("span", counted(figure.count, "question"))
    return count if figure.low == figure.high else joined(interval(figure), " · ", count)


def _all_figures(overall: Slice) -> Markup:
    rows = [
        row(
            figure.metric,
            exact(figure.metric, figure.value, digits=1),
            interval(figure, digits=1),
            f"{figure.count:,}",
            _says(figure.metric),
        )
        for figure in overall.figures
    ]
    heads = ("Figure", "Value", f"{percent(0.95)} interval", "Questions", "What it says")
    return table("All figures", heads, rows, class_="all-figures")


def _says(name: str) -> str:
    metric = METRICS.get(name)
    if not metric:
        return ""
    return metric.says + ("" if metric.is_higher_better else " (lower is better)")


def _slice_tables(report: EvaluationReport) -> Iterable[Markup]:
    for axis in ("kind", "tag", "document"):
        parts = [part for part in report.slices if part.axis == axis]
        names = [name for name in _BY_SLICE if any(part.figure(name) for part in parts)]
        if parts:
            shown = sorted(parts, key=lambda part: (-part.count, part.name))[:_MOST_SLICES]
            rows = [_slice_row(part, names) for part in shown]
            caption = f"By {axis}"
            if len(shown) < len(parts):
                caption += f": the {_MOST_SLICES} largest of {len(parts):,}; all are in the JSON"
            heads = (axis.capitalize(), "Questions", *names)
            yield more(f"Figures by {axis}", table(caption, heads, rows))


def _slice_row(part: Slice, names: Sequence[str]) -> Markup:
    cells = (part.figure(name) for name in names)
    return row(
        element("bdi", part.name),
        f"{part.count:,}",
        *(
            joined(exact(cell.metric, cell.value), " ", element("small", interval(cell)))
            if cell
            else "–"
            for cell in cells
        ),
    )


def about_file(report: EvaluationReport) -> Markup:
    """Broken rows, skipped questions, how columns were understood, settings and index."""
    file = report.file
    tables = (
        (
            "Broken rows",
            ("Where", "Column", "Expected", "Found"),
            [row(bad.origin, bad.column, bad.expected, bad.found) for bad in file.bad_rows],
        ),
        (
            "Skipped questions",
            ("Where", "Question", "Why"),
            [row(skip.origin, skip.question, skip.reason) for skip in file.skipped],
        ),
        (
            "Columns",
            ("In the file", "Understood as"),
            [row(column.name, column.meaning or "not used") for column in file.columns],
        ),
    )
    shown = [
        part
        for caption, heads, rows in tables
        if rows
        for part in (element("h3", caption), table(caption, heads, rows))
    ]
    facts = {"file": file.name, "format": file.format, "SHA-256": file.sha256}
    return element(
        "section",
        element("h2", "File, settings and index"),
        *shown,
        more("The file", _pairs("The file", facts)),
        more("Settings that decide answers", _pairs("Settings", report.settings)),
        more("The index", _pairs("The index", report.manifest)),
        id="file",
    )


def _pairs(caption: str, pairs: Mapping[str, object]) -> Markup:
    rows = [row(name, str(value)) for name, value in pairs.items()]
    return table(caption, ("Name", "Value"), rows, class_="pairs")
