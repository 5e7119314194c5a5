"""Evaluation reports and comparisons -> text for terminals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from histqa.evaluation.comparing import Comparison, QuestionChange
from histqa.evaluation.metrics import METRICS
from histqa.evaluation.records import EvaluationReport, Figure, QuestionFile, Slice
from histqa.frontends.view import printable

_SHOWN_FAILURES = 40
_BY_KIND = ("coverage@60", "coverage@120", "answer_in_quotes@60", "passed", "false_answers",
            "false_refusals")  # fmt: skip


def evaluation_as_text(
    report: EvaluationReport, comparison: Comparison | None = None, missed: Sequence[str] = ()
) -> str:
    """The figures, the failures with their reasons, what changed, what is wrong with the file."""
    blocks = [
        _heading(report),
        _lines(_figures(report.overall)),
        _lines(_table(report, "kind")),
        _lines(_table(report, "tag")),
        _lines(_failures(report)),
        _lines(_comparison(comparison)) if comparison else "",
        _lines(_file(report.file)),
        _lines(f"NOT MET: {printable(sentence)}" for sentence in missed),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _lines(lines: Iterator[str]) -> str:
    return "\n".join(lines)


def _heading(report: EvaluationReport) -> str:
    model = report.manifest.get("model", "")
    return printable(
        f"{report.file.name}: {len(report.outcomes):,} question{'s' * (len(report.outcomes) != 1)}"
        f" in {report.seconds:,.1f} s"
        + f" · {model}" * bool(model)
        + f" · reader {report.settings.get('reader', '')}"
        + f" · index generation {report.manifest.get('generation', '')}"
    )


def _figures(overall: Slice) -> Iterator[str]:
    if not overall.figures:
        yield "No question could be asked."
        return
    yield f"{'figure':<24}{'value':>8}  {'95 % interval':<17}{'questions':>9}"
    for figure in overall.figures:
        interval = f"{_number(figure.low)} – {_number(figure.high)}"
        yield (
            f"{figure.metric:<24}{_number(figure.value):>8}  {interval:<17}{figure.count:>9,}"
            f"  {METRICS[figure.metric].says if figure.metric in METRICS else ''}"
        ).rstrip()


def _number(value: float) -> str:
    return f"{value:.3f}"


def _table(report: EvaluationReport, axis: str) -> Iterator[str]:
    rows = [part for part in report.slices if part.axis == axis]
    names = [name for name in _BY_KIND if any(part.figure(name) for part in rows)]
    if not rows:
        return
    # A column is as wide as its name: "false_refusals" is longer than any figure.
    yield f"{'by ' + axis:<22}{'questions':>9}" + "".join(
        f"{name:>{len(name) + 2}}" for name in names
    )
    for part in rows:
        values = "".join(f"{_cell(part.figure(name)):>{len(name) + 2}}" for name in names)
        yield f"{printable(part.name)[:21]:<22}{part.count:>9,}{values}"


def _cell(figure: Figure | None) -> str:
    return _number(figure.value) if figure else "–"


def _failures(report: EvaluationReport) -> Iterator[str]:
    if not report.failures:
        return
    counts = Counter(str(outcome.reason) for outcome in report.failures)
    said = ", ".join(f"{count:,} {reason}" for reason, count in counts.most_common())
    yield f"{len(report.failures):,} of {len(report.outcomes):,} failed: {said}"
    for outcome in report.failures[:_SHOWN_FAILURES]:
        question = outcome.question
        yield f"  {printable(f'{question.id}: {question.question}')}"
        yield f"    {outcome.reason}: {printable(outcome.explanation)}"
    if len(report.failures) > _SHOWN_FAILURES:
        rest = len(report.failures) - _SHOWN_FAILURES
        yield f"  and {rest:,} more; --json and --html hold them all"


def _comparison(comparison: Comparison) -> Iterator[str]:
    better, worse = comparison.better, comparison.worse
    yield (
        f"compared: {len(better):,} questions better, {len(worse):,} worse, "
        f"{comparison.unchanged:,} as before"
    )
    changed = [change for change in comparison.metrics if change.better or change.worse]
    if changed:
        yield (
            f"{'figure':<24}{'before':>8}{'now':>8}{'change':>9}{'p':>8}{'better':>8}{'worse':>7}"
            "  * p < 0.05, paired randomisation test"
        )
    for change in changed:
        sure = " *" if change.p < 0.05 else ""
        yield (
            f"{change.metric:<24}{_number(change.old):>8}{_number(change.new):>8}"
            f"{change.new - change.old:>+9.3f}{change.p:>8.3f}{change.better:>8,}{change.worse:>7,}"
            f"{sure}"
        )
    for name, changes in (("worse", worse), ("better", better)):
        yield from (_changed(name, change) for change in changes[:_SHOWN_FAILURES])
    for name, ids in (
        ("only before", comparison.only_old),
        ("only now", comparison.only_new),
        ("edited since, not compared", comparison.reworded),
    ):
        if ids:
            yield f"{name}: {printable(', '.join(ids[:20]))}" + " ..." * (len(ids) > 20)
    yield from (printable(difference) for difference in comparison.differences)


def _changed(name: str, change: QuestionChange) -> str:
    question = printable(f"{change.question.id}: {change.question.question}")
    reasons = f"{change.old_reason or 'passed'} -> {change.new_reason or 'passed'}"
    return f"  {name}: {question} ({change.metric} {change.old:.2f} -> {change.new:.2f}; {reasons})"


def _file(file: QuestionFile) -> Iterator[str]:
    used = [f"{column.name} = {column.meaning}" for column in file.columns if column.meaning]
    unused = [column.name for column in file.columns if not column.meaning]
    if used:
        yield f"columns: {printable(', '.join(used))}"
    if unused:
        yield f"columns not used: {printable(', '.join(unused))}"
    yield from (f"skipped: {printable(str(skipped))}" for skipped in file.skipped)
    yield from (f"bad row: {printable(str(row))}" for row in file.bad_rows)
