"""Outcomes as they come -> a file of JSON lines, so that an interrupted run goes on from there."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from histqa.evaluation.records import ExamQuestion, Outcome
from histqa.evaluation.serialising import as_json, from_json


class Journal:
    """The outcomes of one unfinished run by key; safe to write to from several threads.

    A line that was cut off by the interruption, or that belongs to another index or to other
    settings, is passed over. Where the file cannot be written the run goes on without.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._known = _read(path) if path else {}
        self._lock = threading.Lock()
        self._file: TextIO | None = None

    def known(self, key: str) -> Outcome | None:
        """The outcome that an earlier run wrote under ``key``."""
        return self._known.get(key)

    def write(self, key: str, outcome: Outcome) -> None:
        """Keep ``outcome``, at once."""
        if self._path is None:
            return
        line = json.dumps({"key": key, "outcome": as_json(outcome)}, ensure_ascii=True)
        with self._lock:
            try:
                if self._file is None:
                    # A line that was cut off has no line end yet.
                    start = "\n" if self._path.exists() else ""
                    self._file = self._path.open("a", encoding="utf-8", newline="\n")
                    self._file.write(start)
                self._file.write(line + "\n")
                self._file.flush()
            except OSError:
                self._path = None

    def close(self) -> None:
        """Let go of the file; it stays, to go on from."""
        if self._file:
            self._file.close()
            self._file = None

    def remove(self) -> None:
        """Every question has its outcome: the file is not needed any more."""
        self.close()
        if self._path:
            self._path.unlink(missing_ok=True)


def key_of(question: ExamQuestion, run: Mapping[str, object]) -> str:
    """Equal for the same question put to the same index with the same settings and program."""
    parts = json.dumps([as_json(question), dict(run)], sort_keys=True, default=str)
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()


def _read(path: Path) -> dict[str, Outcome]:
    found: dict[str, Outcome] = {}
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return found
    for line in lines:
        try:
            value = json.loads(line)
            found[value["key"]] = from_json(Outcome, value["outcome"])
        except (ValueError, KeyError, TypeError):
            continue
    return found
