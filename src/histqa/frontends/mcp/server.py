"""An assistant -> an MCP server with the tools ``ask`` and ``read``; how it is reached is open."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from mcp.types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
)
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from histqa.assistant import Assistant
from histqa.errors import HistqaError
from histqa.frontends.answering import Answering
from histqa.frontends.api.problems import told
from histqa.frontends.api.values import served_answer
from histqa.frontends.disclosure import Disclosure
from histqa.frontends.mcp.arguments import AskArguments, ReadArguments
from histqa.frontends.mcp.reading import read_place
from histqa.frontends.mcp.tools import INSTRUCTIONS, tools
from histqa.frontends.mcp.words import answer_words
from histqa.frontends.pace import Pacing
from histqa.types import Turn

logger = logging.getLogger(__name__)

_SOMETHING_WRONG = "Something went wrong in histqa, not in what you asked. Please try again."
_Context = ServerRequestContext[Any, Any]


@dataclass(frozen=True, slots=True)
class Tools:
    """The tools at work; ``base`` is the root of the server where no request tells it."""

    provider: Callable[[], Assistant]
    answering: Answering
    disclosure: Disclosure
    pacing: Pacing
    base: str = ""

    async def ask(self, arguments: dict[str, Any], request: Request | None) -> CallToolResult:
        """As ``POST /api/ask``, with the same limits."""
        asked = AskArguments.model_validate(arguments)
        if request is not None:
            request.state.question = asked.question
            self._count(request)
        answer = await self.answering.ask(
            asked.question,
            history=[Turn(question) for question in asked.history],
            readings=asked.readings,
            period=asked.period,
            max_words=asked.max_words,
        )
        signatures = self.disclosure.signatures
        words = answer_words(answer, self._root(request), signatures)
        return _result(words, served_answer(answer, signatures))

    async def read(self, arguments: dict[str, Any], request: Request | None) -> CallToolResult:
        """As ``GET /api/readings/{id}``, in parts, and ``GET /api/passages/{id}``."""
        asked = ReadArguments.model_validate(arguments)
        value, words = await asyncio.to_thread(
            read_place, self.provider(), self.disclosure, asked, self._root(request)
        )
        return _result(words, value)

    def _root(self, request: Request | None) -> str:
        return self.base if request is None else str(request.base_url)

    def _count(self, request: Request) -> None:
        seconds = self.pacing.seconds_to_wait(request.scope)
        if seconds:
            raise HTTPException(429, str(self.pacing.sentence(seconds)))


def mcp_server(at_work: Tools) -> Server[Any]:
    """The server; what goes wrong in a tool is its result, so that the model reads the cure."""
    by_name = {"ask": at_work.ask, "read": at_work.read}

    async def list_tools(_: _Context, __: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=tools())

    async def call_tool(context: _Context, called: CallToolRequestParams) -> CallToolResult:
        if called.name not in by_name:
            raise MCPError(INVALID_PARAMS, f"there is no such tool; there are {', '.join(by_name)}")
        try:
            return await by_name[called.name](called.arguments or {}, context.request)
        except ValidationError as error:
            return _failed(told(error.errors()))
        except HTTPException as error:
            return _failed(error.detail)
        except HistqaError as error:
            return _failed(str(error))
        except Exception:
            logger.exception("a tool could not be used")
            return _failed(_SOMETHING_WRONG)

    return Server(
        "histqa",
        version=version("histqa"),
        title="History readings",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _result(words: str, value: dict[str, Any]) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=words)], structured_content=value)


def _failed(sentence: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=sentence)], is_error=True)
