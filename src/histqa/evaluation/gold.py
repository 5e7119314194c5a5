"""A test question and the readings -> where its expectation stands, and what is relevant."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from histqa.evaluation.readings import Place, Readings
from histqa.evaluation.records import ExamQuestion, Ranking
from histqa.types import Hit


@dataclass(frozen=True, slots=True)
class Gold:
    """What is relevant to one question; empty parts where the file does not say.

    ``named``: the doc_ids that the expected document's name fits. ``groups``: for each group of
    expected quotes, the places where any of them stands. ``pages``: (doc_id, page name);
    ``passages``: (doc_id, start).
    """

    named: tuple[str, ...]
    groups: tuple[tuple[Place, ...], ...]
    documents: frozenset[str]
    pages: frozenset[tuple[str, str]]
    passages: frozenset[tuple[str, int]]

    @property
    def places(self) -> tuple[Place, ...]:
        """Those of all groups."""
        return tuple(place for group in self.groups for place in group)


def gold_of(question: ExamQuestion, readings: Readings) -> Gold:
    """Quotes are looked for in the expected document, in all readings where it is not known."""
    named = readings.named(question.document) if question.document else ()
    groups = tuple(
        tuple(place for quote in group for place in readings.places(quote, within=named))
        for group in question.quote_groups
    )
    places = [place for group in groups for place in group]
    documents = frozenset(named or (place.doc_id for place in places))
    if question.pages:
        pages = {(doc_id, page) for doc_id in documents for page in question.pages}
    else:
        pages = {
            (place.doc_id, page)
            for place in places
            for page in readings.pages_of(place.doc_id, place.span)
        }
    passages = readings.passages_at(places)
    return Gold(
        named=named,
        groups=groups,
        documents=documents,
        pages=frozenset(pages),
        passages=frozenset((passage.doc_id, passage.span.start) for passage in passages),
    )


def rankings(gold: Gold, hits: Sequence[Hit], readings: Readings) -> tuple[Ranking, ...]:
    """The ranks of relevant documents, pages and passages; only units that have relevant ones.

    A document or page has the rank of its first passage, counted among distinct ones.
    """
    passages = [hit.passage for hit in hits]
    retrieved: tuple[tuple[str, Iterable[Hashable], frozenset[Hashable]], ...] = (
        ("documents", [passage.doc_id for passage in passages], frozenset(gold.documents)),
        (
            "pages",
            [
                (passage.doc_id, page)
                for passage in passages
                for page in readings.pages_of(passage.doc_id, passage.span)
            ],
            frozenset(gold.pages),
        ),
        (
            "passages",
            [(passage.doc_id, passage.span.start) for passage in passages],
            frozenset(gold.passages),
        ),
    )
    return tuple(_ranking(*unit) for unit in retrieved if unit[2])


def _ranking(unit: str, retrieved: Iterable[Hashable], relevant: frozenset[Hashable]) -> Ranking:
    distinct = tuple(dict.fromkeys(retrieved))
    ranks = tuple(rank for rank, found in enumerate(distinct, 1) if found in relevant)
    return Ranking(unit, ranks, len(relevant), len(distinct))
