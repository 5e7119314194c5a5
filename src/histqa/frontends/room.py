"""What a student does in the chat -> the scenes that follow, one after another; no widgets here."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from histqa.assistant import Assistant
from histqa.errors import FeedbackError
from histqa.frontends.addresses import quote_address
from histqa.frontends.choices import shown_names
from histqa.frontends.exchanges import (
    Conversation,
    Exchange,
    Removable,
    Wishes,
    asked,
    turns_of,
)
from histqa.frontends.feedback import Feedback, Vote
from histqa.frontends.keeping import Keeping
from histqa.frontends.languages import ENGLISH, Language, Sentence
from histqa.frontends.messages import Address, Showing, exchange_message, question_message

logger = logging.getLogger(__name__)

_NOT_KEPT = Sentence("vote.not_kept")
_REMOVE = "again-without-"


@dataclass(frozen=True, slots=True)
class Scene:
    """What the page shows next.

    ``readings`` sets the control that restricts questions (None leaves it); ``said`` is told
    beside the conversation. ``is_box_emptied``: what was typed has been asked; else it stays.
    """

    conversation: Conversation
    is_busy: bool = False
    readings: tuple[str, ...] | None = None
    said: Sentence | None = None
    is_box_emptied: bool = False


class Room:
    """The chat without its looks. One room serves everybody: conversations are passed in."""

    def __init__(
        self,
        provider: Callable[[], Assistant],
        keeping: Keeping,
        feedback: Feedback | None,
        address: Address = quote_address,
    ) -> None:
        self._provider = provider
        self._keeping = keeping
        self._feedback = feedback
        self._address = address

    def ask(
        self, question: str, readings: list[str] | None, before: Conversation
    ) -> Iterator[Scene]:
        """The question at once, then how far it is, then its answer."""
        if not question.strip():
            yield Scene(before)
            return
        before = stopped(before).conversation
        exchange = Exchange(question, Wishes(tuple(readings or ())))
        yield Scene((*before, exchange), is_busy=True, is_box_emptied=True)
        yield from self._answered(exchange, before, ())

    def act(self, command: str, conversation: Conversation) -> Iterator[Scene]:
        """What ``static/chat.js`` asks for, as JSON; what it would never ask changes nothing."""
        try:
            wanted = json.loads(command)
            name = str(wanted["act"])
            if name == "begin":
                yield from self._begun(wanted, conversation)
            else:
                yield from self._act_on(name, int(wanted["number"]) - 1, wanted, conversation)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            yield Scene(conversation)

    def _begun(self, wanted: dict[str, Any], conversation: Conversation) -> Iterator[Scene]:
        """What the tab has kept, then the question that the early page held, if any.

        What has been typed meanwhile stays in the box.
        """
        kept = self._keeping.restored(str(wanted["kept"]), self._provider().library)
        before = conversation or kept
        readings = [str(one) for one in wanted["readings"]]
        yield Scene(before, readings=tuple(readings) or None)
        question = str(wanted["question"])
        if question:
            for scene in self.ask(question, readings, before):
                yield replace(scene, is_box_emptied=False)

    def _act_on(
        self, name: str, index: int, wanted: dict[str, Any], conversation: Conversation
    ) -> Iterator[Scene]:
        if not 0 <= index < len(conversation):
            raise ValueError(f"there is no question {index + 1}")
        exchange, before = conversation[index], conversation[:index]
        if name == "again" or name.startswith(_REMOVE):
            wishes = exchange.wishes
            if name.startswith(_REMOVE):
                wishes = wishes.less(Removable(name.removeprefix(_REMOVE)))
            anew = Exchange(exchange.question, wishes)
            after = conversation[index + 1 :]
            yield Scene((*before, anew, *after), is_busy=True)
            yield from self._answered(anew, before, after)
        elif name in ("up", "down", "unvote"):
            yield self._voted(name, index, wanted, conversation)

    def _answered(
        self, exchange: Exchange, before: Conversation, after: Conversation
    ) -> Iterator[Scene]:
        for state in asked(self._provider(), exchange, before):
            yield Scene((*before, state, *after), is_busy=state.is_pending)

    def _voted(
        self, name: str, index: int, wanted: dict[str, Any], conversation: Conversation
    ) -> Scene:
        exchange = conversation[index]
        if self._feedback is None or exchange.answer is None:
            return Scene(conversation)
        try:
            if name == "unvote":
                self._feedback.withdraw(exchange.key)
            else:
                self._feedback.record(self._vote(name, index, wanted, conversation))
        except FeedbackError as error:
            logger.error("%s", error)
            return Scene(conversation, said=_NOT_KEPT)
        voted = replace(exchange, vote="" if name == "unvote" else name)
        return Scene((*conversation[:index], voted, *conversation[index + 1 :]))

    def _vote(
        self, name: str, index: int, wanted: dict[str, Any], conversation: Conversation
    ) -> Vote:
        exchange = conversation[index]
        if exchange.answer is None:
            raise ValueError("only an answer can be voted on")
        manifest = self._provider().manifest
        return Vote(
            key=exchange.key,
            is_helpful=name == "up",
            answer=exchange.answer,
            reason=str(wanted.get("reason", "")),
            remark=str(wanted.get("remark", "")),
            history=tuple(turn.question for turn in turns_of(conversation[:index])),
            readings=exchange.wishes.readings,
            index_version=str(manifest.get("corpus_sha256", "")),
        )

    def kept(self, conversation: Conversation) -> str:
        """What the tab keeps of the conversation."""
        return self._keeping.kept(conversation)

    def messages(
        self, conversation: Conversation, language: Language = ENGLISH
    ) -> list[dict[str, str]]:
        """The conversation as Gradio's Chatbot takes it."""
        documents = self._provider().documents
        restricted = any(exchange.wishes.readings for exchange in conversation)
        names = shown_names(documents, language) if restricted else {}
        showing = Showing(
            names,
            self._feedback is not None,
            lambda quote: language.address(self._address(quote)),
            language,
            {one.doc_id: one.language or "en" for one in documents},
        )
        return [
            {"role": role, "content": content}
            for number, exchange in enumerate(conversation, 1)
            for role, content in (
                ("user", question_message(exchange.question)),
                ("assistant", exchange_message(exchange, number, showing)),
            )
        ]


def stopped(conversation: Conversation) -> Scene:
    """The question that was being answered stays, marked as stopped."""
    return Scene(tuple(exchange.stopped() for exchange in conversation))
