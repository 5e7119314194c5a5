"""A folder -> a connection to the histqa.sqlite in it, or the error that says what is wrong."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from json import JSONDecodeError
from pathlib import Path

from histqa.errors import (
    IndexBusy,
    IndexDamaged,
    IndexFault,
    IndexMissing,
    IndexOutdated,
    IndexWriteFault,
)

DATABASE_NAME = "histqa.sqlite"
APPLICATION_ID = 0x48515341
SCHEMA_VERSION = 2
SHARED = "rw"
IMMUTABLE = "ro&immutable=1"

# Texts that may hold what SQLite's TEXT cannot (lone surrogates of odd file names) are BLOBs.
SCHEMA = (
    "CREATE TABLE manifest (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE state (generation INTEGER NOT NULL, vectors_key TEXT NOT NULL,"
    " dimension INTEGER NOT NULL)",
    "CREATE TABLE files (path BLOB PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE documents (number INTEGER PRIMARY KEY, doc_id BLOB UNIQUE NOT NULL,"
    " path BLOB UNIQUE NOT NULL, metadata TEXT NOT NULL, structure TEXT NOT NULL,"
    " text BLOB NOT NULL)",
    # AUTOINCREMENT: the id of a removed passage is never given to another one.
    "CREATE TABLE passages (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " document INTEGER NOT NULL REFERENCES documents (number), start INTEGER NOT NULL,"
    " title BLOB NOT NULL, heading BLOB NOT NULL, text BLOB NOT NULL, sentences BLOB NOT NULL)",
    "CREATE INDEX passages_by_document ON passages (document)",
    "CREATE TABLE vectors (passage INTEGER PRIMARY KEY, passage_vector BLOB NOT NULL,"
    " sentence_vectors BLOB NOT NULL)",
    # The column holds text.terms, joined by blanks; 'ascii' leaves such terms as they are.
    "CREATE VIRTUAL TABLE words USING fts5 (terms, tokenize = 'ascii')",
    "CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, 'row')",
    # Words as written, with the number of the document's passages that write them so: no case is
    # folded here, which FTS5 always does.
    "CREATE TABLE spellings (word TEXT NOT NULL, document INTEGER NOT NULL"
    " REFERENCES documents (number), passages INTEGER NOT NULL,"
    " PRIMARY KEY (word, document)) WITHOUT ROWID",
    "CREATE INDEX spellings_by_document ON spellings (document)",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)
_CURE = "remove it and run `histqa index`"


def connect(folder: Path, mode: str, *, wait_seconds: float = 0.0) -> sqlite3.Connection:
    """A connection in autocommit mode that threads may share.

    ``mode`` is what SQLite knows: "rwc" makes the file, "rw" does not, "ro&immutable=1" takes
    no locks and looks at no log. The path may hold any character or byte that the system allows.
    """
    uri = f"{(folder / DATABASE_NAME).absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(
        uri, uri=True, timeout=wait_seconds, isolation_level=None, check_same_thread=False
    )


def make_schema(connection: sqlite3.Connection) -> None:
    """Empty tables in place of whatever is there, inside the transaction that is open."""
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    # Virtual tables first, the last made first: each takes its own hidden tables along.
    for kind in (" AND sql LIKE 'CREATE VIRTUAL%'", ""):
        for (name,) in connection.execute(f"{tables}{kind} ORDER BY rowid DESC").fetchall():
            connection.execute(f'DROP TABLE "{name}"')
    for statement in SCHEMA:
        connection.execute(statement)
    connection.execute("INSERT INTO state VALUES (0, '', 0)")


def reading_mode(folder: Path) -> str:
    """How to open the index in ``folder`` for reading. Raises IndexMissing or IndexDamaged."""
    path = folder / DATABASE_NAME
    try:
        is_there = path.is_file()
    except OSError as error:  # a folder that may not be entered
        cure = "change its permissions, or point `index` to another folder"
        raise IndexDamaged(f"{folder}: cannot be read ({error.strerror}); {cure}") from error
    if not is_there:
        raise IndexMissing(f"{folder}: there is no index here; run `histqa index`")
    log = path.with_name(f"{path.name}-wal")
    return opening_mode(
        is_folder_writable=os.access(folder, os.W_OK),
        is_file_writable=os.access(path, os.W_OK),
        has_log=log.is_file() and log.stat().st_size > 0,
    )


def opening_mode(*, is_folder_writable: bool, is_file_writable: bool, has_log: bool) -> str:
    """SHARED, or IMMUTABLE where nothing can be written and no log holds a part of the index.

    An immutable connection takes no lock, so it must be used only where nobody else can write.
    """
    if has_log or (is_folder_writable and is_file_writable):
        return SHARED
    return IMMUTABLE


@contextmanager
def faults(folder: Path, *, writing: bool = False) -> Iterator[None]:
    """Inside, errors of SQLite (and of the system, when writing) become an IndexFault."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translated(error, folder, writing=writing) from error
    except (UnicodeDecodeError, JSONDecodeError) as error:  # what SQLite gave back is not ours
        raise _damaged(folder, str(error)) from error
    except OSError as error:
        if not writing:
            raise
        raise _write_fault(folder, str(error.strerror or error)) from error


def check_ours(connection: sqlite3.Connection, folder: Path) -> None:
    """Raises IndexMissing (nothing in it yet), IndexDamaged (foreign) or IndexOutdated."""
    application_id = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    path = folder / DATABASE_NAME
    if application_id == APPLICATION_ID and version == SCHEMA_VERSION:
        return
    if application_id == APPLICATION_ID:
        raise IndexOutdated(
            f"{path}: made by another version of histqa (format {version}, this one reads"
            f" {SCHEMA_VERSION}); {_CURE}"
        )
    if application_id == 0 and not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        raise IndexMissing(f"{folder}: holds no finished index; run `histqa index`")
    raise IndexDamaged(
        f"{path}: an SQLite file, but not one of histqa; move it away and run `histqa index`"
    )


def _translated(error: sqlite3.Error, folder: Path, *, writing: bool) -> IndexFault:
    path = folder / DATABASE_NAME
    code = (getattr(error, "sqlite_errorcode", None) or sqlite3.SQLITE_ERROR) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return IndexBusy(f"{path}: another build is writing it; try again when it has finished")
    if writing and code in _NOT_WRITABLE:
        return _write_fault(folder, str(error))
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
        return IndexDamaged(
            f"{path}: cannot be opened ({error}); where a build was broken off and the folder is"
            " read-only now, run `histqa index` on a writable copy of it"
        )
    return _damaged(folder, str(error))


def _damaged(folder: Path, reason: str) -> IndexDamaged:
    path = folder / DATABASE_NAME
    return IndexDamaged(f"{path}: damaged or not readable ({reason}); {_CURE}")


def _write_fault(folder: Path, reason: str) -> IndexWriteFault:
    return IndexWriteFault(
        f"{folder}: the index cannot be written ({reason}); the old one stays as it was. Make the"
        " folder writable, free disk space, or choose another one with --index"
    )


_NOT_WRITABLE = (
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_NOLFS,
)
