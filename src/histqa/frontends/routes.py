"""Our own routes beside the chat: readings, one reading with its place, their style."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from histqa.assistant import Assistant
from histqa.frontends.addresses import READINGS
from histqa.frontends.disclosure import Disclosure
from histqa.frontends.filling import static_text
from histqa.frontends.pages import Look, reading_page, readings_page, sentence_page
from histqa.frontends.refusals import page_response
from histqa.frontends.speaking import language_of

READ = ["GET", "HEAD"]
_STATIC = {
    "reading.css": "text/css",
    "chat.css": "text/css",
    "chat.js": "text/javascript",
    "embed.css": "text/css",
    "embed.js": "text/javascript",
}


def reading_routes(provider: Callable[[], Assistant], disclosure: Disclosure) -> APIRouter:
    """Routes that show what ``provider()`` holds at the time of the request."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/style/{name}", methods=READ)
    def style(name: str) -> Response:
        """The few files of our own that the pages load."""
        if name not in _STATIC:
            return Response(status_code=404)
        headers = {"Cache-Control": "no-cache"}
        return Response(static_text(name), media_type=_STATIC[name], headers=headers)

    @router.api_route(READINGS, methods=READ)
    def readings(request: Request) -> HTMLResponse:
        """All readings."""
        return page_response(readings_page(provider().documents, _look(request)))

    @router.api_route("/read/{doc_id:path}", methods=READ)
    def read(doc_id: str, request: Request) -> HTMLResponse:
        """One reading, with the place that the address names."""
        look = _look(request)
        try:
            document = provider().document(doc_id)
        except KeyError:
            said = look.language.text("refusal.no_such_reading")
            page = sentence_page(look.language.text("refusal.not_here"), said, look)
            return page_response(page, status=404)
        place = disclosure.place(document, request.query_params)
        return page_response(reading_page(document, place, look))

    return router


def _look(request: Request) -> Look:
    theme = request.query_params.get("theme", "")
    return Look(
        framed=request.query_params.get("framed") == "1",
        theme="dark" if theme == "dark" else "light" if theme == "light" else "",
        root=request.scope.get("root_path", ""),
        language=language_of(request.scope),
    )
