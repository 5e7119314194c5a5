"""Settings -> the tools for one program on this machine, which speaks over stdin and stdout."""

from __future__ import annotations

import asyncio
import contextlib

from mcp.server.stdio import stdio_server

from histqa.assistant import Assistant
from histqa.frontends.answering import Answering
from histqa.frontends.disclosure import Disclosure
from histqa.frontends.mcp.server import Tools, mcp_server
from histqa.frontends.newest import Newest
from histqa.frontends.pace import Pacing
from histqa.frontends.signing import Signatures, secret_of
from histqa.settings import Settings


def serve_stdio(settings: Settings, *, base: str) -> None:
    """Answer until stdin ends; addresses begin with ``base``, where the web chat is reached.

    Raises SettingsError where there is no secret to sign addresses with, and whatever opening the
    index raises.
    """
    disclosure = Disclosure(Signatures(secret_of(settings)), settings.context_words)
    with contextlib.closing(Newest(Assistant.open(settings=settings))) as provider:
        answering = Answering(provider, settings)
        at_work = Tools(provider, answering, disclosure, Pacing(0), base)
        with contextlib.closing(answering):
            asyncio.run(_serve(at_work))


async def _serve(at_work: Tools) -> None:
    server = mcp_server(at_work)
    async with stdio_server() as (messages, replies):
        await server.run(messages, replies, server.create_initialization_options())
