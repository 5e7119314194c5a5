"""Ways to read the hits: name -> a function that builds the reader."""

from __future__ import annotations

from collections.abc import Callable

from histqa.errors import SettingsError
from histqa.settings import Settings
from histqa.stages import Reader, Store


def _similarity(store: Store) -> Reader:
    from histqa.readers.similarity import Calibration, SimilarityReader

    return SimilarityReader(store, Calibration.shipped())


READERS: dict[str, Callable[[Store], Reader]] = {"similarity": _similarity}


def build_reader(store: Store, settings: Settings) -> Reader:
    """The reader that ``settings.reader`` names; SettingsError for an unknown one."""
    if settings.reader not in READERS:
        known = ", ".join(READERS)
        raise SettingsError(f"reader: {settings.reader!r} is unknown; known: {known}")
    return READERS[settings.reader](store)
