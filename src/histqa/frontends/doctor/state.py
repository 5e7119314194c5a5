"""Settings -> checks of the model, the readings, the index and the disk that they lie on."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from histqa.errors import CorpusError, HistqaError, IndexMissing
from histqa.frontends.doctor.checkup import Check
from histqa.settings import Settings
from histqa.stages import Embedder

LARGE_CORPUS_GIGABYTES = 2
LITTLE_SPACE_GIGABYTES = 1
SLOW_QUESTION_MILLISECONDS = 100
NETWORK_FILE_SYSTEMS = frozenset("nfs nfs4 cifs smb3 smbfs 9p afs ncpfs fuse.sshfs".split())


def model(settings: Settings) -> tuple[Check, Embedder | None]:
    """Load the model, weights checked, and time one question; no embedder where it is broken."""
    from histqa.embedders import build_embedder

    try:
        embedder = build_embedder(settings.embedder, batch_size=settings.embedding_batch)
        embedder.embed(["a first question warms up"])
        began = time.perf_counter()
        embedder.embed(["Why did Japan stay in Siberia after 1920?"])
    except HistqaError as error:
        return Check("model", "broken", str(error)), None
    milliseconds = (time.perf_counter() - began) * 1000
    said = (
        f"{embedder.name}, {embedder.dimension} dimensions, fingerprint "
        f"{embedder.fingerprint[:12]} verified, one question in {milliseconds:.0f} ms"
    )
    if milliseconds > SLOW_QUESTION_MILLISECONDS:
        return Check("model", "note", said, "slow: the machine is busy, or weak"), embedder
    return Check("model", "ok", said), embedder


def corpus(settings: Settings) -> Check:
    """The folder of readings and its size."""
    folder = Path(settings.corpus)
    if not folder.is_dir():
        return Check("corpus", "note", f"there is no folder {folder}", "make it, or use --corpus")
    sizes = [_size(Path(top) / name) for top, _, names in os.walk(folder) for name in names]
    gigabytes = sum(sizes) / 1e9
    said = f"{folder.absolute()}: {len(sizes):,} files, {gigabytes:,.2f} GB"
    if gigabytes > LARGE_CORPUS_GIGABYTES:
        return Check("corpus", "note", said, "the first indexing will take a while")
    return Check("corpus", "ok", said)


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0


def index(settings: Settings, embedder: Embedder | None) -> Iterator[Check]:
    """Open the index, verify its files, compare it with the readings."""
    from histqa.index import is_up_to_date, open_index
    from histqa.stores.sqlite.check import verify

    folder = Path(settings.index)
    if embedder is None:
        return
    try:
        with closing(open_index(settings, embedder=embedder)) as store:
            said = (
                f"{folder.absolute()}: generation {store.generation}, "
                f"{len(store.documents()):,} readings, {store.passage_count():,} passages"
            )
        faults = verify(folder)
    except IndexMissing as error:
        yield Check("index", "note", str(error))
        return
    except HistqaError as error:
        yield Check("index", "broken", str(error))
        return
    yield from (Check("index", "broken", fault, "histqa index --rebuild") for fault in faults)
    if not faults:
        yield Check("index", "ok", said)
    try:
        if not is_up_to_date(settings):
            said = "out of date: the readings, or histqa itself, have changed since"
            yield Check("index", "note", said, "histqa index")
    except CorpusError as error:
        yield Check("index", "note", f"cannot be compared with its readings: {error}")


def places(settings: Settings) -> Iterator[Check]:
    """The disk that holds the index: free space, and whether it is a network drive."""
    folder = Path(settings.index).absolute()
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free / 1e9
    if free < LITTLE_SPACE_GIGABYTES:
        yield Check("disk", "note", f"{free:.1f} GB free at {there}", "make room before indexing")
    else:
        yield Check("disk", "ok", f"{free:,.0f} GB free at {there}")
    system = _file_system(there)
    if system in NETWORK_FILE_SYSTEMS:
        yield Check(
            "disk",
            "note",
            f"the index lies on a network drive ({system}): slow, and SQLite cannot lock there",
            "put the index on a local disk with --index",
        )


def _file_system(folder: Path) -> str:
    """The type of file system that ``folder`` lies on, "" where it cannot be told."""
    if str(folder).startswith("\\\\"):
        return "smbfs"
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    entries = [line.split()[1:3] for line in mounts.splitlines()]
    holding = [(point, kind) for point, kind in entries if _holds(Path(point), folder)]
    return max(holding, key=lambda entry: len(entry[0]))[1] if holding else ""


def _holds(point: Path, folder: Path) -> bool:
    return point == folder or point in folder.parents
