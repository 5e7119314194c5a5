"""Held-back articles -> what the reader sees of each question, for fitting how it decides.

    python training/collect.py FILE.jsonl.gz ... --out RUN/signals.jsonl.gz
        [--asked QUESTIONS.jsonl FOLDER ...]

Every held-back title with enough paragraphs is a corpus of its own; one more mixes paragraphs of
all. Each question is asked of its corpus, and every other one also of the corpus without its
paragraph: right people and place, fact absent. ``--asked`` adds questions of one's own, near
misses among them, over a folder of readings. Some questions are asked of the
title or folder after theirs, too: nothing there is about them. Each line holds the question's
signals and, for every sentence in sight, its similarity score, the model's odds, and whether it
answers.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from corpora import Corpus, doc_id_of, folded, pooled_corpus, read_corpora, readings_of
from data import is_held_back

from histqa.assistant import Assistant
from histqa.embedders import build_embedder
from histqa.kinds import MARKED, holds, kind_of
from histqa.rarity import renderings_of, term_weights
from histqa.readers.learned import sentence_readings, short_text, texts_of
from histqa.readers.models.shipped import ShippedModel
from histqa.readers.similarity import is_caption, scored_sentences, signals
from histqa.retrieval import HybridRetriever
from histqa.settings import Settings
from histqa.stages import Embedder, PassageModel, Store
from histqa.stores.sqlite.store import open_store
from histqa.stores.sqlite.writer import write_index
from histqa.text import content_terms
from histqa.types import Hit, Question

STRANGERS, STRANGER_STEP = 2, 4
"""Questions that are asked elsewhere: so many of a title's, each so-manieth of a file's."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=20, help="at most, per title")
    parser.add_argument("--pooled", type=int, default=500, help="questions over the mixed corpus")
    parser.add_argument("--paragraphs", type=int, default=1245, help="in the mixed corpus")
    parser.add_argument("--reads", type=int, default=6, help="hits that the model reads")
    parser.add_argument(
        "--asked", nargs=2, action="append", default=[], metavar=("FILE", "CORPUS"), type=Path
    )
    parser.add_argument("--model", type=Path, help="folder with reader.onnx; the shipped one")
    options = parser.parse_args()
    model = ShippedModel(options.model) if options.model else ShippedModel()
    embedder = build_embedder("minilm", batch_size=64)
    titles = list(read_corpora(options.files, options.questions, 10_000, is_wanted).values())
    mixed = pooled_corpus(options.files, options.pooled, options.paragraphs, is_wanted)
    with gzip.open(options.out, "wt", encoding="utf-8") as out:
        for place, (path, folder) in enumerate(options.asked):
            other, _ = options.asked[place - 1]
            for line in lines_of_questions(path, folder, other, model, options.reads):
                out.write(json.dumps(line) + "\n")
            print(f"{path.stem} over {folder}", flush=True)
        for place, corpus in enumerate((*titles, mixed)):
            # The mixed corpus may answer questions of any title.
            strangers = titles[place - 1].rows[:STRANGERS] if corpus is not mixed else ()
            for line in lines_of(corpus, strangers, embedder, model, options.reads):
                out.write(json.dumps(line) + "\n")
            print(f"{place} of {len(titles)}: {corpus.title}", flush=True)


def is_wanted(title: str) -> bool:
    """Held back, and no reviews or comments."""
    return is_held_back(title) and not title.startswith(("Amazon Reviews", "Filtered Reddit"))


@dataclass(frozen=True, slots=True)
class Desk:
    """What a question is answered with."""

    store: Store
    retriever: HybridRetriever | None
    model: PassageModel
    reads: int


def lines_of(
    corpus: Corpus, strangers: Sequence[Any], embedder: Embedder, model: PassageModel, reads: int
) -> Iterator[dict[str, Any]]:
    """Every question once with its paragraph and, every other one, once without; then strangers."""
    settings = Settings()
    with tempfile.TemporaryDirectory() as folder:
        write_index(Path(folder), readings_of(corpus, embedder))
        with open_store(Path(folder)) as store:
            retriever = HybridRetriever(
                store, embedder, settings.candidates, settings.dense_weight, settings.hits
            )
            desk = Desk(store, retriever, model, reads)
            every = [doc_id_of(text) for _, text in corpus.paragraphs]
            for number, row in enumerate(corpus.rows):
                home = doc_id_of(folded(row["context"]))
                answers = {folded(answer["text"]).casefold() for answer in row["answers"]}
                yield from asked(corpus, row, home, answers, (), desk)
                if number % 2 and answers:
                    others = [doc_id for doc_id in every if doc_id != home]
                    yield from asked(corpus, row, home, set(), others, desk)
            for row in strangers:
                yield from asked(corpus, row, "", set(), (), desk)


def asked(
    corpus: Corpus, row: Any, home: str, answers: set[str], within: Sequence[str], desk: Desk
) -> Iterator[dict[str, Any]]:
    """What is seen of one question, or nothing where nothing is found."""
    question = Question(row["question"], row["question"], tuple(within))
    hits = desk.retriever.retrieve(question)

    def is_right(doc_id: str, text: str) -> bool:
        return doc_id == home and any(answer in folded(text).casefold() for answer in answers)

    facts = {
        "title": corpus.title or "(mixed)",
        "source": row["source"],
        "question": row["question"],
        "is_answerable": bool(answers),
        "is_trap": bool(row["is_impossible"] and home),
    }
    for seen in seen_in(question, hits, is_right, desk):
        yield {**facts, **seen}


def lines_of_questions(
    path: Path, corpus: Path, other: Path, model: PassageModel, reads: int
) -> Iterator[dict[str, Any]]:
    """The same of the questions of a file (``benchmarks/questions``) over a folder of readings.

    Then those of an ``other`` file that are whole by themselves, as if nobody answered them.
    """
    settings = Settings(reader="none")
    with (
        tempfile.TemporaryDirectory() as folder,
        Assistant.build(corpus, folder, settings=settings) as assistant,
        open_store(Path(folder)) as store,
    ):
        desk = Desk(store, None, model, reads)
        rows = lines_in(path)
        strangers = [row for row in lines_in(other) if not row["history"]][::STRANGER_STEP]
        rows += [
            row | {"groups": [], "answerable": False, "is_stranger": True} for row in strangers
        ]
        for row in rows:
            golds = [folded(gold) for group in row["groups"] for gold in group]

            def is_right(_doc_id: str, text: str, golds: Sequence[str] = golds) -> bool:
                return any(gold in folded(text) for gold in golds)

            trace = assistant.trace(row["question"], history=row["history"])
            for seen in seen_in(trace.asked, trace.hits, is_right, desk):
                yield {
                    "title": f"{path.stem} {row['id']}",
                    "source": path.stem,
                    "question": trace.asked.text,
                    "is_answerable": row["answerable"],
                    "is_trap": not row["answerable"] and "is_stranger" not in row,
                    **seen,
                }


def lines_in(path: Path) -> list[dict[str, Any]]:
    """The questions of a file."""
    return [json.loads(text) for text in path.read_text(encoding="utf-8").splitlines()]


def seen_in(
    question: Question, hits: Sequence[Hit], is_right: Callable[[str, str], bool], desk: Desk
) -> Iterator[dict[str, Any]]:
    """The signals of a question, and a row of numbers for each sentence.

    Similarity score, sentence odds, span odds (null: unread), words, whether it is right, place of
    its passage, whether its exact answer has the date or number that is asked for, whether it is a
    caption.
    """
    renderings = renderings_of(question.variants)
    rarity = term_weights(content_terms(question.text), desk.store, renderings)
    similar = scored_sentences(question, hits, rarity)
    if not similar:
        return
    readings = sentence_readings(question, hits[: desk.reads], desk.model)
    places = {
        (hit.passage.doc_id, sentence): place
        for place, hit in enumerate(hits)
        for sentence in hit.passage.sentences
    }
    texts = texts_of(hits)
    kind = kind_of(question.text)
    sentences = []
    for piece in similar:
        text = texts[piece.doc_id, piece.span]
        reading = readings.get((piece.doc_id, piece.span))
        short = short_text(replace(piece, short=reading.span if reading else None), texts)
        sentences.append(
            [
                round(piece.score, 4),
                round(reading.sentence_odds, 3) if reading else None,
                round(reading.span_odds, 3) if reading else None,
                len(text.split()),
                int(is_right(piece.doc_id, text)),
                places[piece.doc_id, piece.span],
                int(kind not in MARKED or holds(kind, short)),
                int(is_caption(kind, text)),
            ]
        )
    found = signals(question, hits, similar, rarity)
    yield {
        "signals": {name: round(value, 4) for name, value in found.items()},
        "sentences": sentences,
    }


if __name__ == "__main__":
    main()
