"""A refused request -> the page that tells a person why, or the problem details for a program."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Scope

from histqa.frontends.languages import Sentence
from histqa.frontends.pages import Look, sentence_page
from histqa.frontends.security import PAGE_POLICY
from histqa.frontends.speaking import language_of

PROBLEM_TYPE = "application/problem+json"


def page_response(page: str, *, status: int = 200) -> HTMLResponse:
    """One of our own pages, on which no script may run."""
    return HTMLResponse(page, status_code=status, headers={"Content-Security-Policy": PAGE_POLICY})


def problem(
    status: int, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any
) -> JSONResponse:
    """What went wrong, as RFC 9457 describes it; ``more`` are members of our own."""
    said = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    return JSONResponse(
        {**said, "detail": detail, **more},
        status_code=status,
        headers=headers,
        media_type=PROBLEM_TYPE,
    )


def wants_page(scope: Scope) -> bool:
    """Whether a person opens the address in a browser."""
    return "text/html" in Headers(scope=scope).get("accept", "")


def refusal(
    scope: Scope, status: int, sentence: Sentence, *, headers: Mapping[str, str] | None = None
) -> Response:
    """``sentence`` in the form that whoever sent the request understands; for programs English."""
    if not wants_page(scope):
        return problem(status, str(sentence), headers=headers)
    language = language_of(scope)
    name = "refusal.not_here" if status == HTTPStatus.NOT_FOUND else "refusal.heading"
    look = Look(root=scope.get("root_path", ""), language=language)
    page = sentence_page(language.text(name), language.said(sentence), look)
    response = page_response(page, status=status)
    response.headers.update(headers or {})
    return response
