"""Scores -> the best, ties broken by rule, also at the cut; cosines that tie where they must."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from histqa.stages import Vectors

Found = list[tuple[int, float]]

# Scores that agree to so many digits are ties: sums of floats differ in their last digits with
# the processor and the order of adding.
DENSE_DIGITS = 6
LEXICAL_DIGITS = 9

_SPARE = 16


def cosines(vectors: Vectors, vector: Vectors) -> list[float]:
    """The cosine of ``vector`` with each row of ``vectors``: equal rows have equal ones.

    In single precision the last digits would depend on the row's place among the others.
    """
    exact = (vectors.astype(np.float64) @ vector).tolist()
    return [round(cosine, DENSE_DIGITS) for cosine in exact]


def best(search: Callable[[int], Found], count: int, *, digits: int) -> Found:
    """The ``count`` best (place, score) by (-score rounded to ``digits``, place).

    ``search(n)`` gives its n best (place, score), best first by score, in any order among ties;
    fewer than n mean that there are no more. Places count passages in the order of (doc_id,
    start), so that the lower place wins a tie.
    """
    if count < 1:
        return []
    wanted = count + _SPARE
    while True:
        found = [(place, round(score, digits)) for place, score in search(wanted)]
        if len(found) < wanted or found[-1][1] < found[count - 1][1]:
            return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:count]
        wanted *= 4
