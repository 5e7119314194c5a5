"""A question's vector and terms -> passages, from one generation of the index on disk."""

from __future__ import annotations

import json
import queue
import sqlite3
import weakref
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from histqa.errors import IndexDamaged, IndexFault
from histqa.stages import Vectors
from histqa.stores.ranking import LEXICAL_DIGITS, Found, best
from histqa.stores.sqlite.database import (
    DATABASE_NAME,
    IMMUTABLE,
    SHARED,
    check_ours,
    connect,
    faults,
    reading_mode,
)
from histqa.stores.sqlite.layout import Layout
from histqa.stores.sqlite.rows import listed_document, packed, passage_from, whole_document
from histqa.stores.sqlite.vectors import VectorIndex, build_vectors, read_vectors
from histqa.types import Document, Passage

_CONNECTIONS = 4
_BUSY_SECONDS = 5.0
_PASSAGES_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _State:
    generation: int
    vectors_key: str
    dimension: int


def open_store(folder: Path) -> SqliteStore:
    """The index in ``folder`` as it stands now.

    Raises IndexMissing, IndexDamaged or IndexOutdated, each with its cure.
    """
    return SqliteStore(folder, reading_mode(folder))


class SqliteStore:
    """A ``Store`` over one generation: whatever is committed later does not change its answers.

    Any number of threads may ask it at once. ``close`` it, or use it as a context manager.
    """

    def __init__(self, folder: Path, mode: str) -> None:
        self._folder = folder
        self._mode = mode
        self._stamp = _stamp(folder)
        self._watching = Lock()
        with faults(folder), ExitStack() as stack:
            self._watcher = stack.enter_context(closing(_reader(folder, mode)))
            check_ours(self._watcher, folder)
            connections, self._state = _snapshots(folder, mode)
            for connection in connections:
                stack.enter_context(closing(connection))
            self._layout = Layout(connections[0])
            self._vectors = self._open_vectors(connections[0])
            stack.pop_all()
        self._pool: queue.LifoQueue[sqlite3.Connection | None] = queue.LifoQueue()
        for connection in connections:
            self._pool.put(connection)
        # A store that is merely dropped lets go of its files too, without a ResourceWarning.
        self._release = weakref.finalize(self, _release, self._pool, self._watcher)
        self._release.atexit = False

    def __enter__(self) -> SqliteStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files when the calls that are under way have ended; again does nothing.

        Whoever asks the store afterwards gets an IndexFault.
        """
        self._release()

    @property
    def generation(self) -> int:
        """Grows by one with every update; equal generations answer equally."""
        return self._state.generation

    @property
    def manifest(self) -> dict[str, str]:
        """What the build recorded about model, chunking, versions and corpus."""
        with self.connection() as connection:
            return dict(connection.execute("SELECT key, value FROM manifest"))

    def is_current(self) -> bool:
        """Whether this is still the newest generation (microseconds; for every question)."""
        if self._mode == IMMUTABLE:
            return _stamp(self._folder) == self._stamp
        with self._watching, suppress(sqlite3.Error):
            return _state(self._watcher) == self._state
        return False

    def documents(self) -> tuple[Document, ...]:
        """All readings sorted by path, *without* text, pages, headings and repairs."""
        with self.connection() as connection:
            rows = connection.execute("SELECT doc_id, path, metadata FROM documents ORDER BY path")
            return tuple(listed_document(*row) for row in rows)

    def document(self, doc_id: str) -> Document:
        """One reading, whole. Raises KeyError for an unknown id."""
        with self.connection() as connection:
            row = connection.execute(
                "SELECT doc_id, path, metadata, structure, text FROM documents WHERE doc_id = ?",
                (packed(doc_id),),
            ).fetchone()
        if row is None:
            raise KeyError(doc_id)
        return whole_document(*row)

    def nearest(
        self, vector: Vectors, count: int, *, within: Collection[str] | None = None
    ) -> tuple[tuple[int, float], ...]:
        """The ids and cosines of the passages nearest to ``vector`` (shape (dimension,))."""
        return self._with_ids(self._vectors.nearest(vector, count, within))

    def matching(
        self, terms: Sequence[str], count: int, *, within: Collection[str] | None = None
    ) -> tuple[tuple[int, float], ...]:
        """The ids and BM25 scores (above 0) of passages with any of ``terms``, best first.

        A term that is asked twice counts once; what is no term (blank, quotes) matches nothing.
        """
        wanted_words = _match_expression(terms)
        if not wanted_words:
            return ()
        restriction = "" if within is None else _WITHIN
        parameters = [wanted_words]
        if within is not None:
            parameters.append(json.dumps(self._layout.numbers(within)))

        def search(wanted: int) -> Found:
            rows = connection.execute(_MATCHING.format(restriction), (*parameters, wanted))
            return [(self._layout.place_of(passage_id), score) for passage_id, score in rows]

        with self.connection() as connection:
            return self._with_ids(best(search, count, digits=LEXICAL_DIGITS))

    def document_frequencies(self, terms: Sequence[str]) -> tuple[int, ...]:
        """In how many passages (searched text) each of ``terms`` occurs."""
        with self.connection() as connection:
            rows = [
                connection.execute("SELECT doc FROM vocabulary WHERE term = ?", (term,)).fetchone()
                if term.isalnum()
                else None
                for term in terms
            ]
        return tuple(row[0] if row else 0 for row in rows)

    def spellings(self) -> tuple[tuple[str, int], ...]:
        """Every word as written, sorted, and how many passages write it so."""
        with self.connection() as connection:
            return tuple(connection.execute(SPELLINGS))

    def passage_count(self) -> int:
        """How many passages there are in all."""
        return len(self._layout.ids)

    def passages(self, ids: Sequence[int]) -> tuple[Passage, ...]:
        """The passages with these ids, in the order asked. Raises KeyError for an unknown id."""
        found: dict[int, Passage] = {}
        with self.connection() as connection:
            for first in range(0, len(ids), _PASSAGES_AT_ONCE):
                some = json.dumps([int(one) for one in ids[first : first + _PASSAGES_AT_ONCE]])
                for passage_id, *columns in connection.execute(_PASSAGES, (some,)):
                    found[passage_id] = passage_from(*columns)
        return tuple(found[passage_id] for passage_id in ids)

    def similarities(
        self, vector: Vectors, ids: Sequence[int]
    ) -> tuple[tuple[float, tuple[float, ...]], ...]:
        """Per passage id: cosine of ``vector`` with the passage and with each of its sentences."""
        places = [self._layout.place_of(passage_id) for passage_id in ids]
        return self._vectors.similarities(vector, places)

    def _with_ids(self, found: Found) -> tuple[tuple[int, float], ...]:
        return tuple((self._layout.ids[place], score) for place, score in found)

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """One of several that see the same snapshot, for reading; waits for a free one."""
        connection = self._pool.get()
        try:
            if connection is None:
                raise IndexFault(f"{self._folder}: this index was closed; open it again")
            with faults(self._folder):
                yield connection
        finally:
            self._pool.put(connection)

    def _open_vectors(self, connection: sqlite3.Connection) -> VectorIndex:
        """The cached vectors, or the same made anew (and cached where that is possible)."""
        state = self._state
        try:
            return read_vectors(
                self._folder, state.generation, state.vectors_key, self._layout, state.dimension
            )
        except (OSError, ValueError, RuntimeError):
            vectors = self._rebuilt(connection)
        if self._mode == SHARED and self.is_current():
            with suppress(OSError):
                vectors.write(self._folder, state.generation, state.vectors_key)
        return vectors

    def _rebuilt(self, connection: sqlite3.Connection) -> VectorIndex:
        try:
            return build_vectors(connection, self._layout, self._state.dimension)
        except ValueError as error:
            raise IndexDamaged(
                f"{self._folder / DATABASE_NAME}: vectors are missing or broken ({error}); remove"
                " it and run `histqa index`"
            ) from error


_WITHIN = (
    # The plus keeps SQLite from running the whole match again for every single row.
    " AND +words.rowid IN (SELECT id FROM passages"
    " WHERE document IN (SELECT value FROM json_each (?)))"
)
_MATCHING = (
    "SELECT rowid, -bm25(words) AS score FROM words WHERE words MATCH ?{}"
    " ORDER BY score DESC LIMIT ?"
)
SPELLINGS = "SELECT word, sum(passages) FROM spellings GROUP BY word ORDER BY word"
_PASSAGES = (
    "SELECT passages.id, documents.doc_id, passages.start, passages.title, passages.heading,"
    " passages.text, passages.sentences"
    " FROM passages JOIN documents ON documents.number = passages.document"
    " WHERE passages.id IN (SELECT value FROM json_each (?))"
)


def _match_expression(terms: Sequence[str]) -> str:
    """Each term in quotes, so that none is read as an operator of FTS5."""
    return " OR ".join(f'"{term}"' for term in dict.fromkeys(terms) if term.isalnum())


def _reader(folder: Path, mode: str) -> sqlite3.Connection:
    return connect(folder, mode, wait_seconds=_BUSY_SECONDS)


def _snapshots(folder: Path, mode: str) -> tuple[list[sqlite3.Connection], _State]:
    """Connections that each hold a read transaction, all of them on the same generation."""
    while True:
        with ExitStack() as stack:
            connections = [
                stack.enter_context(closing(_reader(folder, mode))) for _ in range(_CONNECTIONS)
            ]
            states = {_begun(connection) for connection in connections}
            if len(states) == 1:
                stack.pop_all()
                return connections, states.pop()
        # a build committed between the first and the last: once more


def _begun(connection: sqlite3.Connection) -> _State:
    connection.execute("PRAGMA query_only = 1")
    connection.execute("BEGIN")
    return _state(connection)  # the snapshot begins with this first reading, not with BEGIN


def _release(pool: queue.LifoQueue[sqlite3.Connection | None], watcher: sqlite3.Connection) -> None:
    for _ in range(_CONNECTIONS):
        connection = pool.get()
        if connection is not None:
            connection.close()
    watcher.close()
    for _ in range(_CONNECTIONS):
        pool.put(None)  # wakes up, and turns away, whoever waits for a connection


def _state(connection: sqlite3.Connection) -> _State:
    row = connection.execute("SELECT generation, vectors_key, dimension FROM state").fetchone()
    if row is None:
        raise sqlite3.DatabaseError("the state of the index is missing")
    return _State(*row)


def _stamp(folder: Path) -> tuple[int, int, int]:
    try:
        facts = (folder / DATABASE_NAME).stat()
    except OSError:
        return (0, 0, 0)
    return (facts.st_ino, facts.st_size, facts.st_mtime_ns)
