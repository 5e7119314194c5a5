"""Questions of one client -> as many a minute as are allowed; the rest hear when to ask again."""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from histqa.frontends.addresses import MCP
from histqa.frontends.languages import Sentence
from histqa.frontends.refusals import refusal
from histqa.frontends.security import route_path

_MOST_CLIENTS = 10_000


class Pacing:
    """Each client has a bucket of ``per_minute`` questions that fills again evenly; it may ask them
    all at once. Of more than 10,000 clients those that asked longest ago are forgotten. With 0
    ``per_minute`` there is no limit.
    """

    def __init__(self, per_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._now = now
        self._buckets: dict[str, tuple[float, float]] = {}

    def seconds_to_wait(self, scope: Scope) -> int:
        """0 where whoever sent the request may ask now, which then is counted."""
        return math.ceil(self._wait(_client(scope))) if self._per_minute else 0

    def sentence(self, seconds: int) -> Sentence:
        """What a client is told that has to wait."""
        return Sentence.of("refusal.too_many", most=self._per_minute, seconds=seconds)

    def _wait(self, client: str) -> float:
        now = self._now()
        left, since = self._buckets.pop(client, (float(self._per_minute), now))
        left = min(float(self._per_minute), left + (now - since) * self._per_minute / 60)
        is_allowed = left >= 1
        self._buckets[client] = (left - is_allowed, now)
        if len(self._buckets) > _MOST_CLIENTS:
            del self._buckets[next(iter(self._buckets))]
        return 0.0 if is_allowed else (1 - left) * 60 / self._per_minute


class Pace:
    """Pure ASGI: what is posted is counted, for only questions are.

    What is posted to the tools for models is passed on: most of it asks nothing, and ``ask``
    counts itself.
    """

    def __init__(self, app: ASGIApp, pacing: Pacing) -> None:
        self._app = app
        self._pacing = pacing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or say in how many seconds it may come again."""
        app = self._app
        is_posted = scope["type"] == "http" and scope["method"] == "POST"
        if is_posted and route_path(scope) != MCP:
            seconds = self._pacing.seconds_to_wait(scope)
            if seconds:
                headers = {"Retry-After": str(seconds)}
                app = refusal(scope, 429, self._pacing.sentence(seconds), headers=headers)
        await app(scope, receive, send)


def _client(scope: Scope) -> str:
    """The address of whoever asks; of IPv6 the network, all of which one household has."""
    host = (scope.get("client") or ("",))[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))
