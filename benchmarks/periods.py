"""What the time of a question is worth: the same questions with it and without it.

    python benchmarks/periods.py FILE... [--articles 120] [--questions 3000] [--titles odd]
        [--leave-out SOURCE ...] [--vectors FILE.npz]
        [--set histqa.retrieval.PERIOD_BONUS=0.2] [--json OUT]

FILE is as for benchmarks/retrieval.py. All contexts of one title become one reading, each line of
them a paragraph. Questions that name a time are asked of their own article ("article") and of all
articles together ("all"). A hit is a passage that holds the very line with the answer, and the
answer. "60 words": the answer stands in the first 60 words quoted, whatever the confidence.
Intervals: 95%, bootstrap over questions, paired. Questions that SQuAD 2.0 marks as impossible tell
how many more are answered wrongly; questions without a time, that nothing changes for them.
``--titles even`` or ``odd`` takes half of the titles, by hash.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
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
from retrieval import Pool

QUOTED_WORDS = 60
LEAST_PASSAGES = 4  # fewer than this in an article: what comes first tells little
MEASURES = ("hit@1", "hit@5", "60 words")
UNTIMED = 300


@dataclass
class Asked:
    """One question, the article it is about, and where its answers stand (nowhere: none)."""

    doc_id: str
    row: Mapping[str, Any]
    line: Any

    @property
    def text(self) -> str:
        """What is asked."""
        return str(self.row["question"])

    @property
    def answers(self) -> list[str]:
        """What the passage must hold, any of them."""
        return [folded(answer["text"]) for answer in self.row["answers"]]


def articles(options: argparse.Namespace) -> dict[str, list[dict[str, Any]]]:
    """Title -> its rows in the order of the file (of TimeQA: of the article)."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in (row for path in options.files for row in read_lines(path)):
        if row["title"] and row.get("source") not in options.leave_out:
            rows[row["title"]].append(row)
    wanted = {"even": (0,), "odd": (1,), "all": (0, 1)}[options.titles]
    titles = [title for title in rows if sha256(title.encode()).digest()[0] % 2 in wanted]
    Random(0).shuffle(titles)
    return {title: sorted(rows[title], key=_place_in_article) for title in titles}


def _place_in_article(row: Mapping[str, Any]) -> int:
    number = re.search(r"-[a-z]-[a-z](\d+)$", row["id"])
    return int(number[1]) if number else 0


def read_article(
    number: int, title: str, rows: Sequence[Mapping[str, Any]]
) -> tuple[Any, list[Asked]]:
    """One document of all contexts of a title, and what is asked of it."""
    from histqa.canonical import TextBuilder
    from histqa.types import Source, Span

    builder, lines = TextBuilder(), {"": Span(0, 0)}
    for row in rows:
        for line in row["context"].split("\n"):
            if line.strip() and line not in lines:
                builder.paragraph(line)
                end = builder.position
                lines[line] = Span(max(0, end - len(line)), end)
    name = f"a{number:05}"
    asked = [Asked(name, row, lines[_line_of_answer(row)]) for row in rows]
    return builder.build(Source(name, f"{name}.txt", b""), title=title), asked


def _line_of_answer(row: Mapping[str, Any]) -> str:
    if not row["answers"]:
        return ""
    start = row["context"].rfind("\n", 0, row["answers"][0]["start"]) + 1
    return str(row["context"][start:].split("\n")[0])


class Asking:
    """Asks as histqa does, with the question's time and without it; nothing is refused."""

    def __init__(self, store: Any, embedder: Any, documents: Mapping[str, Any]) -> None:
        from histqa.composers.quotes import QuoteComposer
        from histqa.readers import build_reader
        from histqa.retrieval import HybridRetriever
        from histqa.settings import load_settings

        settings = load_settings()
        self.retriever = HybridRetriever(
            store, embedder, settings.candidates, settings.dense_weight, settings.hits
        )
        self.reader = build_reader(store, settings)
        self.composer = QuoteComposer(threshold=0.0, related=0)
        self.documents = documents

    def ask(self, asked: Asked, *, is_timed: bool, whole: bool) -> dict[str, float]:
        """Every measure of one answer, and its confidence."""
        from histqa.periods import periods_in
        from histqa.types import Question

        periods = periods_in(asked.text) if is_timed else ()
        readings = () if whole else (asked.doc_id,)
        question = Question(asked.text, asked.text, readings, periods=periods)
        hits = self.retriever.retrieve(question)
        finding = self.reader.read(question, hits)
        answer = self.composer.compose(question, finding, self.documents)
        right = [_is_right(hit.passage, asked) for hit in hits]
        first = _first_words(answer.quotes, asked.doc_id)
        return {
            "hit@1": float(any(right[:1])),
            "hit@5": float(any(right[:5])),
            "60 words": float(any(one in first for one in asked.answers)),
            "confidence": finding.confidence,
        }


def _is_right(passage: Any, asked: Asked) -> bool:
    text = folded(passage.text)
    return (
        passage.doc_id == asked.doc_id
        and passage.span.overlaps(asked.line)
        and any(answer in text for answer in asked.answers)
    )


def _first_words(quotes: Sequence[Any], doc_id: str) -> str:
    """The first words quoted; those of other articles count, and hold no answer."""
    words = [
        word if quote.doc_id == doc_id else "…" for quote in quotes for word in quote.text.split()
    ]
    return " ".join(words[:QUOTED_WORDS])


def group_of(asked: Asked) -> str:
    """The set that a question is from; TimeQA's hard ones do not name the years of the text."""
    if not str(asked.row["source"]).startswith("timeqa"):
        return "other sets"
    return "TimeQA, hard" if "-h-" in asked.row["id"] else "TimeQA, easy"


def form_of(asked: Asked) -> str:
    """How the (first) time of a question is written."""
    from histqa.periods import periods_in

    period = periods_in(asked.text)[0]
    if period.first is None or period.last is None:
        return "after, before, ..."
    if "centur" in period.text.casefold():
        return "century"
    if period.text.casefold().endswith("s"):
        return "decade"
    return "one year" if period.first == period.last else "from ... to"


def compare(asking: Asking, chosen: Sequence[Asked], *, whole: bool) -> dict[str, Any]:
    """Prints measures without time, and the differences that time makes; the same as values."""
    plain = [asking.ask(asked, is_timed=False, whole=whole) for asked in chosen]
    timed = [asking.ask(asked, is_timed=True, whole=whole) for asked in chosen]
    rows = []
    for naming in (group_of, form_of):
        for name in sorted({naming(asked) for asked in chosen}):
            members = [n for n, asked in enumerate(chosen) if naming(asked) == name]
            rows.append({"questions": name, "n": len(members), **_row(plain, timed, members)})
    print(f"\n{'all articles' if whole else 'own article'}: without time, and what time adds")
    print(table([{key: _cell(value) for key, value in row.items()} for row in rows]))
    return {str(row.pop("questions")): row for row in rows}


def _row(plain: Any, timed: Any, members: Sequence[int]) -> dict[str, Any]:
    row = {}
    for name in MEASURES:
        before = np.array([plain[member][name] for member in members])
        row[name] = float(before.mean())
        row[f"+ {name}"] = interval(np.array([timed[m][name] for m in members]) - before)
    return row


def _cell(value: Any) -> Any:
    return shown(value, 3) if isinstance(value, dict) else value


def wrong_answers(asking: Asking, impossible: Sequence[Asked], threshold: float) -> dict[str, Any]:
    """The share of impossible questions that would be answered, without and with time."""
    shares = {}
    for name, is_timed in (("without", False), ("with", True)):
        answers = [asking.ask(asked, is_timed=is_timed, whole=False) for asked in impossible]
        shares[name] = interval([float(one["confidence"] >= threshold) for one in answers])
    print(f"\n{len(impossible)} impossible questions, answered:", end=" ")
    print(", ".join(f"{name} time {shown(share)}" for name, share in shares.items()))
    return shares


def check_unchanged(asking: Asking, untimed: Sequence[Asked]) -> None:
    """Raises AssertionError where an answer changes although the question names no time."""
    for asked in untimed:
        with_time = asking.ask(asked, is_timed=True, whole=True)
        assert with_time == asking.ask(asked, is_timed=False, whole=True), asked.text
    print(f"\n{len(untimed)} questions without a time: all measures as before")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--articles", type=int, default=120)
    parser.add_argument("--questions", type=int, default=3000)
    parser.add_argument("--titles", choices=("all", "even", "odd"), default="all")
    parser.add_argument("--leave-out", action="append", default=[], metavar="SOURCE")
    parser.add_argument("--vectors", type=Path, help="keep vectors in this .npz for other runs")
    parser.add_argument("--set", action="append", default=[], metavar="MODULE.NAME=NUMBER")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    prepare(threads=0)
    be_nice()
    change_constants(options.set)
    write_json(measure(options), options.json)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Everything that is printed, as values."""
    from histqa.embedders import build_embedder
    from histqa.periods import periods_in
    from histqa.settings import load_settings
    from histqa.stores.sqlite.store import open_store
    from histqa.stores.sqlite.writer import write_index

    settings = load_settings()
    embedder = build_embedder(settings.embedder, batch_size=settings.embedding_batch)
    every = (
        read_article(number, title, rows)
        for number, (title, rows) in enumerate(articles(options).items())
    )
    large = (pair for pair in every if _passages_of(pair[0]) >= LEAST_PASSAGES)
    read = list(islice(large, options.articles))
    pool = Pool([document for document, _ in read], settings.passage_words)
    pool.embed(embedder, options.vectors)
    everything = [asked for _, some in read for asked in some]
    Random(1).shuffle(everything)
    timed = [asked for asked in everything if periods_in(asked.text)]
    answerable = [asked for asked in timed if asked.answers][: options.questions]
    impossible = [a for a in timed if not a.answers and a.row["source"].startswith("squad2")]
    untimed = [asked for asked in everything if not periods_in(asked.text)][:UNTIMED]
    with tempfile.TemporaryDirectory() as folder:
        write_index(Path(folder), pool.readings(len(read)))
        with open_store(Path(folder)) as store:
            print(f"{len(read)} articles, {store.passage_count()} passages")
            asking = Asking(store, embedder, {one.doc_id: one for one, _ in read})
            found: dict[str, Any] = {
                name: compare(asking, answerable, whole=name == "all")
                for name in ("article", "all")
            }
            check_unchanged(asking, untimed)
            found["impossible"] = wrong_answers(asking, impossible, settings.answer_threshold)
    return found


def _passages_of(document: Any) -> int:
    from histqa.chunking import passages
    from histqa.settings import load_settings

    return len(passages(document, max_words=load_settings().passage_words))


if __name__ == "__main__":
    main()
