"""Questions and conversations -> exchanges, without a page."""

from __future__ import annotations

import logging

import pytest

pytestmark = pytest.mark.slow  # gradio takes seconds to import

from histqa.errors import QuestionError  # noqa: E402
from histqa.frontends.conversation import (  # noqa: E402
    Exchange,
    answering,
    reply,
    shown,
    stopped,
)
from histqa.types import AUTO, Answer, Turn, Verdict  # noqa: E402


class Listening:
    """Stands where the assistant stands, and keeps what it was asked."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault
        self.history: tuple[Turn, ...] = ()

    documents = ()

    def ask(self, question: str, *, history: tuple[Turn, ...], period: str | None) -> Answer:
        self.history = tuple(history)
        if self.fault:
            raise self.fault
        said = {AUTO: "in 1918", None: ""}[period]
        return Answer(
            question, question, Verdict.NOT_FOUND, "The readings do not say.", 0.1, period=said
        )


def test_the_conversation_so_far_is_passed_on_without_what_failed_or_was_stopped() -> None:
    listening = Listening()
    before = (
        Exchange("first?", "html", Turn("first?", "Answer one.")),
        Exchange("second?", "html", None),
    )
    last = reply(listening, "third?", before)
    assert listening.history == (Turn("first?", "Answer one."),)
    assert last.turn == Turn("third?", "The readings do not say.", is_answered=False)


def test_a_fault_of_ours_on_purpose_is_shown_as_its_sentence() -> None:
    exchange = reply(Listening(QuestionError("the question is odd: mend it")), "?", ())
    assert "The question is odd&#58; mend it" in exchange.message
    assert exchange.turn is None


def test_any_other_fault_is_logged_and_its_words_are_not_shown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        exchange = reply(Listening(RuntimeError("/secret/path")), "private words", ())
    assert "Something went wrong" in exchange.message
    assert "secret" not in exchange.message
    assert "/secret/path" in caplog.text
    assert "private words" not in caplog.text


def test_stopping_keeps_the_question_and_frees_the_box() -> None:
    waiting = (
        Exchange("first?", "html", Turn("first?", "Answer one.")),
        Exchange("second?", "waiting"),
    )
    conversation, messages, *_ = stopped(waiting)
    assert conversation[0] == waiting[0]
    assert conversation[1].question == "second?"
    assert "Stopped" in messages[-1]["content"]


def test_stopping_when_all_is_answered_changes_nothing() -> None:
    answered = (Exchange("first?", "html", Turn("first?", "Answer one.")),)
    assert stopped(answered)[0] == answered


def test_each_exchange_is_shown_as_two_messages() -> None:
    roles = [message["role"] for message in shown((Exchange("a", "b"), Exchange("c", "d")))]
    assert roles == ["user", "assistant"] * 2


def test_a_time_can_be_removed_and_only_when_an_answer_has_one() -> None:
    *_, offered = list(answering(Listening(), "Who won in 1918?", ()))
    assert offered[-1]["visible"]
    assert "in 1918" in offered[-1]["value"]
    waiting, removed = answering(Listening(), "Who won in 1918?", (), period=None)
    assert not waiting[-1]["visible"]
    assert not removed[-1]["visible"]
    assert not stopped(())[-1]["visible"]
