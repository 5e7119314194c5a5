"""Texts -> vectors that are near where words are shared: fast, no model, for tests and trials."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from math import log

import numpy as np

from histqa.stages import Vectors
from histqa.text import FUNCTION_WORDS, terms

_DIMENSION = 512
_FUNCTION_WEIGHT = 0.1
_SCHEME = f"signed feature hashing, blake2b, {_DIMENSION} places, function words {_FUNCTION_WEIGHT}"
_FUNCTION_TERMS = frozenset(term for word in FUNCTION_WORDS for term in terms(word))


class HashingEmbedder:
    """An ``Embedder`` that adds up one place of the vector for each term (Weinberger 2009).

    A term weighs 1 + log(how often), a tenth of that if it is a function word. Place 0 is kept
    for texts without any term, so that every vector has length 1.
    """

    @property
    def name(self) -> str:
        """What the manifest records."""
        return "hashing"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the scheme."""
        return hashlib.sha256(_SCHEME.encode("utf-8")).hexdigest()

    @property
    def dimension(self) -> int:
        """Length of each vector."""
        return _DIMENSION

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension), in the order of ``texts``."""
        vectors = np.zeros((len(texts), _DIMENSION), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for term, often in Counter(terms(text)).items():
                place, sign = _place(term)
                row[place] += sign * _weight(term) * (1 + log(often))
            if not row.any():
                row[0] = 1.0
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


def _weight(term: str) -> float:
    return _FUNCTION_WEIGHT if term in _FUNCTION_TERMS else 1.0


@lru_cache(maxsize=100_000)
def _place(term: str) -> tuple[int, float]:
    number = int.from_bytes(hashlib.blake2b(term.encode("utf-8"), digest_size=8).digest(), "big")
    return 1 + (number >> 1) % (_DIMENSION - 1), 1.0 if number & 1 else -1.0
