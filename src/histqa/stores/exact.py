"""The plainest store: numpy over everything, in memory. The oracle of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from math import log

import numpy as np

from histqa.stages import Vectors
from histqa.stores.ranking import DENSE_DIGITS, LEXICAL_DIGITS, Found, best, cosines
from histqa.stores.records import Reading, spelling_counts
from histqa.text import terms as terms_of
from histqa.types import Document, Passage

# What SQLite's FTS5 uses: https://sqlite.org/fts5.html#the_bm25_function
_K1 = 1.2
_B = 0.75
_LEAST_WEIGHT = 1e-6


class ExactStore:
    """A ``Store`` that computes every score for every question; ids count from 1 as added."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        self._documents = {reading.document.doc_id: reading.document for reading in readings}
        if len(self._documents) != len(readings):
            raise ValueError("two readings have the same doc_id")
        entries = [entry for reading in readings for entry in _entries(reading)]
        numbered = sorted(enumerate(entries, 1), key=lambda pair: _place(pair[1][0], pair[0]))
        self._ids = [number for number, _ in numbered]
        self._passages = [passage for _, (passage, _, _) in numbered]
        self._vectors = [vector for _, (_, vector, _) in numbered]
        self._sentences = [sentences for _, (_, _, sentences) in numbered]
        self._counts = [Counter(terms_of(passage.searched_text)) for passage in self._passages]
        self._spellings: Counter[str] = Counter()
        for reading in readings:
            self._spellings += spelling_counts(reading.passages)
        self._place_of = {number: place for place, number in enumerate(self._ids)}

    @property
    def generation(self) -> int:
        """Always 1: this store cannot be updated."""
        return 1

    def documents(self) -> tuple[Document, ...]:
        """All readings sorted by path, *without* text, pages, headings and repairs."""
        ordered = sorted(self._documents.values(), key=lambda document: document.path)
        return tuple(
            replace(document, text="", pages=(), headings=(), repairs=()) for document in ordered
        )

    def document(self, doc_id: str) -> Document:
        """One reading, whole. Raises KeyError for an unknown id."""
        return self._documents[doc_id]

    def nearest(
        self, vector: Vectors, count: int, *, within: Collection[str] | None = None
    ) -> tuple[tuple[int, float], ...]:
        """The ids and cosines of the passages nearest to ``vector`` (shape (dimension,))."""
        scores = {place: float(self._vectors[place] @ vector) for place in self._places(within)}
        return self._best(scores, count, DENSE_DIGITS)

    def matching(
        self, terms: Sequence[str], count: int, *, within: Collection[str] | None = None
    ) -> tuple[tuple[int, float], ...]:
        """The ids and BM25 scores (above 0) of passages with any of ``terms``, best first.

        A term that is asked twice counts once.
        """
        scores = {
            place: self._bm25(set(terms), self._counts[place])
            for place in self._places(within)
            if not self._counts[place].keys().isdisjoint(terms)
        }
        return self._best(scores, count, LEXICAL_DIGITS)

    def document_frequencies(self, terms: Sequence[str]) -> tuple[int, ...]:
        """In how many passages (searched text) each of ``terms`` occurs."""
        return tuple(sum(term in counts for counts in self._counts) for term in terms)

    def spellings(self) -> tuple[tuple[str, int], ...]:
        """Every word as written, sorted, and how many passages write it so."""
        return tuple(sorted(self._spellings.items()))

    def passage_count(self) -> int:
        """How many passages there are in all."""
        return len(self._passages)

    def passages(self, ids: Sequence[int]) -> tuple[Passage, ...]:
        """The passages with these ids, in the order asked. Raises KeyError for an unknown id."""
        return tuple(self._passages[self._place_of[passage_id]] for passage_id in ids)

    def similarities(
        self, vector: Vectors, ids: Sequence[int]
    ) -> tuple[tuple[float, tuple[float, ...]], ...]:
        """Per passage id: cosine of ``vector`` with the passage and with each of its sentences."""
        places = [self._place_of[passage_id] for passage_id in ids]
        return tuple(
            (
                cosines(self._vectors[place][np.newaxis], vector)[0],
                tuple(cosines(self._sentences[place], vector)),
            )
            for place in places
        )

    def close(self) -> None:
        """Nothing to let go of."""

    def _places(self, within: Collection[str] | None) -> list[int]:
        return [
            place
            for place, passage in enumerate(self._passages)
            if within is None or passage.doc_id in within
        ]

    def _best(
        self, scores: dict[int, float], count: int, digits: int
    ) -> tuple[tuple[int, float], ...]:
        def search(wanted: int) -> Found:
            return sorted(scores.items(), key=lambda pair: -pair[1])[:wanted]

        found = best(search, count, digits=digits)
        return tuple((self._ids[place], score) for place, score in found)

    def _bm25(self, terms: Collection[str], counts: Counter[str]) -> float:
        average = sum(other.total() for other in self._counts) / len(self._counts)
        score = 0.0
        for term in sorted(terms):
            holders = sum(term in other for other in self._counts)
            weight = log((len(self._counts) - holders + 0.5) / (holders + 0.5))
            weight = weight if weight > 0 else _LEAST_WEIGHT
            often, length = counts[term], counts.total()
            score += weight * often * (_K1 + 1) / (often + _K1 * (1 - _B + _B * length / average))
        return score


def _entries(reading: Reading) -> list[tuple[Passage, Vectors, Vectors]]:
    """Each passage with its vector and those of its sentences, as half floats like every store."""
    passage_vectors, sentence_vectors = (
        vectors.astype(np.float16).astype(np.float32)
        for vectors in (reading.passage_vectors, reading.sentence_vectors)
    )
    ends = np.cumsum([len(passage.sentences) for passage in reading.passages])[:-1]
    groups = np.split(sentence_vectors, ends) if reading.passages else []
    return list(zip(reading.passages, passage_vectors, groups, strict=True))


def _place(passage: Passage, number: int) -> tuple[str, int, int]:
    return passage.doc_id, passage.span.start, number
