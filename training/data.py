"""Training files -> rows, with the held-back articles kept apart."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from histqa.text import sentences

HELD_BACK_SHARE = 0.15
LEAKED_WORDS = 8
"""A sentence of so many words that also stands in a held-back article gives a row away."""


@dataclass(frozen=True, slots=True)
class Row:
    """A question with a passage: where answers start and end, and which sentences hold one.

    ``sentences`` are (start, end) character offsets. No answer, and no right sentence: it is not
    there. ``answers`` is empty for rows that only know the sentence.
    """

    row_id: str
    source: str
    title: str
    question: str
    context: str
    answers: tuple[tuple[int, int], ...]
    sentences: tuple[tuple[int, int], ...]
    right: tuple[int, ...]


def read_rows(paths: Sequence[Path]) -> list[Row]:
    """All rows of span-form and sentence-form files; broken ones are left out."""
    return [row for path in paths for line in _lines(path) for row in _rows_of(line)]


def _lines(path: Path) -> Iterator[Any]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _rows_of(line: Mapping[str, Any]) -> Iterator[Row]:
    if "sentences" in line:
        if line["source"] != "qed_nq_train":  # its rows are in span form, too
            yield _sentence_row(line)
        return
    if "answers" not in line:
        yield _yes_no_row(line)
        return
    context = line["context"]
    spans = tuple(sentence_spans(context))
    answers = tuple(
        sorted({(one["start"], one["start"] + len(one["text"])) for one in line["answers"]})
    )
    right = tuple(
        number
        for number, (start, end) in enumerate(spans)
        if any(start < answer_end and answer_start < end for answer_start, answer_end in answers)
    )
    if spans and bool(right) == (not line["is_impossible"]):
        yield Row(
            line["id"],
            line["source"],
            line.get("title") or "",
            line["question"],
            context,
            answers,
            spans,
            right,
        )


def _sentence_row(line: Mapping[str, Any]) -> Row:
    spans, end = [], 0
    for sentence in line["sentences"]:
        spans.append((end, end + len(sentence)))
        end += len(sentence) + 1
    right = tuple(number for number, label in enumerate(line["labels"]) if label)
    context = " ".join(line["sentences"])
    return Row(
        line["id"],
        line["source"],
        line.get("title") or "",
        line["question"],
        context,
        (),
        tuple(spans),
        right,
    )


def _yes_no_row(line: Mapping[str, Any]) -> Row:
    """A question of yes or no: that the passage decides it is known, where it does is not."""
    spans = tuple(sentence_spans(line["context"]))
    return Row(
        line["id"],
        line["source"],
        line["title"],
        line["question"],
        line["context"],
        (),
        spans,
        tuple(range(len(spans))),
    )


def sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    """The sentences of a text whose paragraphs end with a line."""
    start = 0
    for paragraph in text.split("\n"):
        for span in sentences(paragraph):
            yield start + span.start, start + span.end
        start += len(paragraph) + 1


def is_held_back(article: str) -> bool:
    """Whether an article is kept for the figures; the same at every run. Untitled: never."""
    return (
        bool(article)
        and hashlib.sha256(f"held back {article}".encode()).digest()[0] < 256 * HELD_BACK_SHARE
    )


def divided(rows: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """(to train on, held back) by whole article; what leaks from one to the other is dropped."""
    rows = list(rows)
    back = [row for row in rows if is_held_back(row.title)]
    secret = {key for row in back for key in _long_sentences(row)}
    asked = {folded(row.question) for row in back}
    train = [
        row
        for row in rows
        if not is_held_back(row.title)
        and folded(row.question) not in asked
        and secret.isdisjoint(_long_sentences(row))
    ]
    return train, back


def _long_sentences(row: Row) -> Iterator[str]:
    for start, end in row.sentences:
        words = folded(row.context[start:end])
        if words.count(" ") >= LEAKED_WORDS - 1:
            yield words


def folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
