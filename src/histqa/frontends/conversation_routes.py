"""A conversation as the browser tab keeps it -> a text or a file to take away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from pydantic import BaseModel, Field

from histqa.assistant import Assistant
from histqa.frontends.addresses import quote_address
from histqa.frontends.citing import is_base
from histqa.frontends.forms import FORMS
from histqa.frontends.keeping import Keeping
from histqa.frontends.messages import Address
from histqa.frontends.security import PAGE_POLICY
from histqa.frontends.speaking import language_of
from histqa.types import Quote


class Wanted(BaseModel):
    """What is asked for; ``base`` is the address of the chat, before those of the quotes."""

    form: Literal["text", "markdown", "page", "word"]
    kept: str
    base: str = Field(max_length=600)


def conversation_routes(
    provider: Callable[[], Assistant], keeping: Keeping, address: Address = quote_address
) -> APIRouter:
    """The route under which a conversation is turned into something to take away."""
    router = APIRouter(include_in_schema=False)

    @router.post("/conversation")
    def conversation(wanted: Wanted, request: Request) -> Response:
        """Nothing is stored: what comes goes back in another form."""
        if not is_base(wanted.base):
            return PlainTextResponse("The address of the chat is no web address.", status_code=422)
        assistant = provider()
        form = FORMS[wanted.form]
        found = keeping.restored(wanted.kept, assistant.library)
        base = wanted.base.rstrip("/")
        language = language_of(request.scope)

        def link(quote: Quote) -> str:
            return base + language.address(address(quote))

        content = form.write(found, assistant.documents, link=link, language=language)
        headers = {
            "Content-Disposition": f'attachment; filename="histqa-conversation.{form.suffix}"',
            "Content-Security-Policy": PAGE_POLICY,
            "Cache-Control": "no-store",
        }
        return Response(content, media_type=form.media_type, headers=headers)

    return router
