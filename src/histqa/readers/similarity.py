"""Question and hits -> evidence, without a network: nearness in meaning and shared rare words.

This is the floor that a learned reader has to beat. Its weights stand in ``similarity.json``,
which ``training/fit_similarity.py`` writes.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import Self

from histqa.kinds import MARKED, Kind, holds, kind_of
from histqa.rarity import coverage, renderings_of, term_weights
from histqa.stages import Store
from histqa.text import content_terms, names_of, terms
from histqa.types import Evidence, Finding, Hit, Question

# A sentence's score is its passage's, plus its own cosine, plus these shares (RESULTS.md).
COVERAGE_SHARE, CUE_SHARE = 0.3, 0.1
# A caption names and says nothing: it is quoted only where no sentence is as near (RESULTS.md).
CAPTION_PENALTY, CAPTION_WORDS = 1.8, 12
# Sentences whose score is so much below the best one's are not worth quoting beside it.
WORTH_QUOTING = 0.5

# Behind the end mark there may be quotation marks and marks of notes: 1893.”[3], 1893. », 1893.7
_ENDS = re.compile(r"[.!?:;…。！？؟।](?:[\"'’”»«›‹)\]]| »|\[\w{1,3}\]|[¹²³⁰-⁹*†‡])*\d{0,3}$")
_ASKS = re.compile(r"\?[\"'’”)\]]*$")


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logistic regression from signals to the probability that the readings answer.

    ``weights`` maps the names that ``signals`` gives to their weight; ``bias`` is added.
    """

    weights: Mapping[str, float]
    bias: float

    @classmethod
    def shipped(cls) -> Self:
        """The one fitted on paragraphs with answerable and unanswerable questions."""
        stored = json.loads(
            resources.files("histqa.readers").joinpath("similarity.json").read_text("utf-8")
        )
        return cls(stored["weights"], stored["bias"])

    def probability(self, values: Mapping[str, float]) -> float:
        """Between 0 and 1."""
        total = self.bias + sum(weight * values[name] for name, weight in self.weights.items())
        return 1.0 / (1.0 + math.exp(-total))


@dataclass(frozen=True, slots=True)
class SimilarityReader:
    """Scores every sentence in sight; ``store`` tells how rare a word is."""

    store: Store
    calibration: Calibration

    def read(self, question: Question, hits: Sequence[Hit]) -> Finding:
        """The sentences worth quoting, best first; a question in the text answers nothing."""
        renderings = renderings_of(question.variants)
        rarity = term_weights(content_terms(question.text), self.store, renderings)
        evidence = scored_sentences(question, hits, rarity)
        if not evidence:
            return Finding((), 0.0)
        confidence = self.calibration.probability(signals(question, hits, evidence, rarity))
        worthy = evidence[0].score - WORTH_QUOTING
        kept = [piece for piece in evidence if piece.score >= worthy]
        return Finding(best_first(with_bonus(kept, hits)), confidence)


def scored_sentences(
    question: Question, hits: Sequence[Hit], rarity: Mapping[str, float]
) -> tuple[Evidence, ...]:
    """Every sentence of the hits that is not itself a question, best first."""
    kind = kind_of(question.text)
    renderings = renderings_of(question.variants)
    evidence = []
    for hit in hits:
        passage = hit.passage
        lead = {*terms(passage.title), *terms(passage.heading)}
        for sentence, dense in zip(passage.sentences, hit.sentence_dense, strict=True):
            text = passage.sentence_text(sentence)
            if _ASKS.search(text):
                continue
            score = (
                hit.score
                + dense
                + COVERAGE_SHARE * coverage(lead.union(terms(text)), rarity, renderings)
                + CUE_SHARE * (kind in MARKED and holds(kind, text))
                - CAPTION_PENALTY * is_caption(kind, text)
            )
            evidence.append(Evidence(passage.doc_id, sentence, score))
    return best_first(evidence)


def with_bonus(evidence: Sequence[Evidence], hits: Sequence[Hit]) -> list[Evidence]:
    """The time of a question orders what is quoted: it drops nothing and proves nothing."""
    bonus = {
        (hit.passage.doc_id, span): hit.bonus for hit in hits for span in hit.passage.sentences
    }
    return [
        replace(piece, score=piece.score + bonus[piece.doc_id, piece.span]) for piece in evidence
    ]


def best_first(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """By score; ties by reading and place."""
    return tuple(sorted(evidence, key=lambda piece: (-piece.score, piece.doc_id, piece.span)))


def signals(
    question: Question,
    hits: Sequence[Hit],
    evidence: Sequence[Evidence],
    rarity: Mapping[str, float],
) -> dict[str, float]:
    """What tells an answerable question from one that only sounds near, each about 0..2.

    top: the best sentence's score; lead: by how much it leads the fifth; dense: the best cosine;
    coverage: the best share of the question's rare words in a sentence; names: the share of the
    question's names in the passage (with title and heading) of the best sentence.
    """
    renderings = renderings_of(question.variants)
    name_terms = {term for name in names_of(question.text) for term in terms(name)}
    names = {term: weight for term, weight in rarity.items() if term in name_terms}
    best, fifth = evidence[0], evidence[min(4, len(evidence) - 1)]
    home = next(
        hit.passage
        for hit in hits
        if hit.passage.doc_id == best.doc_id and best.span in hit.passage.sentences
    )
    return {
        "top": best.score,
        "lead": best.score - fifth.score,
        "dense": max(dense for hit in hits for dense in hit.sentence_dense),
        "coverage": max(
            coverage(terms(hit.passage.sentence_text(sentence)), rarity, renderings)
            for hit in hits
            for sentence in hit.passage.sentences
        ),
        "names": coverage(terms(home.searched_text), names, renderings) if names else 1.0,
    }


def is_caption(kind: Kind, text: str) -> bool:
    """Whether it is short and has no end mark, as what stands below a picture or above a text.

    A line with the date or number that is asked for says something: a timeline has no end marks.
    """
    is_short = not _ENDS.search(text) and len(text.split()) <= CAPTION_WORDS
    return is_short and not (kind in MARKED and holds(kind, text))
