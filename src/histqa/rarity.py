"""Words of a question -> how much each tells, and how much of that a text holds."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

from histqa.stages import Store


def term_weights(words: Sequence[str], store: Store) -> dict[str, float]:
    """How rare each of ``words`` is among the passages: BM25's idf, log(1 + (N-n+.5)/(n+.5)).

    A word that stands in no passage keeps its high weight: its absence is evidence.
    """
    count = store.passage_count()
    return {
        word: math.log(1.0 + (count - frequency + 0.5) / (frequency + 0.5))
        for word, frequency in zip(words, store.document_frequencies(words), strict=True)
    }


def coverage(words: Collection[str], rarity: Mapping[str, float]) -> float:
    """The share, in 0..1, of the question's weighted terms that are among ``words``."""
    total = sum(rarity.values())
    return sum(weight for word, weight in rarity.items() if word in words) / total if total else 0.0
