"""Readings with their vectors -> the index folder, all of an update or nothing of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from uuid import uuid4

from histqa.errors import IndexMissing, IndexOutdated
from histqa.stages import Vectors
from histqa.stores.records import FileRecord, Reading, spelling_counts
from histqa.stores.sqlite.database import check_ours, connect, faults, make_schema
from histqa.stores.sqlite.layout import Layout
from histqa.stores.sqlite.rows import (
    metadata_of,
    packed,
    record_from,
    record_json,
    sentences_of,
    structure_of,
    title_in,
    vector_bytes,
)
from histqa.stores.sqlite.vectors import build_vectors, remove_stale
from histqa.text import terms
from histqa.types import Document, Passage

# A reader that opens or closes an index may mend or empty its log and locks it for that long: no
# reason to say that another build is writing it.
MOMENT = 2.0


class IndexWriter:
    """One update of an index: a context manager around one transaction.

    ``with IndexWriter(folder) as writer`` takes the write lock and waits at most
    ``wait_seconds`` for it. Leaving the block without ``commit`` changes nothing. Readers go on
    with the generation that they opened. Every method raises IndexWriteFault for a read-only
    folder or a full disk and IndexDamaged for a broken or foreign file; entering also raises
    IndexBusy (another build holds the lock) and IndexOutdated (see ``replace_outdated``).

    With ``replace_outdated`` an index made by another version of histqa is emptied instead
    (within the transaction). A foreign or broken file is never overwritten.
    """

    def __init__(
        self, folder: Path, *, wait_seconds: float = MOMENT, replace_outdated: bool = False
    ) -> None:
        self._folder = folder
        self._wait_seconds = wait_seconds
        self._replace_outdated = replace_outdated
        self._connection: sqlite3.Connection

    def __enter__(self) -> IndexWriter:
        with faults(self._folder, writing=True):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._connection = connect(self._folder, "rwc", wait_seconds=self._wait_seconds)
        try:
            with faults(self._folder, writing=True):
                self._begin()
        except BaseException:
            self._connection.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Undoes what was not committed. Closing the last connection removes SQLite's log."""
        with faults(self._folder, writing=True):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            self._connection.close()

    @property
    def manifest(self) -> dict[str, str]:
        """What the last commit recorded; empty for a new index."""
        with faults(self._folder):
            return dict(self._connection.execute("SELECT key, value FROM manifest"))

    @property
    def files(self) -> dict[str, FileRecord]:
        """Path -> what is remembered about the file, as changed so far, sorted by path."""
        with faults(self._folder):
            rows = self._connection.execute("SELECT record FROM files ORDER BY path").fetchall()
        return {record.path: record for record in (record_from(row[0]) for row in rows)}

    @property
    def generation(self) -> int:
        """That of the last commit; 0 for a new index."""
        with faults(self._folder):
            row = self._connection.execute("SELECT generation FROM state").fetchone()
        return int(row[0])

    def clear(self) -> None:
        """Remove everything but the generation number, to build anew (another model, ...)."""
        with faults(self._folder, writing=True):
            generation = self.generation
            make_schema(self._connection)
            self._connection.execute("UPDATE state SET generation = ?", (generation,))

    def remove(self, path: str) -> None:
        """Remove the file's record and, where its document was made from it, that document.

        A record that only points to another file's document (same reading, other format) goes
        alone. An unknown path changes nothing.
        """
        with faults(self._folder, writing=True):
            run = self._connection.execute
            row = run("SELECT number FROM documents WHERE path = ?", (packed(path),)).fetchone()
            if row:
                ours = "(SELECT id FROM passages WHERE document = ?)"
                run(f"DELETE FROM words WHERE rowid IN {ours}", row)
                run(f"DELETE FROM vectors WHERE passage IN {ours}", row)
                run("DELETE FROM spellings WHERE document = ?", row)
                run("DELETE FROM passages WHERE document = ?", row)
                run("DELETE FROM documents WHERE number = ?", row)
            run("DELETE FROM files WHERE path = ?", (packed(path),))

    def note(self, record: FileRecord) -> None:
        """Remember a file that gives no document of its own, in place of what it gave before."""
        self.remove(record.path)
        with faults(self._folder, writing=True):
            self._insert_record(record)

    def add(
        self,
        record: FileRecord,
        document: Document | None,
        passages: Sequence[Passage],
        passage_vectors: Vectors,
        sentence_vectors: Vectors,
    ) -> None:
        """Add a file, in place of what it gave before.

        ``passage_vectors``: shape (passages, dimension); ``sentence_vectors``: shape (sentences
        of all passages in order, dimension); both are kept as half floats. Without a document
        this is ``note``. Raises ValueError where the shapes, the texts or the paths do not fit
        each other, or where the dimension is another than that of what is stored already.
        """
        if document is None:
            self.note(record)
            return
        reading = Reading(document, tuple(passages), passage_vectors, sentence_vectors)
        if (record.path, record.doc_id) != (document.path, document.doc_id):
            raise ValueError(f"the record of {record.path!r} is not that of {document.path!r}")
        self.note(record)
        with faults(self._folder, writing=True):
            self._check_dimension(reading)
            self._insert_reading(reading)

    def set_metadata(self, record: FileRecord, document: Document) -> None:
        """Replace the record and author, date, kind, address, licence and language of a document.

        For a reading whose file and title are what they were. The title is part of what is
        searched: for another title use ``add`` with new vectors. Raises KeyError for a document
        that is not stored and ValueError where text or title differ.
        """
        with faults(self._folder, writing=True):
            row = self._connection.execute(
                "SELECT text, metadata FROM documents WHERE doc_id = ? AND path = ?",
                (packed(document.doc_id), packed(document.path)),
            ).fetchone()
            if row is None:
                raise KeyError(document.doc_id)
            if row[0] != packed(document.text) or title_in(row[1]) != document.title:
                raise ValueError(f"{document.doc_id!r} has another text or title: add it again")
            self._connection.execute(
                "UPDATE documents SET metadata = ? WHERE doc_id = ?",
                (metadata_of(document), packed(document.doc_id)),
            )
            self._connection.execute("DELETE FROM files WHERE path = ?", (packed(record.path),))
            self._insert_record(record)

    def commit(self, manifest: Mapping[str, str]) -> int:
        """Make the update visible with this manifest (it replaces the old one); the generation.

        The vectors' file is complete on the disk before the transaction is, so that whoever sees
        the new generation finds it. Afterwards SQLite's log is emptied if no reader needs it, and
        the files of older generations are removed. The writer can do nothing more after this.
        """
        with faults(self._folder, writing=True):
            run = self._connection.execute
            run("DELETE FROM manifest")
            self._connection.executemany("INSERT INTO manifest VALUES (?, ?)", manifest.items())
            key = uuid4().hex
            run("UPDATE state SET generation = generation + 1, vectors_key = ?", (key,))
            generation, dimension = run("SELECT generation, dimension FROM state").fetchone()
            layout = Layout(self._connection)
            vectors = build_vectors(self._connection, layout, dimension)
            vectors.write(self._folder, generation, key)
            run("COMMIT")
            run("PRAGMA busy_timeout = 0")  # readers that need the log are not waited for
            run("PRAGMA wal_checkpoint (TRUNCATE)")
            remove_stale(self._folder, generation)
        return int(generation)

    def _begin(self) -> None:
        run = self._connection.execute
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = FULL")
        run("BEGIN IMMEDIATE")
        try:
            check_ours(self._connection, self._folder)
        except IndexMissing:
            make_schema(self._connection)
        except IndexOutdated:
            if not self._replace_outdated:
                raise
            make_schema(self._connection)

    def _check_dimension(self, reading: Reading) -> None:
        run = self._connection.execute
        dimension = reading.passage_vectors.shape[1]
        stored = run("SELECT dimension FROM state").fetchone()[0]
        if stored not in (0, dimension):
            raise ValueError(
                f"vectors of length {dimension} beside others of {stored}: clear first"
            )
        run("UPDATE state SET dimension = ?", (dimension,))

    def _insert_record(self, record: FileRecord) -> None:
        self._connection.execute(
            "INSERT INTO files VALUES (?, ?)", (packed(record.path), record_json(record))
        )

    def _insert_reading(self, reading: Reading) -> None:
        document = reading.document
        number = self._connection.execute(
            "INSERT INTO documents (doc_id, path, metadata, structure, text)"
            " VALUES (?, ?, ?, ?, ?)",
            (
                packed(document.doc_id),
                packed(document.path),
                metadata_of(document),
                structure_of(document),
                packed(document.text),
            ),
        ).lastrowid
        first = 0
        for passage, vector in zip(reading.passages, reading.passage_vectors, strict=True):
            last = first + len(passage.sentences)
            self._insert_passage(number, passage, vector, reading.sentence_vectors[first:last])
            first = last
        counts = spelling_counts(reading.passages)
        self._connection.executemany(
            "INSERT INTO spellings VALUES (?, ?, ?)",
            ((word, number, count) for word, count in counts.items()),
        )

    def _insert_passage(
        self, document: int | None, passage: Passage, vector: Vectors, sentences: Vectors
    ) -> None:
        run = self._connection.execute
        passage_id = run(
            "INSERT INTO passages (document, start, title, heading, text, sentences)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (
                document,
                passage.span.start,
                packed(passage.title),
                packed(passage.heading),
                packed(passage.text),
                sentences_of(passage),
            ),
        ).lastrowid
        run(
            "INSERT INTO vectors VALUES (?, ?, ?)",
            (passage_id, vector_bytes(vector), vector_bytes(sentences)),
        )
        run(
            "INSERT INTO words (rowid, terms) VALUES (?, ?)",
            (passage_id, " ".join(terms(passage.searched_text))),
        )


def write_index(folder: Path, readings: Sequence[Reading]) -> int:
    """Exactly these readings as the index in ``folder``, with an empty manifest; the generation."""
    with IndexWriter(folder) as writer:
        writer.clear()
        for reading in readings:
            document = reading.document
            record = FileRecord(document.path, document.sha256, "", document.doc_id)
            writer.add(
                record,
                document,
                reading.passages,
                reading.passage_vectors,
                reading.sentence_vectors,
            )
        return writer.commit({})
