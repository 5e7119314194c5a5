"""The chat page as Gradio serves it, with names for its words -> the page in its language.

Gradio makes the page once, for everybody; the language is known only when it is asked for. Its
scripts take seconds to come: ``static/early.html`` is what can be used until then.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from histqa.assistant import Assistant
from histqa.frontends.early import early_page
from histqa.frontends.fragments import NAME, meant
from histqa.frontends.languages import Language
from histqa.frontends.security import route_path
from histqa.frontends.speaking import language_of

_FILLED = frozenset(("", "/", "/config", "/config/", "/gradio_api/info", "/gradio_api/info/"))
_BASE = re.compile(r"<base [^>]*>")
_BODY = re.compile(r"<body[^>]*>")
_LANGUAGE_OF_GRADIO = re.compile(r'(<html\s+lang=)"en"')
# Words that stand in style/chat.css, for Gradio has no place for them.
_STYLED = ("chat.search_in", "chat.everywhere", "chat.new_short")


class Filling:
    """Pure ASGI: puts the words of the request's language into what Gradio says of the page."""

    def __init__(self, app: ASGIApp, provider: Callable[[], Assistant]) -> None:
        self._app = app
        self._provider = provider

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; where it is for the page, fill the names in what comes back."""
        is_page = scope["type"] == "http" and route_path(scope) in _FILLED
        app = self._fill if is_page else self._app
        await app(scope, receive, send)

    async def _fill(self, scope: Scope, receive: Receive, send: Send) -> None:
        pieces: list[bytes] = []
        start: Message = {}

        async def send_filled(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            pieces.append(message.get("body", b""))
            if not message.get("more_body"):
                body = self._filled(b"".join(pieces), start, language_of(scope))
                await send(start)
                await send({"type": "http.response.body", "body": body})

        inner = _uncompressed(scope)
        await self._app(inner, receive, send_filled)
        if "route" in inner:  # whoever counts requests looks for it here
            scope["route"] = inner["route"]

    def _filled(self, body: bytes, start: Message, language: Language) -> bytes:
        text = body.decode("utf-8", "replace")
        text = NAME.sub(lambda name: _in_json(meant(name, language)), text)
        if "text/html" in Headers(raw=start["headers"]).get("content-type", ""):
            early = early_page(self._provider(), language)
            text = _LANGUAGE_OF_GRADIO.sub(rf'\1"{language.code}"', text, count=1)
            text = _BASE.sub(lambda tag: tag.group() + _head(language), text, count=1)
            text = _BODY.sub(lambda tag: tag.group() + early, text, count=1)
        filled = text.encode("utf-8")
        if start["headers"]:
            MutableHeaders(raw=start["headers"])["Content-Length"] = str(len(filled))
        return filled


def _uncompressed(scope: Scope) -> Scope:
    """The request without what asks Gradio to compress its answer."""
    kept = [one for one in scope["headers"] if one[0] != b"accept-encoding"]
    return {**scope, "headers": kept}


def _in_json(text: str) -> str:
    """``text`` as the inside of a JSON string that can also stand in a script element."""
    written = json.dumps(text)[1:-1]
    for mark in "<>&'":
        written = written.replace(mark, f"\\u{ord(mark):04x}")
    return written


def _head(language: Language) -> str:
    """What Gradio takes its own few words from, our style and script, and the style's words.

    Addresses are relative to the page: only a request knows under which path the server is. Our
    script stands before Gradio's, for deferred scripts wait for those before them.
    """
    words = ";".join(
        f'--hq-{name.partition(".")[2].replace("_", "-")}:"{language.text(name)}"'
        for name in _STYLED
    )
    return (
        f'<script>Object.defineProperty(navigator,"language",{{value:"{language.code}"}})</script>'
        '<title>histqa</title><link rel="icon" href="style/icon.svg">'
        '<link rel="stylesheet" href="style/chat.css">'
        f"<style>:root{{{words}}}</style>"
        '<script src="style/chat.js" defer></script>'
    )
