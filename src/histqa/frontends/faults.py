"""What goes wrong with a request -> a page that says so, or problem details for a program."""

from __future__ import annotations

import logging

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from histqa.errors import HistqaError
from histqa.frontends.languages import Sentence
from histqa.frontends.refusals import refusal, wants_page

logger = logging.getLogger(__name__)

_NOTHING_THERE = Sentence("refusal.nothing")
_NO_SUCH_REQUEST = Sentence("refusal.no_such_request")
_SOMETHING_WRONG = Sentence("refusal.wrong")


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
                    await _usual(scope, message["status"])(scope, receive, send)
            if not is_replaced:
                await send(message)

        try:
            await self._app(scope, receive, send_or_replace)
        except Exception as error:  # nobody must meet a traceback
            if is_begun:
                raise
            logger.exception("a request could not be answered")
            said = _told(str(error)) if isinstance(error, HistqaError) else None
            await _usual(scope, 500, said)(scope, receive, send)


def _is_for_people(scope: Scope, start: Message) -> bool:
    """Whether a browser opens this as a page, and does not get one yet."""
    is_page = "text/html" in Headers(raw=start["headers"]).get("content-type", "")
    return wants_page(scope) and not is_page


def _told(detail: str) -> Sentence:
    return Sentence.of("refusal.told", detail=detail[:1].upper() + detail[1:])


def _usual(scope: Scope, status: int, sentence: Sentence | None = None) -> ASGIApp:
    usual = _SOMETHING_WRONG if status >= 500 else _NO_SUCH_REQUEST
    if status == 404:
        usual = _NOTHING_THERE
    return refusal(scope, status, sentence or usual)
