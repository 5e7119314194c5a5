"""The database -> which passage stands at which place: passages sorted by (doc_id, start)."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from itertools import accumulate, chain

import numpy as np
import numpy.typing as npt

from histqa.stores.sqlite.rows import unpacked

_PASSAGES = (
    "SELECT passages.id, documents.number, documents.doc_id, length(passages.sentences) / 8"
    " FROM passages JOIN documents ON documents.number = passages.document"
    " ORDER BY documents.doc_id, passages.start, passages.id"
)


class Layout:
    """Places of passages (0, 1, ...) and, after them, of their sentences, in the FAISS index.

    A lower place wins a tie. Each document's passages stand side by side.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        rows = connection.execute(_PASSAGES).fetchall()
        self.ids: list[int] = [row[0] for row in rows]
        self._place_of = {passage_id: place for place, passage_id in enumerate(self.ids)}
        counts: list[int] = [row[3] for row in rows]
        self._sentence_starts = list(accumulate(counts, initial=len(rows)))
        self._numbers: dict[str, int] = {}
        self._ranges: dict[str, tuple[int, int]] = {}
        for place, (_, number, doc_id, _) in enumerate(rows):
            name = unpacked(doc_id)
            first = self._ranges.get(name, (place, 0))[0]
            self._ranges[name] = (first, place + 1)
            self._numbers[name] = number

    @property
    def vector_count(self) -> int:
        """How many vectors there are: one for each passage and one for each sentence."""
        return self._sentence_starts[-1]

    def place_of(self, passage_id: int) -> int:
        """Raises KeyError for an unknown id."""
        return self._place_of[passage_id]

    def sentence_places(self, place: int) -> range:
        """The places of the sentences of the passage at ``place``."""
        return range(self._sentence_starts[place], self._sentence_starts[place + 1])

    def ranges(self, within: Collection[str]) -> list[tuple[int, int]]:
        """The half-open ranges of places of these documents; those without passages have none."""
        return [self._ranges[doc_id] for doc_id in sorted(set(within)) if doc_id in self._ranges]

    def numbers(self, within: Collection[str]) -> list[int]:
        """The document numbers of these documents, sorted."""
        return sorted(self._numbers[doc_id] for doc_id in set(within) if doc_id in self._numbers)


def vector_blobs(connection: sqlite3.Connection) -> Iterator[bytes | None]:
    """The vectors as stored, in the order of the layout; None where a row is missing."""
    for column in ("passage_vector", "sentence_vectors"):
        rows = connection.execute(
            f"SELECT vectors.{column} FROM passages"
            " JOIN documents ON documents.number = passages.document"
            " LEFT JOIN vectors ON vectors.passage = passages.id"
            " ORDER BY documents.doc_id, passages.start, passages.id"
        )
        yield from chain.from_iterable(rows)


def places_array(places: Sequence[int]) -> npt.NDArray[np.int64]:
    """Places in the form that FAISS wants."""
    return np.asarray(places, dtype=np.int64)
