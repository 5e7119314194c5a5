"""Every request -> a line of the log and the figures that Prometheus fetches."""

from __future__ import annotations

import json
import logging
import sys
import time
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from histqa.assistant import Assistant

logger = logging.getLogger("histqa.requests")

_SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)
_ELSEWHERE = "other"


class Figures:
    """The figures of one server."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "histqa_requests", "Requests by route and status", ("method", "route", "status"),
            registry=self._registry,
        )  # fmt: skip
        self.seconds = Histogram(
            "histqa_request_seconds", "Time to the end of the response", ("route",),
            buckets=_SECONDS, registry=self._registry,
        )  # fmt: skip
        self.at_work = Gauge(
            "histqa_requests_at_work", "Requests being answered", registry=self._registry
        )
        self._readings = Gauge("histqa_readings", "Readings", registry=self._registry)
        self._generation = Gauge(
            "histqa_index_generation", "Grows with every update", registry=self._registry
        )

    def response(self, assistant: Assistant) -> Response:
        """All of them, as Prometheus reads them."""
        self._readings.set(len(assistant.documents))
        self._generation.set(assistant.generation)
        return Response(generate_latest(self._registry), media_type=CONTENT_TYPE_LATEST)


class Watching:
    """Pure ASGI. What is logged names the route, never the address, which may hold a token.

    Questions are logged only ``with_questions``, and no clients.
    """

    def __init__(self, app: ASGIApp, figures: Figures, *, with_questions: bool) -> None:
        self._app = app
        self._figures = figures
        self._with_questions = with_questions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and note how it went."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500
        scope.setdefault("state", {})

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            with self._figures.at_work.track_inprogress():
                await self._app(scope, receive, send_and_note)
        finally:
            self._note(scope, status, time.perf_counter() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = str(getattr(scope.get("route"), "path", _ELSEWHERE))
        method = scope["method"] if scope["method"] in _METHODS else _ELSEWHERE
        self._figures.requests.labels(method, route, str(status)).inc()
        self._figures.seconds.labels(route).observe(seconds)
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "method": method,
            "route": route,
            "status": status,
            "milliseconds": round(seconds * 1000, 1),
        }
        question = scope["state"].get("question")
        if self._with_questions and question is not None:
            line["question"] = question
        logger.info("%s", json.dumps(line, ensure_ascii=True))


_METHODS = frozenset("GET HEAD POST PUT PATCH DELETE OPTIONS".split())


def log_requests() -> None:
    """Let the lines of the log go to stderr, one JSON object each."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
