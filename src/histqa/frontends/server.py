"""An assistant -> the web application with everything but the chat page, and with its guards."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware

from histqa.assistant import Assistant
from histqa.frontends.access import Access, Links
from histqa.frontends.addresses import MCP
from histqa.frontends.answering import Answering
from histqa.frontends.api.document import ADDRESS, describe
from histqa.frontends.api.problems import add_problem_handlers
from histqa.frontends.api.routes import api_routes
from histqa.frontends.conversation_routes import conversation_routes
from histqa.frontends.disclosure import Disclosure
from histqa.frontends.embed.routes import embed_routes
from histqa.frontends.faults import Faults
from histqa.frontends.filling import Filling
from histqa.frontends.health import health_routes
from histqa.frontends.keeping import Keeping
from histqa.frontends.mcp.endpoint import MCP_HEADERS, McpEndpoint
from histqa.frontends.mcp.server import Tools, mcp_server
from histqa.frontends.pace import Pace, Pacing
from histqa.frontends.page_pictures import PagePictures
from histqa.frontends.routes import reading_routes
from histqa.frontends.security import Guard
from histqa.frontends.signing import Signatures
from histqa.frontends.speaking import Speaking, checked_language
from histqa.frontends.watching import Figures, Watching
from histqa.settings import Settings

Provider = Callable[[], Assistant]
_LEAST_BYTES = 1000


def create_server(provider: Provider, settings: Settings, signatures: Signatures) -> FastAPI:
    """Readings, embedding, the interface for programs, conversations to take away, and health.

    ``provider`` is asked at every request, so that it can hand out a newer assistant. Raises
    SettingsError for a language that there is not.
    """
    checked_language(settings.language)
    answering, figures = Answering(provider, settings), Figures()
    disclosure = Disclosure(signatures, settings.context_words)
    pictures = PagePictures(settings)
    pacing = Pacing(settings.questions_per_minute)
    tools = mcp_server(Tools(provider, answering, disclosure, pacing))
    endpoint = McpEndpoint(tools, settings.origins)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with endpoint.running():
            yield
        answering.close()
        pictures.close()

    app = FastAPI(
        title="histqa", docs_url=None, redoc_url=None, openapi_url=ADDRESS, lifespan=lifespan,
        root_path_in_servers=False,
    )  # fmt: skip
    _add_middleware(app, provider, settings, signatures, figures, pacing)
    add_problem_handlers(app)
    app.include_router(reading_routes(provider, disclosure, pictures))
    app.include_router(embed_routes(provider, settings))
    app.include_router(api_routes(provider, answering, disclosure))
    app.include_router(conversation_routes(provider, Keeping(signatures), signatures.address))
    app.include_router(health_routes(provider, figures))
    app.add_route(MCP, endpoint, methods=["POST"], include_in_schema=False)  # type: ignore[arg-type]
    describe(app)
    return app


def _add_middleware(
    app: FastAPI, provider: Provider, settings: Settings, signatures: Signatures,
    figures: Figures, pacing: Pacing,
) -> None:  # fmt: skip
    """Each is around those before it: refusals become pages, and every response has headers."""
    app.add_middleware(Filling, provider=provider)
    # Streams of events are left as they are. Lengths tell nothing of a token (BREACH): it is part
    # of the address, so that nobody without it can make a browser ask.
    app.add_middleware(GZipMiddleware, minimum_size=_LEAST_BYTES)
    app.add_middleware(Pace, pacing=pacing)
    if settings.access == "link":
        app.add_middleware(Access, signatures=signatures)
    app.add_middleware(Faults)
    app.add_middleware(Guard, origins=settings.origins)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.origins,
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type", *MCP_HEADERS],
    )
    with_questions = settings.request_log == "questions"
    app.add_middleware(Watching, figures=figures, with_questions=with_questions)
    app.add_middleware(Speaking, usual=settings.language)
    app.add_middleware(Links)
