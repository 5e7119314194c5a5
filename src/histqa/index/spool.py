"""Prepared files -> a temporary file on disk -> the same again: a corpus need not fit in memory."""

from __future__ import annotations

import pickle
import tempfile
from types import TracebackType
from typing import Self

from histqa.corpus.preparing import Prepared

_BYTES_IN_MEMORY = 64_000_000


class Spool:
    """Keeps what was prepared, by path, until it is embedded."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_BYTES_IN_MEMORY)  # noqa: SIM115
        self._places: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def __contains__(self, path: str) -> bool:
        return path in self._places

    def put(self, prepared: Prepared) -> None:
        """Keep it."""
        self._places[prepared.path] = self._file.seek(0, 2)
        pickle.dump(prepared, self._file, protocol=pickle.HIGHEST_PROTOCOL)

    def get(self, path: str) -> Prepared:
        """Raises KeyError for a path that was not put."""
        self._file.seek(self._places[path])
        prepared = pickle.load(self._file)
        assert isinstance(prepared, Prepared)
        return prepared
