"""The routes that other people's pages use: the compact chat, its script, the help."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from histqa.assistant import Assistant
from histqa.errors import QuestionError
from histqa.frontends.embed.options import Options
from histqa.frontends.embed.pages import compact_page, help_page, widget_script
from histqa.frontends.languages import asked
from histqa.frontends.routes import READ
from histqa.frontends.speaking import language_of
from histqa.settings import Settings

COMPACT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
_QUESTIONS_OFFERED = 2  # there is little room
_HELP_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'"
)


def embed_routes(provider: Callable[[], Assistant], settings: Settings) -> APIRouter:
    """``/embed``, ``/embed/help`` and ``/widget.js``."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/embed", methods=READ)
    def embed(request: Request) -> HTMLResponse:
        """The compact chat, for a frame."""
        options = Options.of(request.query_params)
        page = compact_page(
            options,
            asked(options.language) or language_of(request.scope),
            root=request.scope.get("root_path", ""),
            max_question_characters=settings.max_question_characters,
            suggestions=_suggestions(provider(), options),
        )
        return HTMLResponse(page, headers={"Content-Security-Policy": COMPACT_POLICY})

    @router.api_route("/embed/help", methods=READ)
    def help_with_embedding(request: Request) -> HTMLResponse:
        """The lines to copy."""
        page = help_page(
            Options.of(request.query_params),
            language_of(request.scope),
            base=str(request.base_url).rstrip("/"),
            root=request.scope.get("root_path", ""),
            origins=settings.origins,
        )
        return HTMLResponse(page, headers={"Content-Security-Policy": _HELP_POLICY})

    @router.api_route("/widget.js", methods=READ)
    def widget() -> Response:
        """The button; any page may load it, but only allowed ones can open the chat."""
        headers = {"Cache-Control": "no-cache", "Cross-Origin-Resource-Policy": "cross-origin"}
        return Response(
            widget_script(settings.language), media_type="text/javascript", headers=headers
        )

    return router


def _suggestions(assistant: Assistant, options: Options) -> tuple[str, ...]:
    """Questions to begin with; none where the options name readings that are not there."""
    try:
        return assistant.suggestions(options.readings)[:_QUESTIONS_OFFERED]
    except QuestionError:
        return ()
