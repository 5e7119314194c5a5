import sqlite3
from contextlib import closing

import numpy as np
import pytest

from histqa.errors import IndexMissing
from histqa.stores.sqlite import open_store, verify


@pytest.fixture
def index(folder, update, readings):
    update(folder, readings)
    return folder


def run(folder, *statements):
    with closing(sqlite3.connect(folder / "histqa.sqlite", isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_a_sound_index_has_no_faults(index):
    assert verify(index) == ()


def test_no_index_is_missing_not_faulty(tmp_path):
    with pytest.raises(IndexMissing):
        verify(tmp_path)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (["UPDATE passages SET text = CAST('x' AS BLOB) WHERE id = 1"], "not what stands"),
        (["UPDATE passages SET start = start + 1 WHERE id = 1"], "not what stands"),
        (
            ["UPDATE passages SET sentences = zeroblob(length(sentences)) WHERE id = 1"],
            "sentence outside",
        ),
        (["DELETE FROM words WHERE rowid = 1"], "not found by its words"),
        (["UPDATE spellings SET passages = 9 WHERE word = 'army'"], "as written do not agree"),
        (["INSERT INTO words (rowid, terms) VALUES (999, 'armi')"], "words without a passage"),
        (["DELETE FROM vectors WHERE passage = 1"], "other vectors"),
        (["UPDATE vectors SET passage_vector = zeroblob(1024) WHERE passage = 1"], "other vectors"),
        (["DELETE FROM files"], "documents without a file record"),
        (["DELETE FROM documents WHERE number = 1"], "passages without a document"),
        (["UPDATE documents SET text = x'ff' WHERE number = 1"], "damaged"),
        (["UPDATE documents SET metadata = 'no json'"], "damaged"),
        (["DELETE FROM state"], "state of the index is missing"),
        (["DROP TABLE vectors"], "no such table"),
        (
            [  # the words are stored, but what is searched does not hold them
                "CREATE TEMP TABLE kept AS SELECT id, c0 FROM words_content",
                "UPDATE words_content SET c0 = '' WHERE id = 1",
                "INSERT INTO words (words) VALUES ('rebuild')",
                "UPDATE words_content SET c0 = (SELECT c0 FROM kept WHERE id = 1) WHERE id = 1",
            ],
            "words do not agree",
        ),
    ],
)
def test_a_fault_is_named(index, statements, expected):
    run(index, *statements)
    assert any(expected in line for line in verify(index)), verify(index)


def test_vectors_that_are_missing_and_cannot_be_made_anew_are_a_fault(index):
    run(index, "DELETE FROM vectors WHERE passage = 1")
    (index / "vectors-1.faiss").unlink()
    (line,) = verify(index)
    assert "vectors are missing or broken" in line
    assert "histqa index" in line


def test_a_vectors_file_in_place_of_a_broken_one_is_checked_too(index):
    path = index / "vectors-1.faiss"
    path.write_bytes(path.read_bytes()[:-5])
    assert verify(index) == ()  # opening the index mended it
    with open_store(index) as store:
        assert store.nearest(np.eye(512, dtype=np.float32)[3], 1)
