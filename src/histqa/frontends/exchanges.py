"""One question of a conversation, how it is asked, and what has become of it."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from enum import StrEnum
from queue import SimpleQueue
from threading import Event
from typing import Any

from histqa.assistant import Assistant, Progress
from histqa.errors import HistqaError, QuestionError
from histqa.frontends.languages import Sentence
from histqa.types import Answer, Turn

logger = logging.getLogger(__name__)

# Questions worked on at once: two cores answer no faster with more, the rest wait in line.
QUESTIONS_AT_ONCE = 8
SOMETHING_WRONG = Sentence("fault.wrong")
_ENDED = ""
_workers = ThreadPoolExecutor(QUESTIONS_AT_ONCE, thread_name_prefix="asking")


class Removable(StrEnum):
    """What was read into a question, and can be taken away from it."""

    UNDERSTANDING = "understanding"
    PERIOD = "period"
    VARIANTS = "variants"
    READINGS = "readings"


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a question is asked: in these readings only (empty: in all), without these."""

    readings: tuple[str, ...] = ()
    without: tuple[Removable, ...] = ()

    def less(self, removed: Removable) -> Wishes:
        """The same wishes without what ``removed`` stands for."""
        if removed is Removable.READINGS:
            return replace(self, readings=())
        return replace(self, without=tuple(dict.fromkeys((*self.without, removed))))


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, and its answer or the sentence that tells a fault.

    With neither it waits or is at ``stage`` (searching, reading, composing), unless stopped.
    ``vote`` is "up", "down" or ""; ``key`` tells this asking from every other. ``given_up`` is set
    when nobody waits for the answer any more, and is the same for every state of one asking.
    """

    question: str
    wishes: Wishes = Wishes()
    answer: Answer | None = None
    fault: Sentence | None = None
    stage: str = ""
    is_stopped: bool = False
    vote: str = ""
    key: str = field(default_factory=lambda: uuid.uuid4().hex)
    given_up: Event = field(default_factory=Event, compare=False, repr=False)

    @property
    def turn(self) -> Turn | None:
        """What the next question may lean on; None where nothing was answered."""
        return self.answer.turn if self.answer else None

    @property
    def is_pending(self) -> bool:
        """Whether its answer is still to come."""
        return not (self.answer or self.fault or self.is_stopped)

    def stopped(self) -> Exchange:
        """As it is when nobody waits for its answer: what comes of it later is not shown."""
        if not self.is_pending:
            return self
        self.given_up.set()
        return replace(self, is_stopped=True, stage="")


Conversation = tuple[Exchange, ...]


def turns_of(conversation: Conversation) -> tuple[Turn, ...]:
    """What a question asked next may lean on."""
    return tuple(exchange.turn for exchange in conversation if exchange.turn)


def asked(assistant: Assistant, exchange: Exchange, before: Conversation) -> Iterator[Exchange]:
    """The exchange at each stage and, last, as it ends; faults become sentences.

    Nothing more comes once it was given up: Gradio would still take it for the conversation.
    """
    stages: SimpleQueue[str] = SimpleQueue()
    ending = _workers.submit(_ended, assistant, exchange, turns_of(before), stages.put)
    ending.add_done_callback(lambda _: stages.put(_ENDED))
    while (stage := _newest(stages)) != _ENDED and not exchange.given_up.is_set():
        yield replace(exchange, stage=stage)
    if not exchange.given_up.is_set():
        yield ending.result()


def _newest(stages: SimpleQueue[str]) -> str:
    """The next stage, or the last of those that have passed since."""
    stage = stages.get()
    while not stages.empty():
        stage = stages.get()
    return stage


def _ended(
    assistant: Assistant, exchange: Exchange, history: Sequence[Turn], progress: Progress
) -> Exchange:
    done = replace(exchange, stage="")
    try:
        return replace(done, answer=_answer(assistant, exchange, history, progress))
    except HistqaError as error:
        return replace(done, fault=_told(error))
    except Exception:  # a student must never meet a traceback
        logger.exception("a question could not be answered")
        return replace(done, fault=SOMETHING_WRONG)


def _told(error: HistqaError) -> Sentence:
    if isinstance(error, QuestionError) and error.reason:
        return Sentence.of(f"fault.{error.reason}", **error.values)
    detail = str(error)
    return Sentence.of("fault.told", detail=detail[:1].upper() + detail[1:])


def _answer(
    assistant: Assistant, exchange: Exchange, history: Sequence[Turn], progress: Progress
) -> Answer:
    wishes = exchange.wishes
    is_as_typed = Removable.UNDERSTANDING in wishes.without
    return assistant.trace(
        exchange.question,
        history=() if is_as_typed else history,
        readings=wishes.readings or None,
        progress=progress,
        **_without(wishes),
    ).answer


def _without(wishes: Wishes) -> dict[str, Any]:
    """The arguments that take away what ``wishes`` does not want."""
    taken: dict[str, Any] = {}
    if Removable.PERIOD in wishes.without:
        taken["period"] = None
    if {Removable.VARIANTS, Removable.UNDERSTANDING} & set(wishes.without):
        taken["variants"] = False
    return taken
