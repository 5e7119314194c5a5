"""Ways to compose an answer: name -> a function that builds the composer."""

from __future__ import annotations

from collections.abc import Callable

from histqa.errors import SettingsError
from histqa.settings import Settings
from histqa.stages import Composer


def _quotes(settings: Settings) -> Composer:
    from histqa.composers.quotes import QuoteComposer

    return QuoteComposer(threshold=settings.answer_threshold, related=settings.related_passages)


COMPOSERS: dict[str, Callable[[Settings], Composer]] = {"quotes": _quotes}


def build_composer(settings: Settings) -> Composer:
    """The composer that ``settings.composer`` names; SettingsError for an unknown one."""
    if settings.composer not in COMPOSERS:
        known = ", ".join(COMPOSERS)
        raise SettingsError(f"composer: {settings.composer!r} is unknown; known: {known}")
    return COMPOSERS[settings.composer](settings)
