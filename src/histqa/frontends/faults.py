"""What goes wrong with a request -> a page that says so to whoever opened the address."""

from __future__ import annotations

import logging

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from histqa.errors import HistqaError
from histqa.frontends.pages import Look, sentence_page
from histqa.frontends.routes import page_response

logger = logging.getLogger(__name__)

_NOTHING_THERE = "There is nothing at this address."
_NO_SUCH_REQUEST = "This address does not take such a request."
_SOMETHING_WRONG = "Something went wrong on our side, not on yours. Please try again."


class Faults:
    """Pure ASGI, as in ``security``. What scripts ask for keeps the answer that they understand."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; a page takes the place of a refusal, and of an exception."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_begun = is_replaced = False

        async def send_or_replace(message: Message) -> None:
            nonlocal is_begun, is_replaced
            if message["type"] == "http.response.start":
                is_begun = True
                is_replaced = message["status"] >= 400 and _is_for_people(scope, message)
                if is_replaced:
                    await _page(message["status"])(scope, receive, send)
            if not is_replaced:
                await send(message)

        try:
            await self._app(scope, receive, send_or_replace)
        except Exception as error:  # nobody must meet a traceback
            if is_begun:
                raise
            logger.exception("a request could not be answered")
            await _page(500, str(error) if isinstance(error, HistqaError) else "")(
                scope, receive, send
            )


def _is_for_people(scope: Scope, start: Message) -> bool:
    """Whether a browser opens this as a page, and does not get one yet."""
    wants_page = "text/html" in Headers(scope=scope).get("accept", "")
    return wants_page and "text/html" not in Headers(raw=start["headers"]).get("content-type", "")


def _page(status: int, sentence: str = "") -> ASGIApp:
    if status == 404:
        heading, usual = "Not here", _NOTHING_THERE
    else:
        heading = "That did not work"
        usual = _SOMETHING_WRONG if status >= 500 else _NO_SUCH_REQUEST
    page = sentence_page(heading, sentence[:1].upper() + sentence[1:] or usual, Look())
    return page_response(page, status=status)
