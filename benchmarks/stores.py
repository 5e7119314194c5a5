"""How long the default store takes: opening, nearest, matching, similarities at several sizes.

    python benchmarks/stores.py [--sizes 1000 20000 200000] [--threads 1]

Vectors and texts are synthetic (words drawn as often as in English, by Zipf's law), made from a
fixed seed; each passage has 4 sentences of 20 words. Prints medians of 40 different questions.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import faiss
import numpy as np

from histqa.stores.records import FileRecord
from histqa.stores.sqlite import IndexWriter, SqliteStore, open_store
from histqa.types import Document, Passage, Span

DIMENSION, SENTENCES, WORDS, PER_DOCUMENT = 384, 4, 20, 100
QUESTIONS, CANDIDATES, HITS = 40, 100, 100


def unit(generator: np.random.Generator, count: int) -> np.ndarray:
    vectors = generator.standard_normal((count, DIMENSION), dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def words(generator: np.random.Generator, count: int, *, rarer_than: int = 1) -> list[str]:
    """Words by Zipf's law over 50,000; ``rarer_than`` leaves out the commonest."""
    first, last = np.log(rarer_than), np.log(50_000)
    numbers = np.exp(first + generator.random(count) * (last - first)).astype(int).tolist()
    # "q" and letters that no stemmer cuts off: such words are their own terms.
    return ["q" + "".join("bcfghjklmn"[int(digit)] for digit in str(n)) for n in numbers]


def readings(count: int) -> Iterator[tuple[Document, list[Passage]]]:
    generator = np.random.default_rng(count)
    for number in range(-(-count // PER_DOCUMENT)):
        name, texts, passages, start = f"r{number:06}", [], [], 0
        for _ in range(min(PER_DOCUMENT, count - number * PER_DOCUMENT)):
            drawn = words(generator, SENTENCES * WORDS)
            parts = [" ".join(drawn[i : i + WORDS]) + "." for i in range(0, len(drawn), WORDS)]
            spans, position = [], start
            for part in parts:
                spans.append(Span(position, position + len(part)))
                position += len(part) + 1
            text = " ".join(parts)
            span = Span(start, start + len(text))
            passages.append(Passage(name, span, text, f"Title {number}", "", tuple(spans)))
            texts.append(text)
            start = span.end + 2
        yield Document(name, name, "\n\n".join(texts), f"Title {number}"), passages


def write(folder: Path, count: int) -> None:
    generator = np.random.default_rng(1)
    with IndexWriter(folder) as writer:
        for document, passages in readings(count):
            writer.add(
                FileRecord(document.path, "", "", document.doc_id),
                document,
                passages,
                unit(generator, len(passages)),
                unit(generator, len(passages) * SENTENCES),
            )
        writer.commit({})


def milliseconds(call: Callable[[int], object]) -> str:
    taken = []
    for number in range(QUESTIONS):
        start = time.perf_counter()
        call(number)
        taken.append((time.perf_counter() - start) * 1000)
    taken.sort()
    return f"{taken[len(taken) // 2]:8.2f} (p95 {taken[int(len(taken) * 0.95)]:7.2f})"


def measure(store: SqliteStore) -> None:
    generator = np.random.default_rng(2)
    vectors = unit(generator, QUESTIONS)
    # Six words of which the commonest stands in 7 of 100 passages: no function words.
    asked = [words(generator, 6, rarer_than=100) for _ in range(QUESTIONS)]
    one = [store.documents()[-1].doc_id]
    ids = [[number for number, _ in store.nearest(vector, CANDIDATES)] for vector in vectors]
    print("  nearest          ", milliseconds(lambda n: store.nearest(vectors[n], CANDIDATES)))
    print("  nearest in one   ", milliseconds(
        lambda n: store.nearest(vectors[n], CANDIDATES, within=one)))  # fmt: skip
    print("  matching         ", milliseconds(lambda n: store.matching(asked[n], CANDIDATES)))
    print("  matching in one  ", milliseconds(
        lambda n: store.matching(asked[n], CANDIDATES, within=one)))  # fmt: skip
    print("  frequencies      ", milliseconds(lambda n: store.document_frequencies(asked[n])))
    print("  passages         ", milliseconds(lambda n: store.passages(ids[n][:HITS])))
    print("  similarities     ", milliseconds(
        lambda n: store.similarities(vectors[n], ids[n][:HITS])))  # fmt: skip
    print("  is_current       ", milliseconds(lambda _: store.is_current()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 20_000, 200_000])
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    faiss.omp_set_num_threads(options.threads)
    for size in options.sizes:
        with tempfile.TemporaryDirectory() as place:
            start = time.perf_counter()
            write(Path(place), size)
            written = time.perf_counter() - start
            megabytes = {path.name: path.stat().st_size / 1e6 for path in Path(place).iterdir()}
            start = time.perf_counter()
            with open_store(Path(place)) as store:
                opened = time.perf_counter() - start
                sizes = ", ".join(f"{name} {size:.0f} MB" for name, size in megabytes.items())
                print(f"{size} passages: written in {written:.1f} s, opened in {opened:.2f} s")
                print(f"  {sizes}; ms, median of {QUESTIONS}:")
                measure(store)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
            print(f"  peak memory of this process: {peak:.0f} MB", flush=True)


if __name__ == "__main__":
    main()
