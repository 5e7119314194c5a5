"""The stores: each answers by meaning (vectors) and by words (BM25) from passages it was given.

``STORES`` names them; every one passes the same contract suite.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from histqa.stages import Store
from histqa.stores.records import Reading


def _exact(_folder: Path, readings: Sequence[Reading]) -> Store:
    from histqa.stores.exact import ExactStore

    return ExactStore(readings)


def _sqlite(folder: Path, readings: Sequence[Reading]) -> Store:
    from histqa.stores.sqlite.store import open_store
    from histqa.stores.sqlite.writer import write_index

    write_index(folder, readings)
    return open_store(folder)


STORES: dict[str, Callable[[Path, Sequence[Reading]], Store]] = {
    "exact": _exact,
    "sqlite": _sqlite,
}
"""Name -> a function that stores the readings (in the folder, where it writes at all)."""
