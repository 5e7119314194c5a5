"""A search that ranks by score alone -> its best with ties broken by rule, also at the cut."""

from __future__ import annotations

from collections.abc import Callable

Found = list[tuple[int, float]]

# Scores that agree to so many digits are ties: sums of floats differ in their last digits with
# the processor and the order of adding.
DENSE_DIGITS = 6
LEXICAL_DIGITS = 9

_SPARE = 16


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
