"""An index folder -> the faults in it, for doctor: everything that opening does not look at."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from histqa.errors import IndexFault, IndexMissing
from histqa.stores.records import spelling_counts
from histqa.stores.sqlite.database import faults
from histqa.stores.sqlite.layout import Layout, vector_blobs
from histqa.stores.sqlite.rows import passage_from, whole_document
from histqa.stores.sqlite.store import SPELLINGS, open_store
from histqa.stores.sqlite.vectors import cache_name, read_vectors
from histqa.text import terms

_DOCUMENTS = "SELECT number, doc_id, path, metadata, structure, text FROM documents"
_PASSAGES = (
    "SELECT passages.id, documents.doc_id, passages.start, passages.title, passages.heading,"
    " passages.text, passages.sentences, words.terms"
    " FROM passages JOIN documents ON documents.number = passages.document"
    " LEFT JOIN words ON words.rowid = passages.id WHERE documents.number = ?"
)


def verify(folder: Path) -> tuple[str, ...]:
    """One line for each fault of the index in ``folder``; empty if there is none.

    Reads everything: about a second for each 20 MB of text. Raises IndexMissing where there is
    no index; an index that does not open is a fault, not an exception.
    """
    try:
        with open_store(folder) as store, store.connection() as connection:
            return tuple(_faults(connection, folder))
    except IndexMissing:
        raise
    except IndexFault as error:
        return (str(error),)


def _faults(connection: sqlite3.Connection, folder: Path) -> Iterator[str]:
    with faults(folder):
        yield from _structure_faults(connection)
        yield from _text_faults(connection)
        yield from _spelling_faults(connection)
        yield from _vector_faults(connection, folder)


def _structure_faults(connection: sqlite3.Connection) -> Iterator[str]:
    for (line,) in connection.execute("PRAGMA integrity_check"):
        if line != "ok":
            yield f"histqa.sqlite: {line}; remove it and run `histqa index`"
    for (line,) in connection.execute(_ORPHANS):
        yield f"histqa.sqlite: {line}; remove it and run `histqa index`"


_ORPHANS = " UNION ALL ".join(
    f"SELECT '{what}' WHERE EXISTS ({query})"
    for what, query in (
        (
            "passages without a document",
            "SELECT 1 FROM passages WHERE document NOT IN (SELECT number FROM documents)",
        ),
        (
            "vectors without a passage",
            "SELECT 1 FROM vectors WHERE passage NOT IN (SELECT id FROM passages)",
        ),
        (
            "words without a passage",
            "SELECT 1 FROM words WHERE rowid NOT IN (SELECT id FROM passages)",
        ),
        (
            "documents without a file record",
            "SELECT 1 FROM documents WHERE path NOT IN (SELECT path FROM files)",
        ),
    )
)


def _text_faults(connection: sqlite3.Connection) -> Iterator[str]:
    """Slices equal the text; the words are those of the passages, each counted right."""
    occurrences: Counter[str] = Counter()
    for number, *row in connection.execute(_DOCUMENTS):
        document = whole_document(*row)
        text, name = document.text, document.doc_id
        for passage_id, *columns, words in connection.execute(_PASSAGES, (number,)):
            passage = passage_from(*columns)
            if passage.span.of(text) != passage.text:
                yield f"{name}: passage {passage_id} is not what stands in the text"
            if any(
                not (passage.span.start <= span.start < span.end <= passage.span.end)
                for span in passage.sentences
            ):
                yield f"{name}: passage {passage_id} has a sentence outside it"
            found = terms(passage.searched_text)
            occurrences.update(found)
            if words != " ".join(found):
                yield f"{name}: passage {passage_id} is not found by its words"
    counted = dict(connection.execute("SELECT term, cnt FROM vocabulary"))
    if counted != occurrences:
        wrong = sorted(counted.items() ^ occurrences.items())[0][0]
        yield f"the words do not agree with the passages (the first one: {wrong!r})"


def _spelling_faults(connection: sqlite3.Connection) -> Iterator[str]:
    """The words as written are those of the passages, each counted right."""
    written: Counter[str] = Counter()
    for (number,) in connection.execute("SELECT number FROM documents"):
        rows = connection.execute(_PASSAGES, (number,))
        written += spelling_counts([passage_from(*columns) for _, *columns, _ in rows])
    if dict(connection.execute(SPELLINGS)) != written:
        yield "the words as written do not agree with the passages"


def _vector_faults(connection: sqlite3.Connection, folder: Path) -> Iterator[str]:
    """The file of vectors is the one of this generation and holds what the database holds."""
    layout = Layout(connection)
    generation, key, dimension = connection.execute(
        "SELECT generation, vectors_key, dimension FROM state"
    ).fetchone()
    try:
        vectors = read_vectors(folder, generation, key, layout, dimension)
    except (OSError, ValueError, RuntimeError) as error:
        yield f"{cache_name(generation)}: {error}; it is made anew when the index is opened"
        return
    if vectors.codes != b"".join(blob or b"" for blob in vector_blobs(connection)):
        yield f"{cache_name(generation)}: other vectors than in histqa.sqlite; remove the file"
