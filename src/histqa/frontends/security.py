"""Headers that every response carries, and doors of Gradio that the chat does not need shut."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Gradio's own page needs inline scripts and styles; nothing comes from elsewhere.
CHAT_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
# Our own pages hold no script at all, so none may run there.
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
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
    """Pure ASGI, so that streamed answers are never buffered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it; put our headers on what comes back."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _set_headers(MutableHeaders(scope=message))
            await send(message)

        refusal = _refusal(scope)
        await (refusal or self._app)(scope, receive, send_with_headers)


def route_path(scope: Scope) -> str:
    """The path of the request below the root of the server, as our routes know it."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    return path[len(root) :] if path == root or path.startswith(root + "/") else path


def _set_headers(headers: MutableHeaders) -> None:
    for name, value in _HEADERS.items():
        headers[name] = value
    headers.setdefault("Content-Security-Policy", CHAT_POLICY)
    # Gradio answers any origin as if it were trusted; only our own page may read what we send.
    for name in [name for name in headers if name.startswith("access-control-")]:
        del headers[name]


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
