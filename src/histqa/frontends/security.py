"""Headers that every response carries, and doors of Gradio that the chat does not need shut."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Gradio's own page needs inline scripts and styles; nothing comes from elsewhere.
CHAT_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; "
    "base-uri 'self'; form-action 'self'"
)
# Our own pages hold no script at all, so none may run there.
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_SHUT = (
    "/gradio_api/upload",
    "/gradio_api/file",
    "/gradio_api/proxy",
    "/gradio_api/process_recording",
)
# A question with all the room it may take, and Gradio's own wrapping.
_BODY_BYTES = 1_000_000


class Guard:
    """Pure ASGI, so that streamed answers are never buffered.

    ``origins`` are the sites, such as "https://moodle.example.edu", that may show our pages in a
    frame; nobody else may, but we ourselves.
    """

    def __init__(self, app: ASGIApp, origins: Sequence[str] = ()) -> None:
        self._app = app
        self._ancestors = " ".join(("frame-ancestors 'self'", *origins))
        # The older header knows no list of sites; browsers that know the newer pass it over.
        self._headers = _HEADERS if origins else {**_HEADERS, "X-Frame-Options": "SAMEORIGIN"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it; put our headers on what comes back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._set_headers(MutableHeaders(scope=message))
            await send(message)

        refusal = _refusal(scope)
        await (refusal or self._app)(scope, receive, send_with_headers)

    def _set_headers(self, headers: MutableHeaders) -> None:
        for name, value in self._headers.items():
            headers[name] = value
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        policy = headers.get("Content-Security-Policy", CHAT_POLICY)
        headers["Content-Security-Policy"] = f"{policy}; {self._ancestors}"
        # Gradio answers any origin as if it were trusted; who may read is decided further out.
        for name in [name for name in headers if name.startswith("access-control-")]:
            del headers[name]


def route_path(scope: Scope) -> str:
    """The path of the request below the root of the server, as our routes know it."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    return path[len(root) :] if path == root or path.startswith(root + "/") else path


def _refusal(scope: Scope) -> PlainTextResponse | None:
    if route_path(scope).startswith(_SHUT):
        return PlainTextResponse("Not here.", status_code=404)
    headers = dict(scope["headers"])
    if b"transfer-encoding" in headers:  # sent piece by piece, without end for all we know
        return PlainTextResponse("Say how long the question is.", status_code=411)
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or int(length) > _BODY_BYTES:
        return PlainTextResponse("That is more than a question.", status_code=413)
    return None
