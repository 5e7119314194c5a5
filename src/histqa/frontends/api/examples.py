"""A small reading, and an answer from it -> what each route gives, for the description.

The examples are made by what serves real answers, so that they cannot differ from it.
"""

from __future__ import annotations

from typing import Any

from histqa.frontends.api.completions import completion
from histqa.frontends.api.events import started, told_of
from histqa.frontends.api.values import served_answer, served_passage, served_reading, served_text
from histqa.frontends.places import Place
from histqa.frontends.signing import Signatures
from histqa.types import Answer, Document, Heading, Quote, Span, Verdict

_SIGNATURES = Signatures("an example")
_BASE = "https://histqa.example.edu/"
_TITLE, _QUOTED = "The Corinth Canal", "It was opened in 1893, after eleven years of digging."
_READING = Document(
    doc_id="corinth-canal-3f2a1c",
    path="unit 1/corinth-canal.txt",
    text=f"{_TITLE}\n\nThe canal was long hoped for. {_QUOTED}",
    title=_TITLE,
    kind="article",
    licence="CC BY 4.0",
    language="en",
    headings=(Heading(_TITLE, 1, Span(0, len(_TITLE))),),
)
_PLACE = Span(len(_READING.text) - len(_QUOTED), len(_READING.text))
_ANSWER = Answer(
    question="When was the Corinth Canal opened?",
    understood_as="When was the Corinth Canal opened?",
    verdict=Verdict.ANSWERED,
    text=f"“{_QUOTED}” [1]",
    confidence=0.93,
    quotes=(Quote.cut(_READING, _PLACE, score=1.9),),
    short="1893",
)


def answer_example() -> dict[str, Any]:
    """What ``/api/ask`` gives."""
    return served_answer(_ANSWER, _SIGNATURES)


def events_example() -> str:
    """What it gives as a stream."""
    return "".join((started(1), *told_of(answer_example())))


def completion_example() -> dict[str, Any]:
    """What ``/v1/chat/completions`` gives."""
    made = completion(_ANSWER, _ANSWER.question, _BASE, _SIGNATURES)
    return made | {"id": "chatcmpl-1", "created": 1_767_225_600}


def readings_example() -> dict[str, Any]:
    """What ``/api/readings`` gives."""
    return {"readings": [served_reading(_READING)]}


def reading_example() -> dict[str, Any]:
    """What ``/api/readings/{id}`` gives."""
    return served_text(_READING)


def passage_example() -> dict[str, Any]:
    """What ``/api/passages/{id}`` gives."""
    whole = Span(0, len(_READING.text))
    return served_passage(_READING, Place(whole, part=1, parts=1, mark=_PLACE), _PLACE)
