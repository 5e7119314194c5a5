"""Reports written and read again, compared, held to thresholds, shown to build servers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest

from histqa.errors import ReportError, SettingsError
from histqa.evaluation.comparing import compared
from histqa.evaluation.figures import reported
from histqa.evaluation.junit import report_as_junit
from histqa.evaluation.metrics import METRICS
from histqa.evaluation.records import (
    BadRow,
    Column,
    EvaluationReport,
    ExamQuestion,
    Number,
    Outcome,
    Reason,
    Skipped,
)
from histqa.evaluation.serialising import read_report, report_as_json, write_report
from histqa.evaluation.thresholds import missed, threshold
from histqa.frontends.evaluation_view import evaluation_as_text

HOSTILE = "\x1b[31m<script>alert(1)</script> \ud800 ]]> \x00 \u202e"


@pytest.fixture
def report(examined: Callable[..., EvaluationReport]) -> EvaluationReport:
    found = examined(
        ExamQuestion(
            "left",
            "When did the last soldiers leave Vladivostok?",
            answers=("October 1922",),
            numbers=(Number(1922, 1),),
            quote_groups=(("left Vladivostok",), ("never said so",)),
            kind="when",
            tags=("japan",),
        ),
        ExamQuestion("tea", "Who threw the tea?", document="tea", pages=()),
        ExamQuestion("none", HOSTILE, answerable=False, kind=HOSTILE),
    )
    file = replace(
        found.file,
        bad_rows=(BadRow("exam.jsonl, line 9", "question", "a question", HOSTILE),),
        skipped=(Skipped("exam.jsonl, line 8", "Write an essay.", "an essay"),),
        columns=(Column("Question", "question"), Column("Mark", "")),
    )
    return replace(found, file=file)


def test_a_report_is_the_same_after_writing_and_reading(
    report: EvaluationReport, tmp_path: Path
) -> None:
    clean = replace(report, outcomes=report.outcomes[:2], file=replace(report.file, questions=()))
    write_report(clean, tmp_path / "report.json")
    assert read_report(tmp_path / "report.json") == clean


def test_what_is_written_fits_the_schema(report: EvaluationReport) -> None:
    schema = json.loads(files("histqa.evaluation").joinpath("schemas/report.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    written = json.loads(json.dumps(report_as_json(report)))
    jsonschema.Draft202012Validator(schema).validate(written)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("nothing", "not JSON"),
        ("[]", "not an evaluation report"),
        ('{"format": "histqa-evaluation-0"}', "of this version"),
        ('{"format": "histqa-evaluation-1"}', "incomplete"),
        ('{"format": "histqa-evaluation-1", "file": 3}', "incomplete"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_what_is_no_report_says_so(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "old.json").write_text(content, encoding="utf-8")
    with pytest.raises(ReportError, match=r"old\.json") as caught:
        read_report(tmp_path / "old.json")
    assert said in str(caught.value)


def test_a_missing_report_and_a_folder_that_is_not_there_are_named(
    report: EvaluationReport, tmp_path: Path
) -> None:
    with pytest.raises(ReportError, match=r"none\.json: cannot be read"):
        read_report(tmp_path / "none.json")
    with pytest.raises(ReportError, match="cannot be written"):
        write_report(report, tmp_path / "none" / "report.json")


def changed(report: EvaluationReport, **coverage: float) -> EvaluationReport:
    """The report with other outcomes: coverage@60 by question id; below 1 it failed."""
    outcomes = [
        replace(
            outcome,
            metrics={
                **outcome.metrics,
                "coverage@60": coverage[outcome.question.id],
                "passed": float(coverage[outcome.question.id] == 1.0),
            },
            reason=Reason.NONE if coverage[outcome.question.id] == 1.0 else Reason.NOT_CHOSEN,
        )
        if outcome.question.id in coverage
        else outcome
        for outcome in report.outcomes
    ]
    return reported(
        report.file,
        outcomes,
        **{
            name: getattr(report, name)
            for name in ("settings", "manifest", "created", "version", "seconds")
        },
    )


def test_a_comparison_tells_better_from_worse(report: EvaluationReport) -> None:
    old, new = changed(report, left=0.0, tea=1.0), changed(report, left=0.5, tea=0.0)
    comparison = compared(old, new)
    assert [change.question.id for change in comparison.better] == ["left"]
    assert [change.question.id for change in comparison.worse] == ["tea"]
    assert comparison.unchanged == 1
    (coverage,) = [change for change in comparison.metrics if change.metric == "coverage@60"]
    assert (coverage.old, coverage.new, coverage.better, coverage.worse) == (0.5, 0.25, 1, 1)
    assert coverage.p == 1.0 or coverage.p > 0.3


def test_where_lower_is_better_a_fall_is_better(report: EvaluationReport) -> None:
    def with_false_answer(value: float) -> EvaluationReport:
        outcomes = [
            replace(outcome, metrics={**outcome.metrics, "false_answers": value})
            for outcome in report.outcomes
        ]
        return replace(report, outcomes=tuple(outcomes))

    comparison = compared(with_false_answer(1.0), with_false_answer(0.0))
    (change,) = [change for change in comparison.metrics if change.metric == "false_answers"]
    assert (change.better, change.worse) == (3, 0)


def test_questions_that_were_edited_added_or_removed_are_not_compared(
    report: EvaluationReport,
) -> None:
    def edited(outcome: Outcome) -> Outcome:
        return replace(outcome, question=replace(outcome.question, answers=("1923",)))

    left, tea, none = report.outcomes
    moved = replace(none, question=replace(none.question, origin="elsewhere", tags=("new",)))
    old = replace(report, outcomes=(left, tea, none))
    new = replace(report, outcomes=(edited(left), moved))
    comparison = compared(old, new)
    assert (comparison.reworded, comparison.only_old) == (("left",), ("tea",))
    assert (comparison.only_new, comparison.unchanged) == ((), 1)


def test_a_comparison_names_what_else_differs(report: EvaluationReport) -> None:
    other = replace(report, settings={**report.settings, "hits": 3})
    (difference,) = compared(other, report).differences
    assert difference == "setting hits: 3 before, 20 now"


def test_thresholds_are_met_or_named(report: EvaluationReport) -> None:
    half = changed(report, left=0.5)
    met = [threshold("coverage@60=0.5"), threshold("coverage@60=0.5", is_minimum=False)]
    assert list(missed(half, met)) == []
    unmet = [
        threshold("coverage@60=0.51"),
        threshold("coverage@60=0.49", is_minimum=False),
        threshold("pages.mrr=0"),
    ]
    low, high, unmeasured = missed(half, unmet)
    assert low == "coverage@60 should be at least 0.51 and is 0.5000"
    assert high == "coverage@60 should be at most 0.49 and is 0.5000"
    assert "was not measured" in unmeasured


@pytest.mark.parametrize("written", ["coverage@60", "coverge@60=1", "auc=much", "auc=nan", "=1"])
def test_a_threshold_that_makes_no_sense_says_so(written: str) -> None:
    with pytest.raises(SettingsError, match="--min"):
        threshold(written)


def test_figures_say_how_many_questions_they_rest_on(report: EvaluationReport) -> None:
    done = next(outcome for outcome in report.outcomes if outcome.is_answered)
    asked = replace(done.question, answerable=False)
    outcomes = [replace(done, question=asked, verdict="not_found")] * 2 + [done] * 3
    outcomes.append(replace(done, metrics={}))
    overall = reported(report.file, outcomes, created="", version="", settings={}, manifest={})
    counts = {figure.metric: figure.count for figure in overall.overall.figures}
    assert counts["not_found_precision"] == counts["not_found_recall"] == 2
    assert (counts["auc"], counts["aurc"]) == (6, 5)
    assert overall.overall.figure("not_found_recall").low < 1.0  # two of two are not all


def test_every_mean_of_an_outcome_is_in_the_table_of_metrics(report: EvaluationReport) -> None:
    assert {name for outcome in report.outcomes for name in outcome.metrics} <= set(METRICS)


def test_junit_holds_every_question_row_and_threshold(report: EvaluationReport) -> None:
    text = report_as_junit(report, ["coverage@60 should be at least 1 and is 0.5"])
    suite = ElementTree.fromstring(text)[0]
    assert suite.attrib["tests"] == "6"
    assert suite.attrib["skipped"] == suite.attrib["errors"] == "1"
    failed = suite.findall("testcase/failure")
    assert suite.attrib["failures"] == str(len(failed)) == "3"
    assert failed[0].attrib["type"] == "expectation not in the readings"
    assert "never said so" in (failed[0].text or "")


def test_no_question_can_steer_the_terminal(report: EvaluationReport) -> None:
    text = evaluation_as_text(report, compared(report, report), ["not met"])
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_the_table_says_what_was_found(report: EvaluationReport) -> None:
    text = evaluation_as_text(report)
    for expected in (
        "coverage@60", "by kind", "expectation not in the readings", "columns: Question = question",
        "columns not used: Mark", "skipped: exam.jsonl, line 8", "bad row: exam.jsonl, line 9",
    ):  # fmt: skip
        assert expected in text
