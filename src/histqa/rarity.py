"""Words of a question -> how much each tells, and how much of that a text holds."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

from histqa.stages import Store
from histqa.text import content_terms
from histqa.types import Question, Variant

Renderings = Sequence[tuple[frozenset[str], frozenset[str]]]
"""Terms that are asked for, with the terms that together stand for them in the readings."""


def renderings_of(variants: Sequence[Variant]) -> Renderings:
    """The terms of each variant."""
    return tuple(
        (frozenset(content_terms(one.asked)), frozenset(content_terms(one.found)))
        for one in variants
    )


def searched_terms(question: Question) -> tuple[str, ...]:
    """The distinct terms of the question that carry meaning, then those of its variants."""
    texts = (question.text, *(variant.found for variant in question.variants))
    return tuple(dict.fromkeys(term for text in texts for term in content_terms(text)))


def term_weights(
    words: Sequence[str], store: Store, renderings: Renderings = ()
) -> dict[str, float]:
    """How rare each of ``words`` is among the passages: BM25's idf, log(1 + (N-n+.5)/(n+.5)).

    A word that stands in no passage keeps its high weight: its absence is evidence. One that has
    another rendering is as frequent as that, if that is more frequent.
    """
    frequencies = dict(zip(words, store.document_frequencies(words), strict=True))
    for asked, found in renderings:
        rarest = min(store.document_frequencies(sorted(found)), default=0)
        frequencies |= {term: max(frequencies.get(term, 0), rarest) for term in asked}
    count = store.passage_count()
    return {word: _weight(frequencies[word], count) for word in words}


def _weight(frequency: int, count: int) -> float:
    return math.log(1.0 + (count - frequency + 0.5) / (frequency + 0.5))


def coverage(
    words: Collection[str], rarity: Mapping[str, float], renderings: Renderings = ()
) -> float:
    """The share, in 0..1, of the question's weighted terms that are among ``words``.

    A term that is asked for is also held by words that have another rendering of it.
    """
    held = set(words)
    for asked, found in renderings:
        if found <= held:
            held |= asked
    total = sum(rarity.values())
    return sum(weight for word, weight in rarity.items() if word in held) / total if total else 0.0
