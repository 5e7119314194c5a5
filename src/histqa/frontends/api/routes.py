"""The routes for programs: ask, list and read, and OpenAI's chat completions."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from histqa.assistant import Assistant
from histqa.frontends.answering import Answering
from histqa.frontends.api.completions import MODEL, chunks, completion
from histqa.frontends.api.events import answer_events, event_stream
from histqa.frontends.api.examples import (
    answer_example,
    completion_example,
    events_example,
    passage_example,
    reading_example,
    readings_example,
)
from histqa.frontends.api.problems import PROBLEM_SCHEMA, refused
from histqa.frontends.api.requests import AskRequest, CompletionRequest, PlaceQuery
from histqa.frontends.api.values import (
    served_answer,
    served_passage,
    served_reading,
    served_text,
)
from histqa.frontends.disclosure import Disclosure
from histqa.frontends.places import NOT_QUOTED
from histqa.frontends.refusals import PROBLEM_TYPE
from histqa.frontends.signing import Signatures
from histqa.types import Document

_SAID = {
    403: "a link is needed, or has expired",
    404: "there is no such reading, or place in it",
    422: "the question, a reading, a value or the body is not as it must be",
    429: "too many questions of one client; `Retry-After` says when to ask again",
    503: "too many questions at once, or the time is up; `Retry-After` likewise",
}
_OF_QUESTIONS = (403, 422, 429, 503)
_ANSWER = {
    "description": "the answer, also where the readings do not say (`verdict`)",
    "content": {
        "application/json": {
            "schema": {"$ref": "#/components/schemas/Answer"},
            "example": answer_example(),
        },
        "text/event-stream": {"schema": {"type": "string"}, "example": events_example()},
    },
}


def api_routes(
    provider: Callable[[], Assistant], answering: Answering, disclosure: Disclosure
) -> APIRouter:
    """Routes that answer from what ``provider()`` holds at the time of the request."""
    router = APIRouter(tags=["readings"])
    _add_questions(router, provider, answering, disclosure.signatures)
    _add_completions(router, answering, disclosure.signatures)
    _add_readings(router, provider, disclosure)
    return router


def _add_questions(
    router: APIRouter,
    provider: Callable[[], Assistant],
    answering: Answering,
    signatures: Signatures,
) -> None:
    @router.post("/api/ask", responses={200: _ANSWER, **_refusals(*_OF_QUESTIONS)})
    async def ask(asked: AskRequest, request: Request) -> Response:
        """Ask a question; the answer is made of quotes, or says that the readings do not say.

        With `stream` it comes as server-sent events: `started`, a `quote` each, the whole
        `answer`; or a `problem`.
        """
        request.state.question = asked.question
        reading_count = len(provider().documents)
        answer = answering.ask(
            asked.question,
            history=asked.turns,
            readings=asked.readings,
            period=asked.period,
            max_words=asked.max_words,
            variants=asked.variants,
        )
        if asked.stream:
            return event_stream(answer_events(answer, signatures, reading_count))
        return JSONResponse(served_answer(await answer, signatures))


def _add_completions(router: APIRouter, answering: Answering, signatures: Signatures) -> None:
    @router.get("/v1/models")
    def models() -> dict[str, Any]:
        """The one model that clients of OpenAI's interface can name."""
        model = {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}
        return {"object": "list", "data": [model]}

    @router.post(
        "/v1/chat/completions",
        responses=_gives(completion_example(), *_OF_QUESTIONS, is_openai=True),
    )
    async def complete(asked: CompletionRequest, request: Request) -> Response:
        """The same in the shape of OpenAI's chat completions; citations are annotations.

        The last message is the question, the user's before it are the conversation; what a system
        message says is passed over. The whole answer stands under `histqa`.
        """
        question = asked.messages[-1]
        if question.role != "user":
            raise HTTPException(422, "the last message must be the user's: it is the question")
        request.state.question = question.text
        answer = answering.ask(question.text, history=asked.turns)
        base = str(request.base_url)
        if asked.stream:
            return event_stream(chunks(answer, base, signatures))
        return JSONResponse(completion(await answer, question.text, base, signatures))


def _add_readings(
    router: APIRouter, provider: Callable[[], Assistant], disclosure: Disclosure
) -> None:
    @router.get("/api/readings", responses=_gives(readings_example(), 403))
    def readings() -> dict[str, Any]:
        """All readings, with what is known of each and whether it is shown whole."""
        return {"readings": [served_reading(document) for document in provider().documents]}

    @router.get("/api/readings/{doc_id:path}", responses=_gives(reading_example(), 403, 404, 422))
    def reading(doc_id: str) -> dict[str, Any]:
        """One reading; its text and headings are null where only quoted passages are shown."""
        return served_text(_document(provider(), doc_id))

    @router.get("/api/passages/{doc_id:path}", responses=_gives(passage_example(), 403, 404, 422))
    def passage(doc_id: str, query: Annotated[PlaceQuery, Query()]) -> dict[str, Any]:
        """What stands at `[start, end)` of a reading, and a few words on each side of it.

        Of a reading that is not shown whole only a place that an answer quoted, with the `hash`
        and `sig` of the quote's `address`.
        """
        document = _document(provider(), doc_id)
        place = disclosure.passage(document, query.values)
        if place.mark is None:
            status = 403 if place.problem == NOT_QUOTED else 404
            raise HTTPException(status, str(place.problem))
        return served_passage(document, place, place.mark)


def _gives(
    example: dict[str, Any], *statuses: int, is_openai: bool = False
) -> dict[int | str, dict[str, Any]]:
    """What a route gives, by an example, and with which statuses it refuses."""
    given = {"description": "as the example", "content": {"application/json": {"example": example}}}
    return {200: given, **_refusals(*statuses, is_openai=is_openai)}


def _refusals(*statuses: int, is_openai: bool = False) -> dict[int | str, dict[str, Any]]:
    return {
        status: {"description": _SAID[status], "content": _problem(status, is_openai)}
        for status in statuses
    }


def _problem(status: int, is_openai: bool) -> dict[str, Any]:
    example = json.loads(bytes(refused(status, _SAID[status], is_openai=is_openai).body))
    return {PROBLEM_TYPE: {"schema": PROBLEM_SCHEMA, "example": example}}


def _document(assistant: Assistant, doc_id: str) -> Document:
    try:
        return assistant.document(doc_id)
    except KeyError as error:
        raise HTTPException(404, "There is no such reading.") from error
