"""A request -> the language of what is shown for it, noted where everything below finds it."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from histqa.errors import SettingsError
from histqa.frontends.languages import ENGLISH, LANGUAGES, Language, asked

AUTO = "auto"
_LANGUAGE = "histqa.language"


class Speaking:
    """Pure ASGI: the language that the address asks for (``lang``), else the ``usual`` one.

    Where ``usual`` is "auto", the browser says which it likes best. Raises SettingsError for a
    language that there is not.
    """

    def __init__(self, app: ASGIApp, usual: str) -> None:
        self._app = app
        self._usual = checked_language(usual)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its language."""
        if scope["type"] != "lifespan":
            scope = {**scope, _LANGUAGE: self._language(scope)}

        async def send_varied(message: Message) -> None:
            if message["type"] == "http.response.start" and self._usual == AUTO:
                MutableHeaders(scope=message).add_vary_header("Accept-Language")
            await send(message)

        await self._app(scope, receive, send_varied)

    def _language(self, scope: Scope) -> Language:
        chosen = asked(QueryParams(scope.get("query_string", b"")).get("lang", ""))
        if chosen:
            return chosen
        if self._usual == AUTO:
            return liked_best(Headers(scope=scope).get("accept-language", ""))
        return LANGUAGES[self._usual]


def language_of(scope: Scope) -> Language:
    """The language of the request."""
    language: Language = scope.get(_LANGUAGE, ENGLISH)
    return language


def checked_language(usual: str) -> str:
    """``usual``, which the setting ``language`` says. Raises SettingsError for an unknown one."""
    if usual not in (AUTO, *LANGUAGES):
        known = ", ".join((AUTO, *LANGUAGES))
        raise SettingsError(f"language: {usual!r} is unknown; known: {known}")
    return usual


def liked_best(header: str) -> Language:
    """The language of ours that an Accept-Language header names with the greatest weight."""
    liked = sorted(_weighted(header), key=lambda one: -one[1])
    return next((LANGUAGES[code] for code, _ in liked if code in LANGUAGES), ENGLISH)


def _weighted(header: str) -> Iterator[tuple[str, float]]:
    """Codes without regions, each with its weight; what has none, or is refused, is left out."""
    for part in header.lower().split(","):
        code, _, parameter = part.strip().partition(";")
        name, _, weight = parameter.strip().partition("=")
        try:
            value = float(weight) if name.strip() == "q" else 1.0
        except ValueError:
            continue
        if value > 0:
            yield code.strip().partition("-")[0], value
