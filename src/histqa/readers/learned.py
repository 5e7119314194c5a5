"""Question and hits -> evidence, by a model that reads, on top of nearness and shared words.

The model alone is worse than both together (benchmarks/RESULTS.md). The weights of the sum and
of the confidence stand in ``learned.json``, which ``training/fit_reader.py`` writes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import Self

from histqa.kinds import MARKED, Kind, holds, kind_of
from histqa.rarity import renderings_of, term_weights
from histqa.readers.models.spans import UNREAD
from histqa.readers.similarity import (
    Calibration,
    best_first,
    is_caption,
    scored_sentences,
    signals,
    with_bonus,
)
from histqa.stages import PassageModel, Store
from histqa.text import content_terms
from histqa.types import Evidence, Finding, Hit, Question, SentenceReading, Span

Readings = Mapping[tuple[str, Span], SentenceReading]
Texts = Mapping[tuple[str, Span], str]
"""What is known of each sentence in sight, by doc_id and span."""

# Sentences whose score is so much below the best one's are not worth quoting beside it: they were
# the padding of most answers (benchmarks/RESULTS.md). An answer of several parts has more that is.
WORTH_QUOTING, WORTH_GATHERING = 1.2, 2.0
# An exact answer is shown where it is likelier than none: three quarters of the answerable have one
# then, right in .84, and a fifth of the unanswerable (benchmarks/RESULTS.md).
SHORT_ODDS = 0.0
SEVERAL_PARTS = (Kind.WHY, Kind.LIST, Kind.COMPARISON)
"""Kinds whose answer may have several parts."""

MOST_SURE = 8.0
"""Log-odds beyond this are one and the same certainty."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much the two odds of the model add to a sentence's similarity score.

    ``unread``: what is added to sentences of hits that the model does not read.
    """

    sentence: float
    span: float
    unread: float
    confidence: Calibration

    @classmethod
    def shipped(cls) -> Self:
        """Those fitted on articles that the model was not trained on."""
        text = resources.files("histqa.readers").joinpath("learned.json").read_text("utf-8")
        stored = json.loads(text)
        confidence = Calibration(**stored.pop("confidence"))
        return cls(**stored, confidence=confidence)


@dataclass(frozen=True, slots=True)
class LearnedReader:
    """Lets ``model`` read the first ``passages`` hits; ``store`` tells how rare a word is."""

    store: Store
    model: PassageModel
    weights: Weights
    passages: int

    def read(self, question: Question, hits: Sequence[Hit]) -> Finding:
        """The sentences worth quoting, best first, with the exact answer where one is sought."""
        kind = kind_of(question.text)
        renderings = renderings_of(question.variants)
        rarity = term_weights(content_terms(question.text), self.store, renderings)
        similar = scored_sentences(question, hits, rarity)
        if not similar:
            return Finding((), 0.0)
        readings = sentence_readings(question, hits[: self.passages], self.model)
        texts = texts_of(hits)
        evidence = self._ranked(similar, readings)
        values = {
            **signals(question, hits, similar, rarity),
            **reading_signals(question, evidence, readings, texts),
        }
        worthy = evidence[0].score - (WORTH_GATHERING if kind in SEVERAL_PARTS else WORTH_QUOTING)
        kept = [_marked(piece, readings) for piece in evidence if piece.score >= worthy]
        confidence = self.weights.confidence.probability(values)
        return Finding(best_first(with_bonus(kept, hits)), confidence)

    def _ranked(self, similar: Sequence[Evidence], readings: Readings) -> tuple[Evidence, ...]:
        evidence = []
        for piece in similar:
            reading = readings.get((piece.doc_id, piece.span))
            added = self.weights.unread
            if reading is not None and reading is not UNREAD:
                added = self._worth(reading)
            short = reading.span if reading else None
            evidence.append(replace(piece, score=piece.score + added, short=short))
        return best_first(evidence)

    def _worth(self, reading: SentenceReading) -> float:
        return self.weights.sentence * squashed(reading.sentence_odds) + (
            self.weights.span * squashed(reading.span_odds)
        )


def sentence_readings(question: Question, hits: Sequence[Hit], model: PassageModel) -> Readings:
    """What ``model`` makes of every sentence of ``hits``, by reading and span."""
    passages = [hit.passage for hit in hits]
    return {
        (passage.doc_id, sentence): reading
        for passage, found in zip(passages, model.read(question.as_found, passages), strict=True)
        for sentence, reading in zip(passage.sentences, found, strict=True)
    }


def _marked(piece: Evidence, readings: Readings) -> Evidence:
    """``piece``, without its exact answer where the model is not sure enough of that."""
    reading = readings.get((piece.doc_id, piece.span), UNREAD)
    return piece if reading.span_odds > SHORT_ODDS else replace(piece, short=None)


def texts_of(hits: Sequence[Hit]) -> Texts:
    """The text of every sentence of ``hits``, by reading and span."""
    return {
        (hit.passage.doc_id, sentence): hit.passage.sentence_text(sentence)
        for hit in hits
        for sentence in hit.passage.sentences
    }


def reading_signals(
    question: Question,
    evidence: Sequence[Evidence],
    readings: Readings,
    texts: Texts,
) -> dict[str, float]:
    """What the model says of the whole: its best odds, and those of the sentence ranked first.

    Odds are bounded by MOST_SURE and divided by it: -1 to 1. ``holds``: whether the exact answer
    in the first sentence has the date or number that is asked for. A caption names somebody and
    says nothing: only where there is nothing else is it asked.
    """
    kind = kind_of(question.text)
    said = [one for one in evidence if not is_caption(kind, texts[one.doc_id, one.span])]
    said = said or list(evidence)
    first = said[0]
    reading = readings.get((first.doc_id, first.span), UNREAD)
    known = [readings.get((piece.doc_id, piece.span), UNREAD) for piece in said]
    return {
        "sentence_odds": max(squashed(one.sentence_odds) for one in known),
        "span_odds": max(squashed(one.span_odds) for one in known),
        "first_sentence_odds": squashed(reading.sentence_odds),
        "first_span_odds": squashed(reading.span_odds),
        "holds": float(kind not in MARKED or holds(kind, short_text(first, texts))),
    }


def short_text(piece: Evidence, texts: Texts) -> str:
    """The exact answer of ``piece``, "" where none is marked."""
    if piece.short is None:
        return ""
    text = texts[piece.doc_id, piece.span]
    return text[piece.short.start - piece.span.start : piece.short.end - piece.span.start]


def squashed(odds: float) -> float:
    """Log-odds as a number in -1..1 that grows evenly up to MOST_SURE."""
    return math.copysign(min(abs(odds), MOST_SURE), odds) / MOST_SURE
