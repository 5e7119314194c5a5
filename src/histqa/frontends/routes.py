"""Our own routes beside the chat: readings, one reading with its place, their style."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from histqa.assistant import Assistant
from histqa.frontends.addresses import READINGS
from histqa.frontends.disclosure import Disclosure
from histqa.frontends.fragments import static_text
from histqa.frontends.languages import Sentence
from histqa.frontends.page_pictures import PagePictures
from histqa.frontends.pages import Look, reading_page, readings_page, sentence_page
from histqa.frontends.places import find_place
from histqa.frontends.refusals import page_response, refusal
from histqa.frontends.security import PAGE_POLICY
from histqa.frontends.speaking import language_of
from histqa.pictures.drawing import BUSY

READ = ["GET", "HEAD"]
_KEPT = "private, max-age=600"
_STATIC = {
    "reading.css": "text/css",
    "chat.css": "text/css",
    "chat.js": "text/javascript",
    "embed.css": "text/css",
    "embed.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}


def reading_routes(
    provider: Callable[[], Assistant], disclosure: Disclosure, pictures: PagePictures
) -> APIRouter:
    """Routes that show what ``provider()`` holds at the time of the request."""
    router = APIRouter(include_in_schema=False)
    _add_pictures(router, provider, pictures)

    @router.api_route("/style/{name}", methods=READ)
    def style(name: str, request: Request) -> Response:
        """The few files of our own that the pages load, each once for as long as it is the same."""
        if name not in _STATIC:
            return Response(status_code=404)
        text = static_text(name)
        tag = f'W/"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'
        headers = {"Cache-Control": "no-cache", "ETag": tag}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(text, media_type=_STATIC[name], headers=headers)

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
        shown = pictures.of_quote(document, place.mark)
        return page_response(reading_page(document, place, look, shown))

    return router


def _add_pictures(
    router: APIRouter, provider: Callable[[], Assistant], pictures: PagePictures
) -> None:
    @router.api_route("/read/{doc_id:path}/page/{number:int}.webp", methods=READ)
    def page_picture(doc_id: str, number: int, request: Request) -> Response:
        """One page of a PDF reading that is shown whole, with the place marked in it."""
        try:
            document = provider().document(doc_id)
        except KeyError:
            return refusal(request.scope, 404, Sentence.of("refusal.no_such_reading"))
        page = next((page for page in document.pages if page.number == number), None)
        place = find_place(document, request.query_params)
        picture = pictures.drawn(document, page, place.mark) if page else None
        if picture is None:
            return refusal(request.scope, 404, Sentence.of("picture.none"))
        if not picture.content:
            sentence = Sentence.of(f"picture.{picture.problem}")
            return refusal(request.scope, 503 if picture.problem == BUSY else 404, sentence)
        headers = {"Cache-Control": _KEPT, "Content-Security-Policy": PAGE_POLICY}
        return Response(picture.content, media_type="image/webp", headers=headers)


def _look(request: Request) -> Look:
    theme = request.query_params.get("theme", "")
    return Look(
        framed=request.query_params.get("framed") == "1",
        theme="dark" if theme == "dark" else "light" if theme == "light" else "",
        root=request.scope.get("root_path", ""),
        language=language_of(request.scope),
    )
