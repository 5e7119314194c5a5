"""What goes wrong in our own routes -> problem details (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from histqa.errors import QuestionError
from histqa.frontends.api.completions import openai_error
from histqa.frontends.refusals import problem
from histqa.frontends.security import route_path

PROBLEM_SCHEMA = {
    "title": "Problem",
    "description": "RFC 9457",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what happened, and the cure"},
        "error": {"type": "object", "description": "below /v1: the same as OpenAI says it"},
    },
}


def add_problem_handlers(app: FastAPI) -> None:
    """Let refusals of ``app`` speak in problem details; a browser gets a page in their place."""

    @app.exception_handler(HTTPException)
    def not_served(request: Request, error: HTTPException) -> Response:
        detail = error.detail if error.status_code != 404 else _not_here(error)
        return _problem(request, error.status_code, detail, error.headers)

    @app.exception_handler(QuestionError)
    def not_askable(request: Request, error: QuestionError) -> Response:
        return _problem(request, 422, str(error))

    @app.exception_handler(RequestValidationError)
    def not_understood(request: Request, error: RequestValidationError) -> Response:
        return _problem(request, 422, told(error.errors()))


def told(faults: Sequence[Any]) -> str:
    """The first few of pydantic's ``faults``: where each is, and what.

    What was sent is not repeated: it may be long, and it may be private.
    """
    return "; ".join(
        f"{'.'.join(str(step) for step in fault['loc'])}: {fault['msg']}"
        for fault in faults[:_FAULTS_TOLD]
    )


_FAULTS_TOLD = 5


def _not_here(error: HTTPException) -> str:
    return "There is nothing at this address." if error.detail == "Not Found" else error.detail


def _problem(
    request: Request, status: int, detail: str, headers: Mapping[str, str] | None = None
) -> Response:
    is_openai = route_path(request.scope).startswith("/v1/")
    return refused(status, detail, is_openai=is_openai, headers=headers)


def refused(
    status: int, detail: str, *, is_openai: bool, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """The refusal of a request to our own routes, or to those of OpenAI's interface."""
    more = {"error": openai_error(status, detail)} if is_openai else {}
    return problem(status, detail, headers=headers, **more)
