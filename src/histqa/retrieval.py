"""Question -> Hits: dense and lexical search fused on normalised scores, re-ordered by sentence."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest

import numpy as np

from histqa.errors import QuestionError
from histqa.periods import overlap, periods_in
from histqa.rarity import coverage, renderings_of, searched_terms, term_weights
from histqa.stages import Embedder, Store
from histqa.text import content_terms, terms
from histqa.types import Document, Hit, Passage, Period, Question

# The parts of a hit's score, which add up to 1; fitted on questions over histories, so that right
# passages come first (benchmarks/RESULTS.md). Fusion alone loses how near the nearest passage is.
FUSED_SHARE, DENSE_SHARE, SENTENCE_SHARE, COVERAGE_SHARE = 0.25, 0.30, 0.35, 0.10
# What a passage gains that names a time within the question's (benchmarks/RESULTS.md). Nothing is
# lowered: in a why-question the time is that of the event, and motives are earlier or undated.
PERIOD_BONUS = 0.15


@dataclass(frozen=True, slots=True)
class HybridRetriever:
    """Searches one store; ``dense_weight`` in 0..1 is the share of the dense score."""

    store: Store
    embedder: Embedder
    candidates: int
    dense_weight: float
    hits: int

    def retrieve(self, question: Question) -> tuple[Hit, ...]:
        """At most ``hits`` passages, best first, ties broken by (doc_id, start)."""
        within = None
        if question.readings:  # listing thousands of readings takes longer than searching them
            within = doc_ids_of(question.readings, self.store.documents())
        vector = self.embedder.embed([question.as_found])[0]
        dense = dict(self.store.nearest(vector, self.candidates, within=within))
        words = searched_terms(question)
        lexical = dict(self.store.matching(words, self.candidates, within=within))
        fused = fuse(dense, lexical, dense_weight=self.dense_weight)
        chosen = self._best(fused, 2 * self.hits)
        similarities = self.store.similarities(vector, list(chosen))
        renderings = renderings_of(question.variants)
        rarity = term_weights(content_terms(question.text), self.store, renderings)
        found = [
            _hit(
                passage,
                fused[passage_id],
                similarity,
                lexical.get(passage_id, 0.0),
                coverage(terms(passage.searched_text), rarity, renderings),
            )
            for (passage_id, passage), similarity in zip(chosen.items(), similarities, strict=True)
        ]
        if question.periods:
            found = [_raised(hit, question.periods) for hit in found]
        found.sort(
            key=lambda hit: (-hit.score - hit.bonus, hit.passage.doc_id, hit.passage.span.start)
        )
        return tuple(found[: self.hits])

    def _best(self, fused: Mapping[int, float], count: int) -> dict[int, Passage]:
        """The ``count`` best by id; of those that tie at the cut, the first by (doc_id, start)."""
        least = min(nlargest(count, fused.values()), default=0.0)
        ids = [passage_id for passage_id, score in fused.items() if score >= least]
        ranked = sorted(
            zip(ids, self.store.passages(ids), strict=True),
            key=lambda pair: (-fused[pair[0]], pair[1].doc_id, pair[1].span.start),
        )
        return dict(ranked[:count])


def doc_ids_of(readings: Sequence[str], documents: Sequence[Document]) -> Collection[str] | None:
    """The doc_ids that ``readings`` name by id, path, file name, title or folder; None for all.

    Capitals do not count. Raises QuestionError for a name that fits no reading.
    """
    if not readings:
        return None
    chosen: set[str] = set()
    for name in readings:
        fitting = {document.doc_id for document in documents if _is_named(name, document)}
        if not fitting:
            units = sorted({document.unit for document in documents if document.unit})
            known = [*units, *sorted(document.path for document in documents)][:8]
            raise QuestionError(
                f"no reading or folder is named {name!r}; some that are: {', '.join(known)}",
                "no_such_reading",
                reading=name,
            )
        chosen |= fitting
    return chosen


def _is_named(name: str, document: Document) -> bool:
    wanted, unit = name.casefold().strip("/"), document.unit.casefold()
    file_name = document.path.rpartition("/")[2]
    names = (document.doc_id, document.path, file_name, document.title)
    return wanted in (unit, *(known.casefold() for known in names)) or unit.startswith(f"{wanted}/")


def fuse(
    dense: Mapping[int, float], lexical: Mapping[int, float], *, dense_weight: float
) -> dict[int, float]:
    """Convex sum of min-max normalised scores (Bruch et al. 2023, arXiv:2210.11934), in 0..1.

    A passage that only one search found has the other's lowest score: it can be no better.
    """
    dense_part, lexical_part = _normalised(dense), _normalised({**lexical, -1: 0.0})
    return {
        passage_id: dense_weight * dense_part.get(passage_id, 0.0)
        + (1.0 - dense_weight) * lexical_part.get(passage_id, 0.0)
        for passage_id in {*dense, *lexical}
    }


def _normalised(scores: Mapping[int, float]) -> dict[int, float]:
    if not scores:
        return {}
    values = np.fromiter(scores.values(), dtype=np.float64)
    low, high = float(values.min()), float(values.max())
    width = (high - low) or 1.0
    return {key: (score - low) / width for key, score in scores.items()}


def _hit(
    passage: Passage,
    fused: float,
    similarity: tuple[float, tuple[float, ...]],
    lexical: float,
    covered: float,
) -> Hit:
    dense, sentence_dense = similarity
    score = (
        FUSED_SHARE * fused
        + DENSE_SHARE * nearness(dense)
        + SENTENCE_SHARE * nearness(*sentence_dense)
        + COVERAGE_SHARE * covered
    )
    return Hit(passage, score, dense, lexical, sentence_dense)


def nearness(*cosines: float) -> float:
    """The greatest of some cosines, in 0..1: a vector in half floats may be longer than 1."""
    return min(1.0, max(0.0, *cosines))


def _raised(hit: Hit, periods: Sequence[Period]) -> Hit:
    """The hit, with PERIOD_BONUS where its passage names a time within ``periods``."""
    fits = overlap(periods_in(hit.passage.text), periods)
    return replace(hit, bonus=PERIOD_BONUS) if fits else hit
