"""What each part is worth: the same questions, answered with one part after the other.

    python benchmarks/ablation.py FILE --corpus DIR [--json OUT]

FILE as for ``answers.py``. Everything is answered (threshold 0), so that refusals hide nothing.
Each row adds to the one before. Milliseconds: of whole answers, one after the other.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from answers import BUDGETS, area, outcome
from measuring import prepare, read_lines, table, write_json

DENSE = {
    "histqa.retrieval.FUSED_SHARE": 0.0,
    "histqa.retrieval.DENSE_SHARE": 0.0,
    "histqa.retrieval.COVERAGE_SHARE": 0.0,
    "histqa.retrieval.SENTENCE_SHARE": 1.0,
    "histqa.readers.similarity.COVERAGE_SHARE": 0.0,
    "histqa.readers.similarity.CUE_SHARE": 0.0,
    "histqa.readers.similarity.CAPTION_PENALTY": 0.0,
}


@dataclass(frozen=True, slots=True)
class Way:
    """A way to answer: settings, constants that differ, and options of ``ask``."""

    name: str
    settings: dict[str, Any]
    constants: dict[str, float]
    options: dict[str, Any]


def ways() -> tuple[Way, ...]:
    """From an ordinary dense retriever to the whole."""
    plain: dict[str, Any] = {"variants": False, "period": None}
    similar, learned = {"reader": "none"}, {"reader": "mpnet"}
    return (
        Way("dense only", similar | {"dense_weight": 1.0}, DENSE, plain),
        Way("fused, sentences by similarity", similar, {}, plain),
        Way("+ reader", learned, {}, plain),
        Way("+ names", learned, {}, {"period": None}),
        Way("+ time: the whole", learned, {}, {}),
    )


@contextmanager
def changed(constants: dict[str, float]) -> Iterator[None]:
    """Constants of modules with other values, for a while."""
    places = [
        (import_module(name.rpartition(".")[0]), name.rpartition(".")[2]) for name in constants
    ]
    before = [getattr(module, name) for module, name in places]
    try:
        for (module, name), value in zip(places, constants.values(), strict=True):
            setattr(module, name, value)
        yield
    finally:
        for (module, name), value in zip(places, before, strict=True):
            setattr(module, name, value)


def measured(way: Way, asked: Sequence[dict[str, Any]], index: str) -> dict[str, object]:
    """One row of the table."""
    from histqa.assistant import Assistant
    from histqa.settings import load_settings

    settings = load_settings(index=index, answer_threshold=0.0, **way.settings)
    seconds, outcomes = [], []
    with changed(way.constants), Assistant.open(settings=settings) as assistant:
        assistant.ask(asked[0]["question"], **way.options)  # the first one warms up
        for one in asked:
            started = perf_counter()
            outcomes.append(outcome(assistant, one, **way.options))
            seconds.append(perf_counter() - started)
    yes = [found for found in outcomes if found["answerable"]]
    sure, unsure = (
        np.array([found["confidence"] for found in outcomes if found["answerable"] is truth])
        for truth in (True, False)
    )
    return {
        "": way.name,
        **{f"at {w} words": float(np.mean([one[f"coverage{w}"] for one in yes])) for w in BUDGETS},
        "AUC": area(sure, unsure) if len(unsure) else float("nan"),
        "p50 ms": round(1000 * float(np.median(seconds))),
        "p95 ms": round(1000 * float(np.quantile(seconds, 0.95))),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", type=Path, help="questions, as JSON lines")
    parser.add_argument("--corpus", type=Path, required=True, help="folder of the readings")
    parser.add_argument("--json", type=Path, help="write the table to this file")
    options = parser.parse_args()
    prepare(threads=0)
    from histqa.assistant import Assistant

    asked = list(read_lines(options.file))
    with tempfile.TemporaryDirectory() as folder:
        Assistant.build(options.corpus, folder).close()
        rows = [measured(way, asked, folder) for way in ways()]
    print(f"{options.file.stem}: {len(asked)} questions\n\n{table(rows)}")
    write_json(rows, options.json)


if __name__ == "__main__":
    main()
