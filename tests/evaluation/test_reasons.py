"""Every reason of failure, each made to happen by a real question to a real assistant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from histqa.evaluation.gold import gold_of
from histqa.evaluation.readings import Readings
from histqa.evaluation.reasons import Case, reason_of
from histqa.evaluation.records import EvaluationReport, ExamQuestion, Number, Outcome, Reason

Examined = Callable[..., EvaluationReport]

LEFT = ExamQuestion(
    "left",
    "When did the last soldiers leave Vladivostok?",
    answers=("October 1922",),
    quote_groups=(("left Vladivostok in October 1922",),),
)


def outcome(examined: Examined, question: ExamQuestion, **options: object) -> Outcome:
    return examined(question, **options).outcomes[0]


def test_a_right_answer_has_no_reason(examined: Examined) -> None:
    found = outcome(examined, LEFT)
    assert (found.reason, found.explanation) == (Reason.NONE, "")
    assert found.metrics["passed"] == 1.0


def test_an_expectation_that_does_not_occur_is_a_mistake_in_the_file(examined: Examined) -> None:
    found = outcome(examined, replace(LEFT, quote_groups=(("left Vladivostok in October 1923",),)))
    assert found.reason is Reason.NOT_IN_READINGS
    assert "left Vladivostok in October 1922" in found.explanation  # the nearest text


def test_a_quote_of_another_reading_is_a_mistake_too(examined: Examined) -> None:
    found = outcome(examined, replace(LEFT, document="tea"))
    assert found.reason is Reason.NOT_IN_READINGS
    assert "but in siberia" in found.explanation


def test_an_answer_in_words_that_stand_nowhere_is_a_mistake(examined: Examined) -> None:
    found = outcome(examined, replace(LEFT, answers=("autumn 1922",), quote_groups=()))
    assert found.reason is Reason.NOT_IN_READINGS


def test_marks_in_a_number_are_no_other_words(
    make_assistant: Callable[..., Any], make_document: Callable[..., Any]
) -> None:
    sent = make_document("sent", ["Japan sent 72,000 soldiers."])
    readings = Readings([sent], {"sent": sent}, passage_words=120)
    question = ExamQuestion("n", "How many?", answers=("72000",))
    trace = make_assistant(answer_threshold=1.0).trace("How many?")
    case = Case(question, gold_of(question, readings), trace.hits, trace.answer)
    assert reason_of(case, readings)[0] is Reason.NOT_RETRIEVED


def test_an_unknown_reading_is_not_indexed(examined: Examined) -> None:
    question = replace(LEFT, document="Paris 1919", quote_groups=(("never indexed",),))
    found = outcome(examined, question)
    assert found.reason is Reason.NOT_INDEXED
    assert "'Paris 1919'" in found.explanation


def test_a_wrong_refusal(examined: Examined) -> None:
    found = outcome(examined, LEFT, threshold=1.0)
    assert found.reason is Reason.WRONGLY_REFUSED
    assert "rank 1" in found.explanation
    assert found.metrics["false_refusals"] == 1.0
    assert found.metrics["coverage@60"] == 0.0
    assert found.metrics["loss_if_answered"] == 0.0  # it would have been right


def test_a_wrong_answer(examined: Examined) -> None:
    found = outcome(examined, ExamQuestion("x", "Who threw the tea?", answerable=False))
    assert found.reason is Reason.WRONGLY_ANSWERED
    assert "Colonists" in found.explanation


def test_a_right_refusal_is_no_failure(examined: Examined) -> None:
    found = outcome(examined, ExamQuestion("x", "Who?", answerable=False), threshold=1.0)
    assert found.reason is Reason.NONE


@pytest.fixture
def case(make_assistant: Callable[..., object], readings: Readings) -> Callable[..., Reason]:
    """A question, which of its hits remain, which quotes remain -> the reason."""

    def make(question: ExamQuestion, *, hits: slice, quotes: slice) -> Reason:
        assistant = make_assistant(answer_threshold=0.0)
        trace = assistant.trace(question.question)  # type: ignore[attr-defined]
        answer = replace_quotes(trace.answer, quotes)
        gold = gold_of(question, readings)
        return reason_of(Case(question, gold, trace.hits[hits], answer), readings)[0]

    return make


def replace_quotes(answer: object, kept: slice) -> object:
    return replace(answer, quotes=answer.quotes[kept])  # type: ignore[attr-defined, type-var]


def test_what_no_hit_holds_was_not_retrieved(case: Callable[..., Reason]) -> None:
    assert case(LEFT, hits=slice(1, None), quotes=slice(9, None)) is Reason.NOT_RETRIEVED


def test_what_a_hit_holds_and_no_quote_touches_was_not_chosen(case: Callable[..., Reason]) -> None:
    assert case(LEFT, hits=slice(None), quotes=slice(9, None)) is Reason.NOT_CHOSEN


def test_another_sentence_of_the_same_passage_is_the_wrong_part(examined: Examined) -> None:
    sent = ExamQuestion(
        "sent",
        "How many soldiers did Japan send to Siberia in 1918?",
        quote_groups=(("left Vladivostok",),),
    )
    report = examined(sent)
    quoted = " ".join(quote.text for quote in report.outcomes[0].quotes)
    if "left Vladivostok" in quoted:
        pytest.skip("the reader quotes both sentences")
    assert report.outcomes[0].reason is Reason.WRONG_PART


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        (ExamQuestion("n", LEFT.question, numbers=(Number(1920, 2),)), Reason.NONE),
        (ExamQuestion("d", LEFT.question, document="siberia"), Reason.NONE),
        (ExamQuestion("p", "Who ruled from Omsk?", document="book", pages=("iv",)), Reason.NONE),
        (ExamQuestion("y", "Did Japan send soldiers?", answers=("yes",)), Reason.NONE),
    ],
    ids=lambda value: getattr(value, "id", str(value)),
)
def test_numbers_documents_pages_and_yes_or_no_are_judged(
    examined: Examined, question: ExamQuestion, reason: Reason
) -> None:
    assert outcome(examined, question).reason is reason


@pytest.mark.parametrize(
    "expected",
    [
        {"answers": ("yes",)}, {"answerable": True}, {"numbers": (Number(1922),)},
        {"document": "siberia"}, {"answers": ("October 1922",)},
    ],
)  # fmt: skip
def test_a_refusal_is_named_whatever_was_expected(
    examined: Examined, expected: dict[str, Any]
) -> None:
    found = outcome(examined, ExamQuestion("r", LEFT.question, **expected), threshold=1.0)
    assert found.reason is Reason.WRONGLY_REFUSED
    assert found.explanation.startswith("refused with confidence 0.")
