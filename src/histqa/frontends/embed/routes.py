"""The routes that other people's pages use: the compact chat, its script, the help."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from histqa.frontends.embed.options import Options
from histqa.frontends.embed.pages import compact_page, help_page
from histqa.frontends.routes import READ, static_text
from histqa.settings import Settings

COMPACT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
_HELP_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'"


def embed_routes(settings: Settings) -> APIRouter:
    """``/embed``, ``/embed/help`` and ``/widget.js``."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/embed", methods=READ)
    def embed(request: Request) -> HTMLResponse:
        """The compact chat, for a frame."""
        page = compact_page(
            Options.of(request.query_params),
            root=request.scope.get("root_path", ""),
            max_question_characters=settings.max_question_characters,
        )
        return HTMLResponse(page, headers={"Content-Security-Policy": COMPACT_POLICY})

    @router.api_route("/embed/help", methods=READ)
    def help_with_embedding(request: Request) -> HTMLResponse:
        """The lines to copy."""
        page = help_page(
            Options.of(request.query_params),
            base=str(request.base_url).rstrip("/"),
            root=request.scope.get("root_path", ""),
            origins=settings.origins,
        )
        return HTMLResponse(page, headers={"Content-Security-Policy": _HELP_POLICY})

    @router.api_route("/widget.js", methods=READ)
    def widget() -> Response:
        """The button; any page may load it, but only allowed ones can open the chat."""
        headers = {"Cache-Control": "no-cache", "Cross-Origin-Resource-Policy": "cross-origin"}
        return Response(static_text("widget.js"), media_type="text/javascript", headers=headers)

    return router
