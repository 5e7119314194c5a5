"""How long a question takes, whole and in parts, as the index grows; what opening an index costs.

    python benchmarks/latency.py [--corpus docs_corpus] [--sizes 1000 20000 200000]
        [--questions 60] [--starts 3] [--profile] [--json OUT]

Indexes hold the readings of the corpus and made-up ones above them (synthetic.py). One thread, as
when histqa answers. For each question the bare model embeds it, ``Assistant.ask`` answers it, and
a second assistant, whose parts are watched, answers it: all in turn, in one process. Everything is
answered (threshold 0), for a refusal would be cheaper. The ratio is p50(whole) / p50(bare): the aim
is at most 3 at 20,000 passages. Where others use the machine, that of CPU times is the truer one.
Starts are whole processes, in turn: importing torch; loading the bare model and embedding a
question; opening the index and answering a question.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from measuring import (
    Watched,
    bare_model,
    cpu_seconds,
    milliseconds,
    model_folder,
    peak_megabytes,
    prepare,
    table,
    timed,
    write_json,
)
from synthetic import enlarge

WARM_UP = 5
_BARE_START = """
from sentence_transformers import SentenceTransformer
SentenceTransformer({model!r}, local_files_only=True).encode(["Why did they stay?"])
"""
_FIRST_ANSWER = """
from histqa.assistant import Assistant
Assistant.open({index!r}).ask("Why did they stay?")
"""


def watch(assistant: Any) -> dict[str, Watched]:
    """Put a clock on the stages of an assistant, from outside: they are nobody's public face."""
    names = {"retrieve": "_retriever", "read": "_reader", "compose": "_composer"}
    watched = {part: Watched(getattr(assistant, name)) for part, name in names.items()}
    for part, name in names.items():
        setattr(assistant, name, watched[part])
    return watched


def latencies(settings: Any, embedder: Any, bare: Any, asked: Sequence[str]) -> dict[str, Any]:
    """Part -> seconds of each question, after some that warm up."""
    from histqa.assistant import Assistant
    from histqa.index import open_index

    seconds: dict[str, list[float]] = {
        name: [] for name in ("bare", "whole", "bare CPU", "whole CPU")
    }
    with open_index(settings, embedder=embedder) as store:
        whole = Assistant(store, embedder, settings)
        clocks = {"embed": Watched(embedder), "store": Watched(store)}
        parts = Assistant(clocks["store"], clocks["embed"], settings)
        clocks |= watch(parts)
        for number, question in enumerate([*asked[:WARM_UP], *asked]):
            if number == WARM_UP:
                for some in (*(clock.seconds for clock in clocks.values()), seconds):
                    for values in some.values():
                        values.clear()
            for name, call in (("bare", lambda q: bare([q])), ("whole", whole.ask)):
                with timed(seconds[name]), timed(seconds[f"{name} CPU"], time.process_time):
                    call(question)
            parts.ask(question)
    for name, clock in clocks.items():
        for method, values in clock.seconds.items():
            seconds[f"{name}: {method}" if name == "store" else name] = values
    return seconds


def rows(seconds: dict[str, list[float]], question_count: int) -> list[dict[str, object]]:
    """A row for each part: its percentiles, calls and share of the bare model's p50."""
    p50 = {part: milliseconds(values)["p50_ms"] for part, values in seconds.items()}
    found = []
    for part, values in seconds.items():
        bare = p50["bare CPU" if part.endswith("CPU") else "bare"]
        calls = len(values) / question_count
        # Of what is called several times for a question the sum counts.
        each = np.array(values).reshape(question_count, -1).sum(1) if calls % 1 == 0 else values
        times = milliseconds(each)
        found.append({"part": part, **times, "calls": calls, "ratio": times["p50_ms"] / bare})
    return found


def starts(index: str, rounds: int) -> list[dict[str, object]]:
    """Of whole processes, in turn: median wall seconds, least CPU seconds."""
    programs = {
        "import torch": "import torch",
        "bare model, first question": _BARE_START.format(model=str(model_folder())),
        "open the index, first answer": _FIRST_ANSWER.format(index=index),
    }
    wall, cpu = ({name: [] for name in programs} for _ in range(2))
    for _ in range(rounds):
        for name, program in programs.items():
            with timed(wall[name]), timed(cpu[name], cpu_seconds):
                command = [sys.executable, "-c", program]
                subprocess.run(command, check=True, capture_output=True)
    return [
        {"start": name, "median s": float(np.median(wall[name])), "CPU s": min(cpu[name])}
        for name in programs
        if rounds
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpus", default="docs_corpus")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 20_000, 200_000])
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--starts", type=int, default=3, help="rounds of whole processes")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    prepare(threads=1)
    import faiss
    import torch

    from histqa.embedders import build_embedder
    from histqa.index import build_index
    from histqa.settings import load_settings

    torch.set_num_threads(1)
    faiss.omp_set_num_threads(1)
    settings = load_settings(corpus=options.corpus, answer_threshold=0.0)
    embedder = build_embedder(settings.embedder, batch_size=settings.embedding_batch)
    bare, results = bare_model(), {}
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            settings = replace(settings, index=folder)
            build_index(settings, embedder=embedder)
            started = time.perf_counter()
            prose = enlarge(Path(folder), size, embedder.dimension)
            written = time.perf_counter() - started
            asked = [prose.question() for _ in range(options.questions)]
            found = rows(latencies(settings, embedder, bare, asked), len(asked))
            print(f"\n{size:,} passages, written in {written:.0f} s, {len(asked)} questions\n")
            print(table(found))
            begun = starts(folder, options.starts)
            print("\n" + table(begun) if begun else "")
            print(f"peak memory so far: {peak_megabytes():.0f} MB", flush=True)
            results[size] = {"parts": found, "starts": begun, "peak_megabytes": peak_megabytes()}
            if options.profile:
                profile = cProfile.Profile()
                profile.runcall(latencies, settings, embedder, bare, asked)
                pstats.Stats(profile).strip_dirs().sort_stats("tottime").print_stats(30)
    write_json(results, options.json)


if __name__ == "__main__":
    main()
