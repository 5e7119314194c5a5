"""Python, packages, SQLite and the machine -> checks."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib import metadata
from pathlib import Path

from histqa.frontends.doctor.checkup import Check

LITTLE_MEMORY_GIGABYTES = 3
_NEW_VENV = "remove the folder .venv and start run.py again"


def python() -> Check:
    """Which Python on which system."""
    return Check(
        "python",
        "ok",
        f"{platform.python_version()} ({sys.executable}) on {platform.platform(terse=True)}",
    )


def packages() -> Iterator[Check]:
    """The versions of histqa and of what it requires."""
    names = [
        re.match(r"[\w.-]+", line)
        for line in metadata.requires("histqa") or []
        if "extra ==" not in line
    ]
    found, missing = [], []
    for name in (match.group() for match in names if match):
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            missing.append(name)
    yield Check("packages", "ok", f"histqa {metadata.version('histqa')}, " + ", ".join(found))
    if missing:
        yield Check(
            "packages",
            "broken",
            f"missing: {', '.join(missing)}",
            "remove the folder .venv and start run.py again, or: pip install -e .",
        )


def sqlite() -> Check:
    """SQLite with the full-text search that the index needs."""
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            database.execute("CREATE VIRTUAL TABLE words USING fts5(text)")
    except sqlite3.OperationalError:
        return Check(
            "sqlite",
            "broken",
            f"SQLite {sqlite3.sqlite_version} lacks its full-text search (FTS5)",
            "use the Python from python.org or from your system's packages",
        )
    return Check("sqlite", "ok", f"SQLite {sqlite3.sqlite_version} with FTS5")


def machine() -> Check:
    """Cores, memory and bf16, which makes indexing faster where the processor has it."""
    cores, memory, bf16 = os.cpu_count() or 1, _memory_gigabytes(), _bf16()
    said = f"{cores} cores, {memory:.0f} GB of memory, bf16 {bf16}" if memory else f"{cores} cores"
    if memory and memory < LITTLE_MEMORY_GIGABYTES:
        return Check("machine", "note", said, "indexing may swap; close other programs")
    return Check("machine", "ok", said)


def _memory_gigabytes() -> float:
    """All memory of the machine; 0.0 where the system does not say (Windows)."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    except (AttributeError, ValueError, OSError):
        return 0.0


def _bf16() -> str:
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "unknown"
    return "yes" if re.search(r"\b(avx512_bf16|amx_bf16|bf16)\b", flags) else "no"


def graphics() -> Check:
    """Whether torch can be loaded, and which build of it this is."""
    try:
        import torch
    except (ImportError, OSError) as error:
        return Check("torch", "broken", f"torch cannot be loaded: {error}", _NEW_VENV)
    if torch.version.cuda and not torch.cuda.is_available():
        return Check(
            "torch",
            "note",
            f"torch {torch.__version__} is a CUDA build, and there is no CUDA device: it works, "
            "but takes about 4 GB of disk more than needed",
            "set TORCH_INDEX_URL as run.py --help says, remove .venv, start run.py again",
        )
    device = "CUDA" if torch.cuda.is_available() else "processor"
    return Check("torch", "ok", f"torch {torch.__version__}, works on the {device}")
