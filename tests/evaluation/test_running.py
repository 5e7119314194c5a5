"""A run: in any number of threads, interrupted and resumed, the same; nothing is dropped."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from histqa.assistant import Assistant
from histqa.evaluation.records import EvaluationReport, ExamQuestion, Outcome, QuestionFile
from histqa.evaluation.running import Evaluation

QUESTIONS = (
    ExamQuestion(
        "left",
        "When did the last soldiers leave Vladivostok?",
        answers=("October 1922",),
        quote_groups=(("left Vladivostok",),),
        kind="when",
        tags=("japan", "easy"),
    ),
    ExamQuestion(
        "tea",
        "Who threw the tea?",
        quote_groups=(("Colonists threw the tea",),),
        kind="who",
        document="tea",
    ),
    ExamQuestion("follow", "And where?", history=("Who threw the tea?",), answers=("Boston",)),
    ExamQuestion("none", "Who painted the Mona Lisa?", answerable=False, kind="none"),
)


def bare(report: EvaluationReport) -> list[Outcome]:
    """The outcomes without the time they took."""
    return [replace(outcome, seconds=0.0) for outcome in report.outcomes]


def test_outcomes_stand_in_the_order_of_the_file_whatever_the_threads(
    examined: Callable[..., EvaluationReport],
) -> None:
    one, many = examined(*QUESTIONS), examined(*QUESTIONS, jobs=3)
    assert [outcome.question.id for outcome in one.outcomes] == ["left", "tea", "follow", "none"]
    assert bare(one) == bare(many)


def test_the_answers_are_those_of_ask(
    make_assistant: Callable[..., Assistant], examined: Callable[..., EvaluationReport]
) -> None:
    assistant = make_assistant(answer_threshold=0.0)
    for outcome in examined(*QUESTIONS).outcomes:
        answer = assistant.ask(outcome.question.question, history=outcome.question.history)
        assert [quote.text for quote in outcome.quotes] == [quote.text for quote in answer.quotes]
        assert outcome.confidence == answer.confidence


def test_progress_is_told_for_every_question(
    examined: Callable[..., EvaluationReport],
) -> None:
    told: list[tuple[str, int, int]] = []
    examined(*QUESTIONS, progress=lambda *news: told.append(news))
    assert told == [("asking", done, 4) for done in range(5)]


class Interrupted:
    """Ends the run after so many questions."""

    def __init__(self, after: int) -> None:
        self.after = after

    def __call__(self, stage: str, done: int, total: int) -> None:
        if done >= self.after:
            raise KeyboardInterrupt


def interrupted(assistant: Assistant, file: QuestionFile, journal: Path, *, after: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        Evaluation(assistant, journal=journal, progress=Interrupted(after)).run(file)


def test_an_interrupted_run_goes_on_from_its_journal(
    make_assistant: Callable[..., Assistant],
    examined: Callable[..., EvaluationReport],
    tmp_path: Path,
) -> None:
    journal, file = tmp_path / "journal", QuestionFile("exam.jsonl", "jsonl", "", QUESTIONS)
    assistant = make_assistant(answer_threshold=0.0)
    interrupted(assistant, file, journal, after=2)
    kept = journal.read_text(encoding="utf-8")
    journal.write_text(kept + '{"key": "cut o', encoding="utf-8")
    told: list[int] = []
    report = Evaluation(
        assistant, journal=journal, progress=lambda _stage, done, _total: told.append(done)
    ).run(file)
    assert told == [2, 3, 4]
    assert bare(report) == bare(examined(*QUESTIONS))
    assert not journal.exists()


def test_another_setting_or_question_is_asked_anew(
    make_assistant: Callable[..., Assistant], tmp_path: Path
) -> None:
    journal, file = tmp_path / "journal", QuestionFile("exam.jsonl", "jsonl", "", QUESTIONS)
    interrupted(make_assistant(), file, journal, after=3)
    told: list[int] = []

    def tell(_stage: str, done: int, _total: int) -> None:
        told.append(done)

    other = replace(file, questions=(replace(QUESTIONS[0], answers=("1922",)), *QUESTIONS[1:]))
    for assistant, asked in ((make_assistant(), other), (make_assistant(hits=3), file)):
        told.clear()
        kept = journal.read_text(encoding="utf-8")
        Evaluation(assistant, journal=journal, progress=tell).run(asked)
        journal.write_text(kept, encoding="utf-8")
        assert told[0] == (2 if asked is other else 0)


def test_a_journal_that_cannot_be_written_does_not_stop_the_run(
    examined: Callable[..., EvaluationReport], tmp_path: Path
) -> None:
    report = examined(*QUESTIONS, journal=tmp_path / "no such folder" / "journal")
    assert len(report.outcomes) == 4


def test_a_question_that_cannot_be_asked_is_a_bad_row(
    examined: Callable[..., EvaluationReport],
) -> None:
    long = ExamQuestion("long", "why " * 1000, answerable=False, origin="exam.jsonl, line 9")
    report = examined(*QUESTIONS, long)
    assert len(report.outcomes) == 4
    (bad,) = report.file.bad_rows
    assert "line 9" in str(bad)
    assert "max_question_characters" in str(bad)


def test_a_file_without_a_question_that_can_be_asked_has_a_report(
    examined: Callable[..., EvaluationReport],
) -> None:
    report = examined()
    assert report.overall.figures == ()


def test_figures_are_means_over_the_questions_that_have_them(
    examined: Callable[..., EvaluationReport],
) -> None:
    report = examined(*QUESTIONS)
    coverage = report.overall.figure("coverage@60")
    assert coverage
    assert coverage.count == 2
    values = [
        outcome.metrics["coverage@60"]
        for outcome in report.outcomes
        if "coverage@60" in outcome.metrics
    ]
    assert coverage.value == sum(values) / 2
    assert coverage.low <= coverage.value <= coverage.high
    assert report.overall.figure("false_answers").value == 1.0  # type: ignore[union-attr]
    assert [(part.axis, part.name, part.count) for part in report.slices] == [
        ("overall", "", 4),
        ("kind", "none", 1),
        ("kind", "when", 1),
        ("kind", "who", 1),
        ("tag", "easy", 1),
        ("tag", "japan", 1),
        ("document", "tea", 1),
    ]


def test_squad_figures_are_split_by_answerable_and_not(
    examined: Callable[..., EvaluationReport],
) -> None:
    refused = examined(QUESTIONS[0], QUESTIONS[3], threshold=1.0).overall
    figures = {figure.metric: figure.value for figure in refused.figures}
    assert figures["has_answer_em"] == 0.0
    assert figures["no_answer_em"] == figures["no_answer_f1"] == 1.0
    assert figures["answer_em"] == 0.5


def test_without_expected_answers_there_is_no_exact_match(
    examined: Callable[..., EvaluationReport],
) -> None:
    report = examined(QUESTIONS[1], QUESTIONS[3])
    assert report.overall.figure("answer_em") is None


def test_every_quote_is_verbatim_and_shows_its_surroundings(
    examined: Callable[..., EvaluationReport],
) -> None:
    report = examined(*QUESTIONS)
    quote = report.outcomes[0].quotes[0]
    assert report.overall.figure("quote_validity").value == 1.0  # type: ignore[union-attr]
    ((start, end),) = quote.gold
    assert quote.text[start:end] == "left Vladivostok"
    assert json.dumps([quote.before, quote.after])
