"""How fast an index is built, as a share of what the bare model reaches on the same texts.

    python benchmarks/indexing.py --corpus DIR [--rounds 3] [--threads N] [--profile] [--json OUT]

"bare" is sentence-transformers alone, in batches of 64 that it sorts by length itself, on the same
searched texts and sentences, each distinct text once (histqa too embeds a repeated text once). It
and whole builds (files read, split, embedded, written, saved) take turns in one run; both have
their model loaded before. CPU counts the children that read the files as well: on a machine that
others use it is the truer of the two. --profile prints where a further build spends its time.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from measuring import bare_model, cpu_seconds, peak_megabytes, prepare, table, write_json

Cost = tuple[float, float]


def cost(call: Callable[[], object]) -> Cost:
    """Wall and CPU seconds of a call."""
    started, cpu_started = time.perf_counter(), cpu_seconds()
    call()
    return time.perf_counter() - started, cpu_seconds() - cpu_started


def embedded_texts(settings: Any) -> tuple[list[str], int]:
    """The distinct texts that a finished index has vectors of; the words of its readings."""
    from histqa.chunking import passages
    from histqa.index import open_index

    texts: dict[str, None] = {}
    words = 0
    with open_index(settings) as store:
        for listed in store.documents():
            document = store.document(listed.doc_id)
            words += len(document.text.split())
            for passage in passages(document, max_words=settings.passage_words):
                texts[passage.searched_text] = None
                texts |= dict.fromkeys(map(passage.sentence_text, passage.sentences))
    return list(texts), words


def build(settings: Any, embedder: Any) -> None:
    """One whole build into a new folder."""
    from histqa.index import build_index

    with tempfile.TemporaryDirectory() as folder:
        build_index(replace(settings, index=folder), embedder=embedder)


def rows(costs: dict[str, Sequence[Cost]], words: int) -> list[dict[str, object]]:
    """Medians over the rounds, and each as a share of the bare model in the same round."""
    bare = np.array(costs["bare model"])
    found = []
    for name, some in costs.items():
        wall, cpu = np.median(some, axis=0)
        wall_share, cpu_share = np.median(bare / np.array(some), axis=0)
        found.append(
            {
                "": name,
                "wall s": float(wall),
                "CPU s": float(cpu),
                "words/s": round(words / wall),
                "words/CPU s": round(words / cpu),
                "share (wall)": float(wall_share),
                "share (CPU)": float(cpu_share),
            }
        )
    return found


def show_profile(settings: Any, embedder: Any) -> None:
    """The functions in which a build of this process spends most time."""
    profile = cProfile.Profile()
    profile.runcall(build, settings, embedder)
    pstats.Stats(profile).strip_dirs().sort_stats("cumulative").print_stats(45)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0, help="0: every core")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    prepare(threads=options.threads)
    from histqa.embedders import build_embedder
    from histqa.index import build_index
    from histqa.settings import load_settings

    settings = load_settings(corpus=options.corpus)
    embedder = build_embedder(settings.embedder, batch_size=settings.embedding_batch)
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(settings, index=folder)
        report = build_index(settings, embedder=embedder)
        texts, words = embedded_texts(settings)
    peak, children = peak_megabytes(), peak_megabytes(children=True)
    bare = bare_model()
    costs: dict[str, list[Cost]] = {"bare model": [], "whole build": [], "embedder alone": []}
    for _ in range(options.rounds):
        costs["bare model"].append(cost(lambda: bare(texts)))
        costs["whole build"].append(cost(lambda: build(settings, embedder)))
        costs["embedder alone"].append(cost(lambda: embedder.embed(texts)))
    found = rows(costs, words)
    print(
        f"{report.files} files, {report.readings} readings, {words:,} words, {report.passages:,}"
        f" passages, {len(texts):,} distinct texts; medians of {options.rounds} rounds\n"
    )
    print(table(found))
    print(f"\npeak memory of the first build: {peak:.0f} MB; of a child reading: {children:.0f} MB")
    if options.profile:
        show_profile(settings, embedder)
    memory = {"peak_megabytes": peak, "child_peak_megabytes": children}
    write_json({"rows": found, "words": words, "texts": len(texts), **memory}, options.json)


if __name__ == "__main__":
    main()
