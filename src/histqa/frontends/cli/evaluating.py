"""The command ``eval``: a file of test questions -> figures on the terminal and in files."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from histqa.assistant import Assistant
from histqa.errors import ReportError
from histqa.evaluation.comparing import Comparison, compared
from histqa.evaluation.drafting import as_jsonl, drafts
from histqa.evaluation.formats import read_questions
from histqa.evaluation.html import render
from histqa.evaluation.junit import report_as_junit
from histqa.evaluation.records import EvaluationReport, QuestionFile
from histqa.evaluation.running import Evaluation
from histqa.evaluation.serialising import read_report, report_as_json, write_report, write_text
from histqa.evaluation.thresholds import missed, threshold
from histqa.frontends.cli.output import progress_bar, remark, say, say_json
from histqa.frontends.evaluation_view import evaluation_as_text
from histqa.settings import Settings

DONE = 0
THRESHOLD_MISSED = 1
HAS_BAD_ROWS = 2
STDOUT = "-"
STARTERS = 10


def evaluate(options: Namespace, settings: Settings) -> int:
    """Ask every question of the file, show and write what came of it.

    What would fail at the end (a threshold of an unknown metric, an old report that is none) fails
    before the first question is asked.
    """
    thresholds = [threshold(written) for written in options.min]
    thresholds += [threshold(written, is_minimum=False) for written in options.max]
    old = read_report(Path(options.compare)) if options.compare else None
    file = read_questions(Path(options.file), format_name=options.format or "")
    with Assistant.open(settings=settings) as assistant:
        report = _run(assistant, file, options)
    comparison = compared(old, report) if old else None
    unmet = tuple(missed(report, thresholds))
    _write(report, comparison, unmet, options)
    if report.file.bad_rows:
        return HAS_BAD_ROWS
    return THRESHOLD_MISSED if unmet else DONE


def draft(options: Namespace, settings: Settings) -> int:
    """Write draft questions made from the readings to the file, which must not be there yet."""
    path = Path(options.file)
    if path.exists():
        raise ReportError(f"{path}: is there already; name a new file, its rows are yours")
    if path.suffix.lower() not in (".jsonl", ".ndjson"):
        raise ReportError(f"{path}: drafts are written as JSON Lines; name a file .jsonl")
    with Assistant.open(settings=settings) as assistant:
        wanted = options.suggest or STARTERS
        found = drafts(assistant.library.values(), wanted)
    if not found:
        raise ReportError(
            "no sentence of the readings fits a pattern; docs/evaluation.md shows how to write "
            "questions by hand"
        )
    write_text(path, as_jsonl(found))
    fewer = f" ({wanted:,} were asked for: no more sentences fit a pattern)"
    remark(
        f"{path}: {len(found):,} draft questions{fewer * (len(found) < wanted)}, "
        "made by rules from sentences of the readings. "
        "They are synthetic: read and mend each before figures from them mean anything."
    )
    return DONE


def _run(assistant: Assistant, file: QuestionFile, options: Namespace) -> EvaluationReport:
    beside = Path(options.file if options.json in (None, STDOUT) else options.json)
    journal = beside.with_name(f"{beside.name}.unfinished.jsonl")
    if journal.is_file():
        remark(f"Going on with the run that {journal} was left by.")
    with progress_bar() as progress:
        evaluation = Evaluation(assistant, options.jobs, journal, progress)
        try:
            return evaluation.run(file)
        except KeyboardInterrupt:
            remark(f"Interrupted; the same command goes on from {journal}.")
            raise


def _write(
    report: EvaluationReport,
    comparison: Comparison | None,
    unmet: tuple[str, ...],
    options: Namespace,
) -> None:
    if options.json == STDOUT:
        say_json(report_as_json(report))
        for sentence in unmet:
            remark(f"NOT MET: {sentence}")
    else:
        say(evaluation_as_text(report, comparison, unmet))
    if options.json not in (None, STDOUT):
        write_report(report, Path(options.json))
    if options.html:
        write_text(Path(options.html), render(report, comparison, missed=unmet))
    if options.junit:
        write_text(Path(options.junit), report_as_junit(report, unmet))
