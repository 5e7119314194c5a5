"""Writing whole updates in one line."""

import pytest

from histqa.stores.records import FileRecord
from histqa.stores.sqlite import IndexWriter


def _record(reading, metadata_hash=""):
    document = reading.document
    return FileRecord(document.path, document.sha256, metadata_hash, document.doc_id)


def _add(writer, reading):
    writer.add(
        _record(reading),
        reading.document,
        reading.passages,
        reading.passage_vectors,
        reading.sentence_vectors,
    )


@pytest.fixture(scope="session")
def record_of():
    return _record


@pytest.fixture(scope="session")
def add():
    """A function that adds a reading through a writer."""
    return _add


@pytest.fixture(scope="session")
def update():
    """A function that commits one update of ``folder``; gives the generation."""

    def update(folder, readings, *, remove=(), manifest=None):
        with IndexWriter(folder) as writer:
            for path in remove:
                writer.remove(path)
            for reading in readings:
                _add(writer, reading)
            return writer.commit(manifest or {})

    return update
