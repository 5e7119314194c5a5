"""An index folder -> what is remembered about its files and its making, without the vectors."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from histqa.stores.records import FileRecord
from histqa.stores.sqlite.database import check_ours, connect, faults, reading_mode
from histqa.stores.sqlite.rows import record_from

_BUSY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Notes:
    """The manifest of one generation and the record of each file, by path."""

    generation: int = 0
    manifest: dict[str, str] = field(default_factory=dict)
    files: dict[str, FileRecord] = field(default_factory=dict)


def read_notes(folder: Path) -> Notes:
    """The notes of the newest generation, read without changing anything.

    Raises IndexMissing, IndexDamaged or IndexOutdated, each with its cure.
    """
    mode = reading_mode(folder)
    with faults(folder), closing(connect(folder, mode, wait_seconds=_BUSY_SECONDS)) as connection:
        connection.execute("BEGIN")  # one snapshot for all of it
        check_ours(connection, folder)
        generation = connection.execute("SELECT generation FROM state").fetchone()[0]
        manifest = dict(connection.execute("SELECT key, value FROM manifest"))
        rows = connection.execute("SELECT record FROM files ORDER BY path")
        records = [record_from(row[0]) for row in rows]
    return Notes(int(generation), manifest, {record.path: record for record in records})
