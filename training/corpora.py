"""Span-form QA lines -> small corpora, one a title; each paragraph is a reading of its own."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from histqa.chunking import passages
from histqa.settings import Settings
from histqa.stages import Embedder
from histqa.stores.records import Reading
from histqa.types import Document

LEAST_PARAGRAPHS = 12


@dataclass(frozen=True, slots=True)
class Corpus:
    """Some paragraphs, each with its title, and the rows whose questions are asked of them."""

    title: str
    paragraphs: tuple[tuple[str, str], ...]
    rows: list[Any]


def read_corpora(
    paths: Sequence[Path],
    questions: int,
    titles: int,
    is_wanted: Callable[[str], bool] = bool,
) -> dict[str, Corpus]:
    """Title -> its corpus, for titles with enough paragraphs; the same rows at every run."""
    rows = rows_by_title(paths, is_wanted)
    chosen = sorted(
        title
        for title, found in rows.items()
        if title and len({row["context"] for row in found}) >= LEAST_PARAGRAPHS
    )
    random.Random(1).shuffle(chosen)
    sampler = random.Random(2)
    return {
        title: Corpus(
            title,
            paragraphs_of(rows[title]),
            sampler.sample(rows[title], min(questions, len(rows[title]))),
        )
        for title in chosen[:titles]
    }


def pooled_corpus(
    paths: Sequence[Path], questions: int, paragraphs: int, is_wanted: Callable[[str], bool]
) -> Corpus:
    """Paragraphs of as many titles as there are, and some questions about them."""
    rows = [row for found in rows_by_title(paths, is_wanted).values() for row in found]
    chosen = list(paragraphs_of(rows))
    random.Random(3).shuffle(chosen)
    kept = set(chosen[:paragraphs])
    asked = [row for row in rows if (row["title"], folded(row["context"])) in kept]
    sampler = random.Random(4)
    return Corpus("", tuple(sorted(kept)), sampler.sample(asked, min(questions, len(asked))))


def rows_by_title(paths: Sequence[Path], is_wanted: Callable[[str], bool]) -> dict[str, list[Any]]:
    """The rows of the files under their titles, for those titles that are wanted."""
    rows: dict[str, list[Any]] = defaultdict(list)
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if is_wanted(row["title"]):
                    rows[row["title"]].append(row)
    return rows


def paragraphs_of(rows: Sequence[Any]) -> tuple[tuple[str, str], ...]:
    """The distinct paragraphs of ``rows``, each as (title, text)."""
    return tuple(dict.fromkeys((row["title"], folded(row["context"])) for row in rows))


def readings_of(corpus: Corpus, embedder: Embedder) -> list[Reading]:
    """Each paragraph as a reading of its own, so that a question can be asked without it."""
    documents = [
        Document(doc_id_of(text), f"{doc_id_of(text)}.txt", text, title)
        for title, text in corpus.paragraphs
    ]
    found = [passages(document, max_words=Settings().passage_words) for document in documents]
    searched = [piece.searched_text for pieces in found for piece in pieces]
    sentences = [
        piece.sentence_text(span)
        for pieces in found
        for piece in pieces
        for span in piece.sentences
    ]
    passage_vectors = iter(embedder.embed(searched))
    sentence_vectors = iter(embedder.embed(sentences))
    return [
        Reading(
            document,
            pieces,
            np.stack([next(passage_vectors) for _ in pieces]),
            np.stack([next(sentence_vectors) for piece in pieces for _ in piece.sentences]),
        )
        for document, pieces in zip(documents, found, strict=True)
    ]


def folded(text: str) -> str:
    """``text`` in one line, blanks single."""
    return " ".join(text.split())


def doc_id_of(text: str) -> str:
    """A name for a paragraph."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]
