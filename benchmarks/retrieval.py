"""How well the passage that answers is found: dense, BM25, fused, and as histqa ranks in the end.

    python benchmarks/retrieval.py FILE... [--contexts 1245 4000] [--questions 1900] [--titled]
        [--leave-out SOURCE ...] [--vectors FILE.npz]
        [--set histqa.retrieval.COVERAGE_SHARE=0] [--json OUT]

FILE has JSON lines {"title", "context", "question", "answers": [{"text"}], "source"}, plain or
gzipped. A seed chooses ``contexts`` of them (a smaller pool is part of a larger one) and at most
``questions`` answerable questions about them; each context becomes one reading. A hit is a passage
of the question's own context that contains an answer; "context" counts any passage of it.
"300 words": an answer stands in what is read first, up to 300 words. Intervals: 95%, bootstrap
over questions; differences are paired.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from measuring import (
    be_nice,
    change_constants,
    folded,
    interval,
    prepare,
    read_lines,
    shown,
    table,
    write_json,
)

READ_WORDS = 300
MEASURES = ("hit@1", "hit@5", "MRR", "300 words", "context@1", "context@5")
WAYS = ("dense only", "BM25 only", "fused", "histqa")
PAIRS = (("fused", "dense only"), ("fused", "BM25 only"), ("histqa", "fused"))


def examples(options: argparse.Namespace) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """(title, context) -> its answerable questions, in the order of the files."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for line in (line for path in options.files for line in read_lines(path)):
        if line.get("source") in options.leave_out or (options.titled and not line["title"]):
            continue
        asked = found.setdefault((line["title"], line["context"]), [])
        if line["answers"]:
            asked.append(line)
    return {context: asked for context, asked in found.items() if asked}


def document_of(number: int, title: str, context: str) -> Any:
    """One context as a document."""
    from histqa.canonical import TextBuilder
    from histqa.types import Source

    builder = TextBuilder()
    builder.paragraph(context)
    return builder.build(Source(f"r{number:06}", f"r{number:06}.txt", b""), title=title)


class Pool:
    """Documents as readings, each text of them embedded once however many pools have it."""

    def __init__(self, documents: Sequence[Any], words: int) -> None:
        from histqa.chunking import passages

        self._documents = documents
        self._passages = [passages(document, max_words=words) for document in documents]
        self._vectors: dict[str, np.ndarray] = {}

    def embed(self, embedder: Any, kept: Path | None) -> None:
        """Embed every text that the file ``kept`` has no vector of, and keep it there."""
        if kept and kept.exists():
            with np.load(kept) as known:
                self._vectors = dict(zip(known["keys"].tolist(), known["vectors"], strict=True))
        texts = {_key(text): text for some in self._passages for text in _texts(some)}
        missing = [key for key in texts if key not in self._vectors]
        vectors = embedder.embed([texts[key] for key in missing])
        self._vectors |= dict(zip(missing, vectors, strict=True))
        if kept and missing:
            np.savez(kept, keys=list(self._vectors), vectors=list(self._vectors.values()))

    def readings(self, count: int) -> list[Any]:
        """The first ``count`` documents with passages and vectors."""
        from histqa.stores.records import Reading

        readings = []
        for document, some in zip(self._documents[:count], self._passages, strict=False):
            vectors = np.array([self._vectors[_key(text)] for text in _texts(some)])
            readings.append(Reading(document, some, vectors[: len(some)], vectors[len(some) :]))
        return readings


def rankings(store: Any, retriever: Any, question: str) -> dict[str, tuple[Any, ...]]:
    """The passages that each way of searching puts first."""
    from histqa.retrieval import fuse
    from histqa.text import content_terms
    from histqa.types import Question

    vector = retriever.embedder.embed([question])[0]
    dense = dict(store.nearest(vector, retriever.candidates))
    lexical = dict(store.matching(content_terms(question), retriever.candidates))
    fused = fuse(dense, lexical, dense_weight=retriever.dense_weight)

    def best(scores: dict[int, float]) -> tuple[Any, ...]:
        ids = sorted(scores, key=lambda number: (-scores[number], number))
        return store.passages(ids[: retriever.hits])

    hits = retriever.retrieve(Question(question, question))
    found = (best(dense), best(lexical), best(fused), tuple(hit.passage for hit in hits))
    return dict(zip(WAYS, found, strict=True))


def measures(passages: Sequence[Any], doc_id: str, answers: Iterable[str]) -> dict[str, float]:
    """Of one ranking for one question."""
    answers = [folded(answer) for answer in answers]
    own = [passage.doc_id == doc_id for passage in passages]
    held = [any(answer in folded(passage.text) for answer in answers) for passage in passages]
    right = [is_own and holds for is_own, holds in zip(own, held, strict=True)]
    read = np.cumsum([len(passage.text.split()) for passage in passages])
    return {
        "hit@1": float(any(right[:1])),
        "hit@5": float(any(right[:5])),
        "MRR": 1.0 / (right.index(True) + 1) if any(right) else 0.0,
        "300 words": float(np.any(np.array(right, dtype=bool) & (read <= READ_WORDS))),
        "context@1": float(any(own[:1])),
        "context@5": float(any(own[:5])),
    }


def measure(pool: Pool, asked: Sequence[tuple[int, dict[str, Any]]], size: int, make: Any) -> Any:
    """Way -> measure -> a value for each question."""
    from histqa.stores.sqlite.store import open_store
    from histqa.stores.sqlite.writer import write_index

    found: dict[str, dict[str, list[float]]] = {way: {} for way in WAYS}
    with tempfile.TemporaryDirectory() as folder:
        write_index(Path(folder), pool.readings(size))
        with open_store(Path(folder)) as store:
            retriever, count = make(store), store.passage_count()
            for number, line in asked:
                answers = [answer["text"] for answer in line["answers"]]
                for way, passages in rankings(store, retriever, line["question"]).items():
                    for name, value in measures(passages, f"r{number:06}", answers).items():
                        found[way].setdefault(name, []).append(value)
    print(f"\n{size} contexts, {count} passages, {len(asked)} questions")
    return found


def report(found: Any) -> dict[str, Any]:
    """Prints the table of one pool and the differences that matter; the same as values."""
    figures = {
        way: {name: interval(values) for name, values in some.items()}
        for way, some in found.items()
    }
    for better, worse in PAIRS:
        figures[f"{better} - {worse}"] = {
            name: interval(np.subtract(found[better][name], found[worse][name]))
            for name in MEASURES
        }
    for columns in (WAYS, [f"{better} - {worse}" for better, worse in PAIRS]):
        rows = [{"": n, **{one: shown(figures[one][n], 3) for one in columns}} for n in MEASURES]
        print(table(rows), end="\n\n")
    return figures


def by_source(found: Any, sources: Sequence[str]) -> list[dict[str, object]]:
    """What histqa ranks, for each source of questions; hardest first."""
    rows = [
        {
            "source": source,
            "questions": sources.count(source),
            **{
                name: float(np.mean(np.array(found["histqa"][name])[np.array(sources) == source]))
                for name in MEASURES
            },
        }
        for source in sorted(set(sources))
    ]
    return sorted(rows, key=lambda row: row["hit@5"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--contexts", type=int, nargs="+", default=[1245, 4000])
    parser.add_argument("--questions", type=int, default=1900)
    parser.add_argument("--leave-out", action="append", default=[], metavar="SOURCE")
    parser.add_argument("--titled", action="store_true", help="only contexts that have a title")
    parser.add_argument("--vectors", type=Path, help="keep vectors in this .npz for other runs")
    parser.add_argument("--set", action="append", default=[], metavar="MODULE.NAME=NUMBER")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    prepare(threads=0)
    be_nice()
    change_constants(options.set)
    from histqa.embedders import build_embedder
    from histqa.retrieval import HybridRetriever
    from histqa.settings import load_settings

    settings = load_settings()
    embedder = build_embedder(settings.embedder, batch_size=settings.embedding_batch)

    def retriever(store: Any) -> HybridRetriever:
        return HybridRetriever(
            store,
            embedder,
            candidates=settings.candidates,
            dense_weight=settings.dense_weight,
            hits=settings.hits,
        )

    chosen = list(examples(options).items())
    Random(0).shuffle(chosen)
    chosen = chosen[: max(options.contexts)]
    documents = [document_of(number, *context) for number, (context, _) in enumerate(chosen)]
    pool = Pool(documents, settings.passage_words)
    pool.embed(embedder, options.vectors)
    results = {}
    for size in sorted({min(size, len(chosen)) for size in options.contexts}):
        asked = [(n, line) for n, (_, lines) in enumerate(chosen[:size]) for line in lines]
        asked = Random(1).sample(asked, min(options.questions, len(asked)))
        found = measure(pool, asked, size, retriever)
        sources = by_source(found, [line.get("source", "") for _, line in asked])
        results[size] = {**report(found), "by source": sources}
        print(table(sources))
    write_json(results, options.json)


def _texts(passages: Sequence[Any]) -> list[str]:
    """What is embedded: the passages with their titles, then all their sentences."""
    searched = [passage.searched_text for passage in passages]
    return searched + [one.sentence_text(span) for one in passages for span in one.sentences]


def _key(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


if __name__ == "__main__":
    main()
