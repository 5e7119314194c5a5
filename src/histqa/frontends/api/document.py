"""The routes for programs -> their description, as OpenAPI."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi
from starlette.responses import RedirectResponse, Response

from histqa.frontends.api.values import answer_schemas

ADDRESS = "/api/openapi.json"
_SUMMARY = "Answers to questions about readings, made of their own words."


def describe(app: FastAPI) -> None:
    """Let ``app`` describe itself with the schema of the answers that the command line shares."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title="histqa", version=version("histqa"), summary=_SUMMARY, routes=app.routes
            )
            document["components"]["schemas"] |= answer_schemas()
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]

    # Where clients look for a description first; Gradio would answer there with its own.
    @app.get("/openapi.json", include_in_schema=False)
    def usual_place(request: Request) -> Response:
        return RedirectResponse(quote(request.scope.get("root_path", "")) + ADDRESS, 308)
