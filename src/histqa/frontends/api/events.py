"""A question being answered -> server-sent events that tell of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import StreamingResponse

from histqa.errors import HistqaError, QuestionError
from histqa.frontends.api.values import served_answer
from histqa.frontends.signing import Signatures
from histqa.types import Answer

# Proxies such as nginx would keep a stream until it is complete.
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def event_stream(pieces: AsyncIterator[str]) -> StreamingResponse:
    """``pieces``, each sent as soon as it is there."""
    return StreamingResponse(pieces, media_type="text/event-stream", headers=_HEADERS)


def event(value: Any, name: str = "") -> str:
    """One event with ``value`` as JSON, which holds no line break."""
    lead = f"event: {name}\n" if name else ""
    return f"{lead}data: {json.dumps(value, ensure_ascii=False)}\n\n"


def failure(error: HistqaError | HTTPException) -> tuple[int, str]:
    """Status and sentence of what can go wrong with a question."""
    if isinstance(error, HTTPException):
        return error.status_code, error.detail
    return 422 if isinstance(error, QuestionError) else 500, str(error)


def started(reading_count: int) -> str:
    """The first event: the question is being answered from so many readings."""
    return event({"readings": reading_count}, "started")


async def answer_events(
    answering: Awaitable[Answer], signatures: Signatures, reading_count: int
) -> AsyncIterator[str]:
    """``started``, then a ``quote`` each, then the whole ``answer``; or a ``problem``."""
    yield started(reading_count)
    try:
        value = served_answer(await answering, signatures)
    except (HistqaError, HTTPException) as error:
        status, detail = failure(error)
        yield event({"status": status, "detail": detail}, "problem")
        return
    for told in told_of(value):
        yield told


def told_of(served: Mapping[str, Any]) -> Iterator[str]:
    """A ``quote`` for each of a served answer, then the whole ``answer``."""
    for quote in served["quotes"]:
        yield event(quote, "quote")
    yield event(served, "answer")
