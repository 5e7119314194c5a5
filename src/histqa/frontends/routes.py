"""Our own routes beside the chat: readings, one reading with its place, their style."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from histqa.assistant import Assistant
from histqa.errors import HistqaError
from histqa.frontends.addresses import READINGS
from histqa.frontends.pages import Look, missing_page, reading_page, readings_page
from histqa.frontends.places import find_place
from histqa.frontends.security import PAGE_POLICY

_STATIC = {
    "reading.css": "text/css",
    "chat.css": "text/css",
    "chat.js": "text/javascript",
}


def static_text(name: str) -> str:
    """One of the files in ``static/``."""
    return (files("histqa.frontends") / "static" / name).read_text(encoding="utf-8")


def reading_routes(provider: Callable[[], Assistant]) -> APIRouter:
    """Routes that show what ``provider()`` holds at the time of the request."""
    router = APIRouter(include_in_schema=False)

    @router.get("/style/{name}")
    def style(name: str) -> Response:
        """The few files of our own that the pages load."""
        if name not in _STATIC:
            return Response(status_code=404)
        headers = {"Cache-Control": "no-cache"}
        return Response(static_text(name), media_type=_STATIC[name], headers=headers)

    @router.get(READINGS)
    def readings(request: Request) -> HTMLResponse:
        """All readings."""
        return _page(readings_page(provider().documents, _look(request)))

    @router.get("/read/{doc_id:path}")
    def read(doc_id: str, request: Request) -> HTMLResponse:
        """One reading, with the place that the address names."""
        look = _look(request)
        try:
            document = provider().document(doc_id)
        except (KeyError, HistqaError):
            return _page(missing_page("There is no such reading.", look), status=404)
        return _page(reading_page(document, find_place(document, request.query_params), look))

    return router


def _look(request: Request) -> Look:
    theme = request.query_params.get("theme", "")
    return Look(
        framed=request.query_params.get("framed") == "1",
        theme="dark" if theme == "dark" else "light" if theme == "light" else "",
    )


def _page(page: str, *, status: int = 200) -> HTMLResponse:
    return HTMLResponse(page, status_code=status, headers={"Content-Security-Policy": PAGE_POLICY})
