"""Vectors of one generation <-> a FAISS index in memory and its file, which is only a cache."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Collection, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

import faiss as _faiss
import numpy as np

from histqa.stages import Vectors
from histqa.stores.ranking import DENSE_DIGITS, Found, best, cosines
from histqa.stores.sqlite.layout import Layout, places_array, vector_blobs
from histqa.stores.sqlite.rows import vectors_from

faiss: Any = _faiss  # the type hints that it brings along lack half of it

_BLOBS_AT_ONCE = 2000
_DIGEST_BYTES = hashlib.sha256().digest_size
_TEMPORARY = ".writing"


class VectorIndex:
    """Half-float vectors of passages and sentences at the places of a Layout, searched exactly."""

    def __init__(self, index: Any, layout: Layout) -> None:
        self._index = index
        self._layout = layout

    @property
    def dimension(self) -> int:
        """Length of each vector."""
        return int(self._index.d)

    @property
    def codes(self) -> bytes:
        """Every vector as stored, in order of place."""
        return bytes(faiss.vector_to_array(self._index.codes))

    def nearest(self, vector: Vectors, count: int, within: Collection[str] | None) -> Found:
        """The (place, cosine) of the ``count`` nearest passages, ties broken by place."""
        passage_count = len(self._layout.ids)
        if not passage_count:
            return []
        if within is None:
            selector, members = faiss.IDSelectorRange(0, passage_count), passage_count
        else:
            # The selector borrows the memory of the bitmap: keep its name until after the search.
            bitmap, members = self._bitmap(within)
            selector = faiss.IDSelectorBitmap(bitmap)
        parameters = faiss.SearchParameters(sel=selector)
        query = self._query(vector)[np.newaxis]

        def search(wanted: int) -> Found:
            wanted = min(wanted, members)
            if not wanted:
                return []
            scores, places = self._index.search(query, wanted, params=parameters)
            pairs = zip(places[0].tolist(), scores[0].tolist(), strict=True)
            return [(place, score) for place, score in pairs if place >= 0]

        return best(search, count, digits=DENSE_DIGITS)

    def similarities(
        self, vector: Vectors, places: Sequence[int]
    ) -> tuple[tuple[float, tuple[float, ...]], ...]:
        """Per place: cosine with the passage there and with each of its sentences."""
        groups = [[place, *self._layout.sentence_places(place)] for place in places]
        every = places_array([place for group in groups for place in group])
        if not len(every):
            return ()
        found = iter(cosines(self._index.reconstruct_batch(every), self._query(vector)))
        return tuple((next(found), tuple(islice(found, len(group) - 1))) for group in groups)

    def write(self, folder: Path, generation: int, key: str) -> None:
        """The file of this generation, complete and on the disk before it gets its name.

        Raises OSError where the folder or the disk does not let it.
        """
        temporary = folder / f"{cache_name(generation)}.{uuid4().hex}{_TEMPORARY}"
        try:
            with temporary.open("xb") as file:
                digest = _Digested(file)
                _serialise(self._index, digest)
                digest.write(key.encode("ascii"))
                file.write(digest.sha256.digest())
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(folder / cache_name(generation))
        finally:
            temporary.unlink(missing_ok=True)
        _sync_folder(folder)

    def _query(self, vector: Vectors) -> Vectors:
        if vector.shape != (self.dimension,):
            raise ValueError(f"a vector of shape {vector.shape}, not ({self.dimension},)")
        return np.ascontiguousarray(vector, dtype=np.float32)

    def _bitmap(self, within: Collection[str]) -> tuple[Any, int]:
        chosen = np.zeros(max(self._layout.vector_count, 1), dtype=bool)
        for first, last in self._layout.ranges(within):
            chosen[first:last] = True
        return np.packbits(chosen, bitorder="little"), int(chosen.sum())


def cache_name(generation: int) -> str:
    """The name of the vectors' file of a generation."""
    return f"vectors-{generation}.faiss"


def build_vectors(connection: sqlite3.Connection, layout: Layout, dimension: int) -> VectorIndex:
    """The index made from what the database holds: equal rows give an equal index.

    Raises ValueError where vectors are missing.
    """
    index = faiss.IndexScalarQuantizer(
        max(dimension, 1), faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    blobs = vector_blobs(connection)
    while batch := list(islice(blobs, _BLOBS_AT_ONCE)):
        index.add(vectors_from([blob or b"" for blob in batch], dimension))
    if index.ntotal != layout.vector_count:
        raise ValueError(f"{index.ntotal} vectors, not {layout.vector_count}")
    return VectorIndex(index, layout)


def read_vectors(
    folder: Path, generation: int, key: str, layout: Layout, dimension: int
) -> VectorIndex:
    """The cached index. Raises ValueError where it is broken or another's, OSError if missing."""
    path = folder / cache_name(generation)
    with path.open("rb") as file:
        _check_whole(file, path, key)
        file.seek(0)
        index = faiss.read_index(faiss.PyCallbackIOReader(file.read))
    if (index.d, index.ntotal) != (max(dimension, 1), layout.vector_count):
        raise ValueError(f"{path.name} holds {index.ntotal} vectors, not {layout.vector_count}")
    return VectorIndex(index, layout)


def remove_stale(folder: Path, generation: int) -> None:
    """Remove the files of other generations and those that a killed build left half written."""
    for path in folder.glob("vectors-*"):
        is_ours = path.suffix == ".faiss" or path.suffix == _TEMPORARY
        if is_ours and path.name != cache_name(generation):
            try:
                path.unlink(missing_ok=True)
            except PermissionError:  # Windows: a reader has it open; the next build removes it
                continue


class _Digested:
    """Hashes what passes through on its way into a file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.sha256 = hashlib.sha256()

    def write(self, content: bytes) -> None:
        self._file.write(content)
        self.sha256.update(content)


def _serialise(index: Any, target: _Digested) -> None:
    faults: list[OSError] = []

    def write(content: bytes) -> int:
        # An exception must not cross the C++ that calls this: it is kept and raised afterwards.
        if not faults:
            try:
                target.write(content)
            except OSError as error:
                faults.append(error)
        return len(content)

    faiss.write_index(index, faiss.PyCallbackIOWriter(write))
    if faults:
        raise faults[0]


def _check_whole(file: BinaryIO, path: Path, key: str) -> None:
    """FAISS believes the sizes in a broken file, so it is read only after its hash agrees."""
    tail = key.encode("ascii")
    left = path.stat().st_size - _DIGEST_BYTES
    digest, last = hashlib.sha256(), b""
    while left > 0 and (block := file.read(min(left, 1 << 20))):
        digest.update(block)
        last = (last + block)[-len(tail) :]
        left -= len(block)
    if left or digest.digest() != file.read() or last != tail:
        raise ValueError(f"{path.name} is broken or belongs to another index")


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # folders cannot be opened there
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
