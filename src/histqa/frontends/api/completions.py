"""An answer -> what OpenAI's chat completions give, with the quotes as citations."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable
from typing import Any
from uuid import uuid4

from starlette.exceptions import HTTPException

from histqa.errors import HistqaError
from histqa.frontends.api.events import event, failure
from histqa.frontends.api.values import served_answer
from histqa.frontends.markup import seen
from histqa.frontends.signing import Signatures
from histqa.frontends.view import place
from histqa.types import Answer

MODEL = "histqa"


def content_of(answer: Answer) -> str:
    """The answer, and below it where each quote stands."""
    sources = [f"[{number}] {seen(place(quote))}" for number, quote in enumerate(answer.quotes, 1)]
    return "\n\n".join([answer.text, "\n".join(sources)] if sources else [answer.text])


def annotations_of(answer: Answer, content: str, base: str, signatures: Signatures) -> list[Any]:
    """A citation for each marker [n] in ``content``, by its place there."""
    found = []
    for number, quote in enumerate(answer.quotes, 1):
        marker = f"[{number}]"
        start = content.find(marker)
        citation = {
            "start_index": start,
            "end_index": start + len(marker),
            "title": quote.title,
            "url": base.rstrip("/") + signatures.address(quote),
        }
        found.append({"type": "url_citation", "url_citation": citation})
    return found


def completion(answer: Answer, prompt: str, base: str, signatures: Signatures) -> dict[str, Any]:
    """One whole completion; tokens are counted in words, for there is no model with others."""
    content = content_of(answer)
    message = {
        "role": "assistant",
        "content": content,
        "refusal": None,
        "annotations": annotations_of(answer, content, base, signatures),
    }
    asked, said = len(prompt.split()), len(content.split())
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return _head("chat.completion") | {
        "choices": [choice],
        "usage": {
            "prompt_tokens": asked,
            "completion_tokens": said,
            "total_tokens": asked + said,
        },
        "histqa": served_answer(answer, signatures),
    }


async def chunks(
    answering: Awaitable[Answer], base: str, signatures: Signatures
) -> AsyncIterator[str]:
    """The completion in pieces: the role, the text by paragraph, the citations, [DONE]."""
    head = _head("chat.completion.chunk")
    yield event(head | _delta({"role": "assistant", "content": ""}))
    try:
        answer = await answering
    except (HistqaError, HTTPException) as error:
        status, detail = failure(error)
        yield event({"error": openai_error(status, detail)})
        return
    content = content_of(answer)
    for piece in content.splitlines(keepends=True):
        yield event(head | _delta({"content": piece}))
    citations = annotations_of(answer, content, base, signatures)
    last = _delta({"annotations": citations}, finish_reason="stop")
    yield event(head | last | {"histqa": served_answer(answer, signatures)})
    yield "data: [DONE]\n\n"


def openai_error(status: int, detail: str) -> dict[str, Any]:
    """What OpenAI's own clients look for in a refusal."""
    kind = "server_error" if status >= 500 else "invalid_request_error"
    return {"message": detail, "type": kind, "param": None, "code": None}


def _head(kind: str) -> dict[str, Any]:
    identity = f"chatcmpl-{uuid4().hex}"
    return {"id": identity, "object": kind, "created": int(time.time()), "model": MODEL}


def _delta(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    return {"choices": [choice]}
