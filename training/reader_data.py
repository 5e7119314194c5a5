"""Span-form and sentence-form QA lines -> (question, passage, gold) examples for the reader."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from histqa.chunking import passages
from histqa.types import Document, Span

HELD_BACK_SHARE = 0.15
# Share of each source that one epoch uses. Product reviews and forum posts are far from history
# prose; swapped names teach the wrong facts but the right reading.
SOURCE_SHARES = {
    "squadshifts_reddit": 0.15,
    "squadshifts_amazon_reviews": 0.1,
    "nq_swap": 0.3,
    "nqg_squad_test": 0.35,
    "selqa_dev": 1.0,
}
SYNTHETIC_SHARE = 0.7
OTHER_PASSAGE_SHARE = 0.12


@dataclass(frozen=True, slots=True)
class ReaderExample:
    """One question with one passage; ``gold`` are the spans of ``passage`` that answer it.

    With ``whole_sentences`` gold spans are sentences, inside which the answer is not marked.
    No gold: the passage does not answer.
    """

    source: str
    title: str
    question: str
    passage: str
    gold: tuple[Span, ...]
    whole_sentences: bool


def read_lines(path: Path) -> Iterator[Any]:
    """The rows of a gzip file of JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def is_held_back(title: str, context: str) -> bool:
    """Whole articles, the same at every run; rows without a title go by their paragraph."""
    digest = hashlib.sha256((title or context).casefold().encode()).digest()
    return digest[0] < 256 * HELD_BACK_SHARE


def examples(folder: Path, *, held_back: bool, max_words: int, seed: int) -> list[ReaderExample]:
    """All examples of one side of the split, shuffled, the same for the same seed."""
    chance = random.Random(seed)
    found: list[ReaderExample] = []
    for name in ("train_span", "train_span_synthneg"):
        for row in read_lines(folder / f"{name}.jsonl.gz"):
            share = SYNTHETIC_SHARE if "synthneg" in name else SOURCE_SHARES.get(row["source"], 1.0)
            if is_held_back(row["title"], row["context"]) == held_back and chance.random() < share:
                found += span_examples(row, max_words=max_words, chance=chance)
    for row in read_lines(folder / "train_sent.jsonl.gz"):
        share = SOURCE_SHARES.get(row["source"], 0.5)
        if is_held_back("", row["sentences"][0]) == held_back and chance.random() < share:
            found += sentence_examples(row, max_words=max_words)
    chance.shuffle(found)
    return found


def span_examples(row: Any, *, max_words: int, chance: random.Random) -> list[ReaderExample]:
    """The passage of the context that holds the answer; now and then also one that does not."""
    document = Document("", "", row["context"], row["title"])
    pieces = passages(document, max_words=max_words)
    answers = [
        Span(answer["start"], answer["start"] + len(answer["text"])) for answer in row["answers"]
    ]
    made = []
    for piece in pieces:
        gold = tuple(
            Span(answer.start - piece.span.start, answer.end - piece.span.start)
            for answer in answers
            if piece.span.start <= answer.start and answer.end <= piece.span.end
        )
        is_needed = bool(gold) or row["is_impossible"]
        if is_needed or chance.random() < OTHER_PASSAGE_SHARE:
            made.append(
                ReaderExample(row["source"], row["title"], row["question"], piece.text, gold, False)
            )
    return chance.sample(made, 1) if row["is_impossible"] and made else made


def sentence_examples(row: Any, *, max_words: int) -> list[ReaderExample]:
    """The sentences around the first right one, as a passage with that sentence as gold."""
    labels: Sequence[int] = row["labels"]
    if not any(labels):
        return []
    first = last = labels.index(1)
    words = [len(sentence.split()) for sentence in row["sentences"]]
    while first > 0 and sum(words[first - 1 : last + 1]) <= max_words:
        first -= 1
    while last + 1 < len(words) and sum(words[first : last + 2]) <= max_words:
        last += 1
    text, gold = "", []
    for sentence, label in zip(
        row["sentences"][first : last + 1], labels[first : last + 1], strict=True
    ):
        text += " " * bool(text)
        if label:
            gold.append(Span(len(text), len(text) + len(sentence)))
        text += sentence
    return [ReaderExample(row["source"], "", row["question"], text, tuple(gold), True)]
