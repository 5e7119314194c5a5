import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from histqa.errors import IndexBusy, IndexDamaged, IndexOutdated, IndexWriteFault
from histqa.stores.records import FileRecord
from histqa.stores.sqlite import IndexWriter, open_store, verify
from histqa.types import Problem

ODD_NAMES = ["a ?#%&;=+", "späße 日本", "quote'\"", "-", "new\nline"]
if sys.platform == "linux":
    ODD_NAMES.append("bytes \udcff\udce9")


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def everything(folder):
    """All that can be read from an index, but for the generation and the ids."""
    with open_store(folder) as store:
        ids = range(1, 1000)
        passages = [p for number in ids for p in _passage(store, number)]
        documents = [store.document(one.doc_id) for one in store.documents()]
        return documents, sorted(passages, key=lambda p: (p.doc_id, p.span)), store.manifest


def _passage(store, number):
    try:
        return store.passages([number])
    except KeyError:
        return ()


def test_only_two_files_are_left_and_nothing_is_wrong_with_them(folder, update, readings):
    assert update(folder, readings) == 1
    assert names_in(folder) == ["histqa.sqlite", "vectors-1.faiss"]
    assert update(folder, readings[:1]) == 2
    assert names_in(folder) == ["histqa.sqlite", "vectors-2.faiss"]
    assert verify(folder) == ()


def test_leaving_without_commit_changes_nothing(folder, update, add, readings):
    update(folder, readings, manifest={"model": "hashing"})
    before, files = everything(folder), names_in(folder)
    with IndexWriter(folder) as writer:
        writer.clear()
        add(writer, readings[0])
    with pytest.raises(KeyError), IndexWriter(folder) as writer:
        _remove_and_fail(writer, readings[0].document.path)
    assert everything(folder) == before
    assert names_in(folder) == files
    assert verify(folder) == ()


def _remove_and_fail(writer, path):
    writer.remove(path)
    raise KeyError(path)


def test_an_update_by_parts_gives_what_a_build_at_once_gives(
    tmp_path, update, readings, reading_of, query
):
    changed = reading_of("week2/rice", "Rice was cheap again in 1919. Riots had ended.")
    update(tmp_path / "parts", readings)
    update(
        tmp_path / "parts",
        [changed, readings[3]],
        remove=["week1/treaty.txt", "never there"],
        manifest={"a": "b"},
    )
    kept = [readings[0], readings[1], changed, readings[3]]
    update(tmp_path / "once", kept, manifest={"a": "b"})
    assert everything(tmp_path / "parts") == everything(tmp_path / "once")
    assert verify(tmp_path / "parts") == ()
    with open_store(tmp_path / "parts") as parts, open_store(tmp_path / "once") as once:
        for text in ("rice", "army left harbour"):
            answers = [
                [(p.doc_id, p.span) for p in store.passages([n for n, _ in found])]
                + [score for _, score in found]
                for store in (parts, once)
                for found in (store.nearest(query(text), 9), store.matching(text.split(), 9))
            ]
            assert answers[:2] == answers[2:]


def test_manifest_and_files_are_remembered_with_their_problems(folder, add, readings):
    failed = FileRecord(
        "scans/ö \udcff.pdf",
        "1" * 64,
        "2" * 64,
        problems=(Problem("scans/ö \udcff.pdf", "error", "no text layer", "OCRmyPDF"),),
    )
    twin = FileRecord("week1/landing.pdf", "3" * 64, "", readings[0].document.doc_id)
    with IndexWriter(folder) as writer:
        assert (writer.manifest, writer.files, writer.generation) == ({}, {}, 0)
        writer.add(failed, None, (), np.zeros((0, 8)), np.zeros((0, 8)))
        writer.note(twin)
        add(writer, readings[0])
        writer.commit({"model": "hashing", "chunking": "120 — words"})
    with IndexWriter(folder) as writer:
        assert writer.manifest == {"model": "hashing", "chunking": "120 — words"}
        assert list(writer.files) == sorted([failed.path, twin.path, readings[0].document.path])
        assert writer.files[failed.path] == failed
        writer.remove(twin.path)
        writer.commit({})
    assert [one.doc_id for one in everything(folder)[0]] == ["week1/landing"]
    with IndexWriter(folder) as writer:
        writer.remove(readings[0].document.path)
        assert list(writer.files) == [failed.path]
        writer.commit({})
    assert everything(folder) == ([], [], {})


def test_a_second_writer_is_told_to_wait_and_loses_nothing(folder, update, add, readings):
    update(folder, readings[2:3])
    with IndexWriter(folder) as first:
        with (
            pytest.raises(IndexBusy, match=r"another build.*again"),
            IndexWriter(folder, wait_seconds=0),
        ):
            pass
        add(first, readings[0])
        with pytest.raises(IndexBusy), IndexWriter(folder, wait_seconds=0.05):
            pass
        first.commit({})
    update(folder, readings[1:2])
    assert len(everything(folder)[0]) == 3


def test_a_lock_of_a_moment_is_waited_for(folder, update, readings):
    update(folder, readings)
    with closing(
        sqlite3.connect(folder / "histqa.sqlite", isolation_level=None, check_same_thread=False)
    ) as reader:
        reader.execute("PRAGMA locking_mode = EXCLUSIVE")
        reader.execute("BEGIN IMMEDIATE")  # as one that mends the log
        timer = threading.Timer(0.3, reader.close)
        timer.start()
        assert update(folder, readings[:1]) == 2
        timer.join()


def test_after_the_commit_the_log_is_empty_even_before_the_writer_is_closed(
    folder, update, add, readings
):
    with IndexWriter(folder) as writer:
        add(writer, readings[0])
        writer.commit({})
        assert (folder / "histqa.sqlite-wal").stat().st_size == 0


def test_metadata_is_replaced_without_new_vectors(folder, update, record_of, readings):
    update(folder, readings)
    document = replace(readings[0].document, author="B. Author", date="1956", licence="")
    with IndexWriter(folder) as writer:
        writer.set_metadata(record_of(readings[0], "new"), document)
        writer.commit({})
    with open_store(folder) as store:
        assert store.document(document.doc_id) == document
    with IndexWriter(folder) as writer:
        assert writer.files[document.path].metadata_hash == "new"
        with pytest.raises(ValueError, match="add it again"):
            writer.set_metadata(record_of(readings[0]), replace(document, title="Another"))
        with pytest.raises(KeyError):
            writer.set_metadata(record_of(readings[0]), replace(document, doc_id="nobody"))
    assert verify(folder) == ()


def test_readings_that_do_not_fit_are_refused(folder, add, readings):
    reading = readings[0]
    with IndexWriter(folder) as writer:
        add(writer, reading)
        for change in (
            {"passage_vectors": reading.passage_vectors[1:]},
            {"sentence_vectors": reading.sentence_vectors[1:]},
            {"passage_vectors": reading.passage_vectors * np.nan},
            {"passage_vectors": reading.passage_vectors[:, :5]},
            {"document": replace(reading.document, text="x" + reading.document.text)},
            {"document": replace(reading.document, doc_id="another")},
        ):
            with pytest.raises(ValueError, match=r"landing|another"):
                replace(reading, **change)
        shorter = replace(
            reading,
            passage_vectors=reading.passage_vectors[:, :5],
            sentence_vectors=reading.sentence_vectors[:, :5],
        )
        with pytest.raises(ValueError, match="length 5 beside others of 512"):
            add(writer, shorter)
        writer.clear()
        add(writer, shorter)
        writer.commit({})
    with open_store(folder) as store:
        assert store.nearest(np.eye(5, dtype=np.float32)[0], 5)


def test_clearing_keeps_the_generation_growing(folder, update, readings):
    update(folder, readings)
    with IndexWriter(folder) as writer:
        writer.clear()
        assert (writer.files, writer.generation) == ({}, 1)
        assert writer.commit({}) == 2


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_folder_may_have_any_name(tmp_path, update, readings, name):
    if sys.platform == "win32" and any(mark in name for mark in '?"\n'):
        pytest.skip("Windows does not allow this name")
    update(tmp_path / name / "index", readings)
    assert verify(tmp_path / name / "index") == ()
    assert names_in(tmp_path / name / "index") == ["histqa.sqlite", "vectors-1.faiss"]
    assert names_in(tmp_path) == [name]


def test_a_foreign_database_is_never_overwritten(folder):
    folder.mkdir()
    with sqlite3.connect(folder / "histqa.sqlite") as foreign:
        foreign.execute("CREATE TABLE recipes (name TEXT)")
    foreign.close()
    content = (folder / "histqa.sqlite").read_bytes()
    with pytest.raises(IndexDamaged, match="not one of histqa"), IndexWriter(folder):
        pass
    with pytest.raises(IndexDamaged, match="not one of histqa"):
        open_store(folder)
    with sqlite3.connect(folder / "histqa.sqlite") as foreign:
        assert foreign.execute("SELECT name FROM sqlite_master").fetchall() == [("recipes",)]
    foreign.close()
    assert (folder / "histqa.sqlite").read_bytes()[100:] == content[100:]


def test_garbage_is_never_overwritten(folder):
    folder.mkdir()
    (folder / "histqa.sqlite").write_bytes(b"not a database, " * 1000)
    with pytest.raises(IndexDamaged, match="damaged"), IndexWriter(folder):
        pass
    with pytest.raises(IndexDamaged, match="damaged"):
        open_store(folder)
    assert (folder / "histqa.sqlite").read_bytes() == b"not a database, " * 1000


def test_an_index_of_another_version_is_replaced_only_on_demand(folder, update, readings):
    update(folder, readings)
    database = sqlite3.connect(folder / "histqa.sqlite")
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(IndexOutdated, match="format 99"):
        open_store(folder)
    with pytest.raises(IndexOutdated), IndexWriter(folder):
        pass
    with IndexWriter(folder, replace_outdated=True) as writer:
        assert writer.files == {}
        writer.commit({})
    assert verify(folder) == ()


def test_a_vectors_file_that_cannot_be_written_keeps_the_old_index(folder, update, readings):
    update(folder, readings[:1])
    (folder / "vectors-2.faiss").mkdir()  # in the way of the file
    with pytest.raises(IndexWriteFault, match="cannot be written"):
        update(folder, readings)
    assert len(everything(folder)[0]) == 1
    (folder / "vectors-2.faiss").rmdir()
    assert names_in(folder) == ["histqa.sqlite", "vectors-1.faiss"]
    assert verify(folder) == ()


def test_a_folder_that_cannot_be_made_is_a_write_fault(tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(IndexWriteFault, match="--index"), IndexWriter(tmp_path / "file"):
        pass


def test_a_full_database_is_a_write_fault_and_the_old_index_stays(folder, update, add, readings):
    update(folder, readings[:1])
    before = everything(folder)
    with pytest.raises(IndexWriteFault, match="full"), IndexWriter(folder) as writer:
        _add_many(writer, add, readings[1])
    assert everything(folder) == before
    assert verify(folder) == ()


def _add_many(writer, add, reading):
    writer._connection.execute("PRAGMA max_page_count = 1")  # no more than there are already
    for number in range(500):
        document = replace(reading.document, doc_id=str(number), path=str(number))
        passages = tuple(replace(one, doc_id=str(number)) for one in reading.passages)
        add(writer, replace(reading, document=document, passages=passages))


FULL_DISK = """
import resource, sys
from pathlib import Path
import numpy as np
from histqa.errors import IndexWriteFault
from histqa.stores.records import FileRecord
from histqa.stores.sqlite import IndexWriter
from histqa.types import Document, Passage, Span

resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
try:
    with IndexWriter(Path(sys.argv[1])) as writer:
        text = "rice " * 2000
        span = Span(0, len(text))
        for number in range(200):
            name = f"big{number}"
            document = Document(name, name, text, name)
            passage = Passage(name, span, text, name, "", (span,))
            vector = np.ones((1, 512), dtype=np.float32)
            writer.add(FileRecord(name, "", "", name), document, [passage], vector, vector)
        writer.commit({})
except IndexWriteFault as error:
    print("fault:", error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_a_full_disk_is_a_write_fault_and_the_old_index_stays(folder, update, readings):
    update(folder, readings)
    before = everything(folder)
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, folder], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("fault:")
    assert "free disk space" in done.stdout
    assert everything(folder) == before
    assert verify(folder) == ()
    assert update(folder, readings[:1]) == 2
