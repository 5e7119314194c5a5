"""A request -> whether it may come in: with ``access = link``, only with a token that we signed.

The token is part of the path (``/link/TOKEN/...``), so that every address below carries it: in a
frame on another site, where cookies are blocked, nothing else would reach each request. Programs
may send it as ``Authorization: Bearer TOKEN`` instead.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from histqa.frontends.languages import Sentence
from histqa.frontends.refusals import refusal
from histqa.frontends.security import route_path
from histqa.frontends.signing import Signatures

# Only these characters can stand in a token, so that a path that holds one can be shown anywhere.
_LINKED = re.compile(r"/link/([0-9]{1,15}\.[A-Za-z0-9_-]{1,100})(?=/|$)")
_TOKEN = "histqa.token"
_PUBLIC = ("/healthz", "/readyz", "/style/reading.css", "/style/icon.svg")
_NO_LINK = Sentence("refusal.no_link")
_EXPIRED = Sentence("refusal.expired")


def link_address(base: str, token: str) -> str:
    """The address to hand out: ``base`` is that of the server, with or without a last slash."""
    return f"{base.rstrip('/')}/link/{token}/"


class Links:
    """Pure ASGI, outermost: takes the token out of the path, which then is part of the root."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, as one that was made below ``/link/TOKEN``."""
        linked = _LINKED.match(route_path(scope)) if scope["type"] != "lifespan" else None
        if linked is None:
            await self._app(scope, receive, send)
            return
        root = scope.get("root_path", "") + linked.group()
        rest = route_path(scope)[linked.end() :]
        inner = {**scope, "root_path": root, "path": root + rest, _TOKEN: linked.group(1)}
        asked = scope.get("query_string", b"").decode("latin-1")
        app = self._app if rest else RedirectResponse(quote(root) + "/" + f"?{asked}" * bool(asked))
        await app(inner, receive, send)


class Access:
    """Pure ASGI: lets in whoever has a token that has not expired."""

    def __init__(
        self, app: ASGIApp, signatures: Signatures, now: Callable[[], float] = time.time
    ) -> None:
        self._app = app
        self._signatures = signatures
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or say why not."""
        if scope["type"] == "lifespan" or route_path(scope) in _PUBLIC:
            await self._app(scope, receive, send)
            return
        expiry = self._signatures.expiry_of(_token(scope))
        if expiry > self._now():
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            sentence = _EXPIRED if expiry else _NO_LINK
            await refusal(scope, 403, sentence)(scope, receive, send)
        else:
            await WebSocketClose()(scope, receive, send)


def _token(scope: Scope) -> str:
    scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
    return scope.get(_TOKEN) or (token.strip() if scheme.lower() == "bearer" else "")
