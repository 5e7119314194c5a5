"""An MCP server -> the address ``/mcp`` of the web application (streamable HTTP, stateless)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from histqa.frontends.languages import Sentence
from histqa.frontends.refusals import refusal

MCP_HEADERS = ("Mcp-Protocol-Version", "Mcp-Method", "Mcp-Name")
"""What clients of this protocol send beside the usual headers."""


class McpEndpoint:
    """ASGI; each request stands for itself, so any number of servers can share the work.

    A browser says in every POST which site sends it (``Origin``): only ``origins`` are let in, not
    even our own. A page whose name was made to point to this machine (DNS rebinding) says its own.
    """

    def __init__(self, server: Server[Any], origins: Sequence[str]) -> None:
        self._server = server
        self._origins = frozenset(origins)
        self._manager: StreamableHTTPSessionManager | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Answers requests inside; as often as an application starts."""
        self._manager = StreamableHTTPSessionManager(
            self._server, json_response=True, stateless=True
        )
        async with self._manager.run():
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one message of the protocol."""
        app: ASGIApp
        origin = Headers(scope=scope).get("origin")
        if origin is not None and origin not in self._origins:
            app = refusal(scope, 403, Sentence.of("refusal.foreign", origin=origin[:100]))
        elif self._manager is None:
            raise RuntimeError("the application was not started: its lifespan must run")
        else:
            app = self._manager.handle_request
        await app(scope, receive, send)
