import gc
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from histqa.errors import IndexDamaged, IndexFault, IndexMissing
from histqa.stores.sqlite import IndexWriter, open_store, verify
from histqa.stores.sqlite.database import IMMUTABLE, SHARED, opening_mode


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def index(folder, update, readings):
    update(folder, readings, manifest={"model": "hashing"})
    return folder


def answers(store, query):
    ids = [number for number, _ in store.nearest(query("army in winter"), 50)]
    return (
        store.nearest(query("army in winter"), 50),
        store.matching(["armi", "winter"], 50),
        store.passages(ids),
        store.similarities(query("army in winter"), ids),
        store.documents(),
        store.manifest,
    )


def test_a_missing_index_is_named_with_its_cure(tmp_path):
    with pytest.raises(IndexMissing, match="histqa index"):
        open_store(tmp_path)
    with pytest.raises(IndexMissing, match="histqa index"):
        open_store(tmp_path / "no folder")
    # a first build that is under way, or was killed
    with IndexWriter(tmp_path), pytest.raises(IndexMissing, match="histqa index"):
        open_store(tmp_path)


def test_an_open_store_answers_from_its_generation_while_others_commit(
    index, update, readings, reading_of, query
):
    with open_store(index) as old:
        before = answers(old, query)
        assert old.is_current()
        with IndexWriter(index) as writer:
            writer.remove(readings[0].document.path)
            assert answers(old, query) == before  # while the update is under way
            assert old.is_current()
            writer.commit({})
        update(index, [reading_of("week1/treaty", "Nothing of the old treaty is left.")])
        assert answers(old, query) == before
        assert (old.generation, old.is_current()) == (1, False)
        with open_store(index) as new:
            assert (new.generation, new.is_current()) == (3, True)
            assert answers(new, query) != before
        assert answers(old, query) == before
    assert names_in(index) == ["histqa.sqlite", "vectors-3.faiss"]
    assert verify(index) == ()


def test_readers_open_and_ask_without_fault_during_many_updates(index, update, readings, query):
    faults, rounds = [], []
    stop = threading.Event()

    def read():
        while not stop.is_set():
            try:
                with open_store(index) as store:
                    one = answers(store, query)
                    assert answers(store, query) == one
                    rounds.append(len(one[2]))
            except Exception as error:  # noqa: BLE001 - whatever it is, the test must see it
                faults.append(error)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(8):
        update(index, readings[: 1 + number % 4])
    stop.set()
    for thread in threads:
        thread.join()
    assert faults == []
    assert rounds
    assert verify(index) == ()


def test_vectors_that_are_missing_are_made_anew_and_equal(index, query):
    with open_store(index) as store:
        before = answers(store, query)
    content = (index / "vectors-1.faiss").read_bytes()
    (index / "vectors-1.faiss").unlink()
    assert verify(index) == ()  # opening mended it
    with open_store(index) as store:
        assert answers(store, query) == before
    assert (index / "vectors-1.faiss").read_bytes() == content


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"",
        lambda content: b"x" * 50,
        lambda content: content[: len(content) // 2],
        lambda content: content[:-1],
        lambda content: content + b"\0",
        lambda content: content[:300] + bytes([content[300] ^ 1]) + content[301:],
        lambda content: content[:20] + b"\xff" * 8 + content[28:],
    ],
)
def test_broken_vectors_are_made_anew_and_equal(index, query, spoil):
    with open_store(index) as store:
        before = answers(store, query)
    path = index / "vectors-1.faiss"
    content = path.read_bytes()
    path.write_bytes(spoil(content))
    with open_store(index) as store:
        assert answers(store, query) == before
    assert path.read_bytes() == content


def test_the_vectors_of_another_index_are_not_believed(index, tmp_path, update, readings, query):
    with open_store(index) as store:
        before = answers(store, query)
    others = [replace(one, passage_vectors=-one.passage_vectors) for one in readings]
    update(tmp_path / "other", others)
    shutil.copy(tmp_path / "other" / "vectors-1.faiss", index / "vectors-1.faiss")
    with open_store(index) as store:
        assert answers(store, query) == before


@pytest.mark.parametrize("part", [0.0, 0.3, 0.9])
def test_a_database_cut_short_is_damaged(index, part, query):
    path = index / "histqa.sqlite"
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * part) or 10])
    lines = verify(index)
    assert lines
    assert all("histqa index" in line for line in lines)


def test_a_database_with_an_overwritten_page_is_a_fault_never_a_crash(index, query):
    path = index / "histqa.sqlite"
    content = bytearray(path.read_bytes())
    found = []
    for page in range(1, len(content) // 4096):
        spoiled = content[: page * 4096] + b"\xa5" * 4096 + content[(page + 1) * 4096 :]
        path.write_bytes(spoiled)
        try:
            with open_store(index) as store:
                answers(store, query)
        except IndexDamaged:
            pass
        found.append(verify(index))
    assert all(found)


def test_immutable_is_for_what_cannot_be_written_and_has_no_log_only():
    for folder_is, file_is, log in (
        (True, True, False),
        (True, True, True),
        (False, False, True),
        (False, True, True),
    ):
        mode = opening_mode(is_folder_writable=folder_is, is_file_writable=file_is, has_log=log)
        assert mode == SHARED
    for folder_is, file_is in ((False, False), (False, True), (True, False)):
        mode = opening_mode(is_folder_writable=folder_is, is_file_writable=file_is, has_log=False)
        assert mode == IMMUTABLE


READ_ONLY = """
import os, sys
from pathlib import Path
import numpy as np
from histqa.errors import IndexWriteFault
from histqa.stores.sqlite import IndexWriter, open_store
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
folder = Path(sys.argv[1])
with open_store(folder) as store:
    print(len(store.nearest(np.eye(512, dtype=np.float32)[1], 99)), store.passage_count())
    print(len(store.matching(["armi"], 99)), store.is_current(), store._mode)
print(sorted(os.listdir(folder)))
try:
    with IndexWriter(folder) as writer:
        writer.commit({})
except IndexWriteFault as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be made read-only there")
@pytest.mark.parametrize("without_vectors", [False, True])
def test_a_read_only_folder_is_served_and_stays_as_it_is(update, readings, without_vectors):
    # Not in pytest's own folder, which other users may not enter.
    folder = Path(tempfile.mkdtemp(prefix="histqa-"))
    try:
        update(folder, readings)
        if without_vectors:
            (folder / "vectors-1.faiss").unlink()
        names = names_in(folder)
        for path in folder.iterdir():
            path.chmod(0o444)
        folder.chmod(0o555)
        done = subprocess.run(
            [sys.executable, "-c", READ_ONLY, folder], capture_output=True, text=True, check=True
        )
        found, counts, files, fault = done.stdout.splitlines()
        assert found.split()[0] == found.split()[1] != "0"
        assert counts == f"3 True {IMMUTABLE}"
        assert files == str(names) == str(names_in(folder))
        assert "cannot be written" in fault
        assert "--index" in fault
    finally:
        folder.chmod(stat.S_IRWXU)
        shutil.rmtree(folder)


def test_a_closed_store_says_so_and_lets_go_of_the_files(index, query):
    store = open_store(index)
    store.close()
    store.close()
    with pytest.raises(IndexFault, match="closed"):
        store.documents()
    assert names_in(index) == ["histqa.sqlite", "vectors-1.faiss"]


def test_a_store_that_is_dropped_lets_go_of_the_files_too(index):
    store = open_store(index)
    assert store.is_current()
    del store
    gc.collect()
    assert names_in(index) == ["histqa.sqlite", "vectors-1.faiss"]


def test_closing_waits_for_the_calls_under_way_and_turns_away_the_others(index, query):
    store = open_store(index)
    outcomes = []

    def ask():
        try:
            outcomes.extend(len(store.matching(["armi"], 9)) for _ in range(200))
        except IndexFault:
            outcomes.append("closed")

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    store.close()
    for thread in threads:
        thread.join(timeout=20)
    assert not any(thread.is_alive() for thread in threads)
    assert set(outcomes) <= {3, "closed"}
    with pytest.raises(IndexFault, match="closed"):
        store.matching(["armi"], 9)


def test_a_vector_may_be_any_layout_of_memory(index, query):
    wide = np.zeros(1024, dtype=np.float32)
    wide[::2] = query("army")
    with open_store(index) as store:
        assert store.nearest(wide[::2], 5) == store.nearest(query("army"), 5)
