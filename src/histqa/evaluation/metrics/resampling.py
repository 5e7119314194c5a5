"""Intervals of figures, and whether two runs differ by more than chance."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

SEED = 20_240_229
RESAMPLES = 1000
PERMUTATIONS = 10_000
_Z = 1.959963984540054  # 95 % of a normal distribution lie within so many deviations

CELLS = 2_000_000  # drawn at once: bounds the memory, whatever the number of questions

Rows = npt.NDArray[np.int64]
Matrix = npt.NDArray[np.float64]


def resamples(count: int, *, times: int = RESAMPLES, seed: int = SEED) -> Iterator[Rows]:
    """``times`` samples of ``count`` rows with replacement, in blocks of shape (some, count)."""
    generator = np.random.default_rng(seed)
    size = max(1, min(times, CELLS // max(count, 1)))
    for start in range(0, times, size):
        yield generator.integers(0, count, (min(size, times - start), count))


def share_interval(share: float, count: int) -> tuple[float, float]:
    """95 % interval of the share of ``count`` (at least 1) cases of which each is 0 or 1.

    With z = 1.96: (p + z²/2n ± z sqrt(p(1 - p)/n + z²/4n²)) / (1 + z²/n). Where all cases are
    alike, resampling them would show no doubt at all. Source: Wilson 1927; Brown, Cai and DasGupta
    2001.
    """
    spread = _Z**2 / count
    middle = share + spread / 2
    half = math.sqrt(spread * share * (1 - share) + spread**2 / 4)
    low, high = (middle - half) / (1 + spread), (middle + half) / (1 + spread)
    # The ends are exact where all are alike, whatever floats make of them.
    return (low if share > 0 else 0.0), (high if share < 1 else 1.0)


def mean_intervals(values: Matrix) -> Matrix:
    """95 % percentile intervals of the column means, NaN cells left out; shape (2, columns).

    ``values``: one row a question, one column a metric. Source: Efron 1979; Efron and Tibshirani
    1993, ch. 13.
    """
    count = len(values)
    if count == 1:
        return np.repeat(values, 2, axis=0)
    known = ~np.isnan(values)
    filled = np.where(known, values, 0.0)
    means = []
    for block in resamples(count):
        places = block + count * np.arange(len(block))[:, None]
        flat = np.bincount(places.ravel(), minlength=block.size)
        weights = flat.reshape(block.shape).astype(np.float64)
        with np.errstate(invalid="ignore"):
            means.append((weights @ filled) / (weights @ known))
    return _interval(np.concatenate(means))


def statistic_interval(statistic: Callable[[Rows], float], count: int) -> tuple[float, float]:
    """The same for any figure of a set of rows, such as an AUC; NaN results are left out."""
    values = [[statistic(rows)] for block in resamples(count) for rows in block]
    low, high = _interval(np.array(values))[:, 0]
    return float(low), float(high)


def percentile(values: Matrix, share: float) -> float:
    """The value that ``share`` percent are at most, between neighbours in proportion.

    As numpy's (Hyndman and Fan 1996, type 7), without its cost on few values.
    """
    place = (len(values) - 1) * share / 100
    below = int(place)
    ordered = np.sort(values)
    above = min(below + 1, len(values) - 1)
    return float(ordered[below] + (ordered[above] - ordered[below]) * (place - below))


def _interval(values: Matrix) -> Matrix:
    found = np.full((2, values.shape[1]), np.nan)
    for column in range(values.shape[1]):
        known = values[:, column][~np.isnan(values[:, column])]
        if len(known):
            found[:, column] = np.percentile(known, (2.5, 97.5))
    return found


def randomisation_p(
    old: Sequence[float], new: Sequence[float], *, times: int = PERMUTATIONS, seed: int = SEED
) -> float:
    """Two-sided p of the paired randomisation test on the mean difference.

    In each permutation every pair is swapped or not by a fair coin:
    p = (1 + |permutations with |mean| >= |observed mean||) / (1 + times). Source: Fisher 1935;
    Smucker et al. 2007 (CIKM) for retrieval.
    """
    differences = np.asarray(new, dtype=np.float64) - np.asarray(old, dtype=np.float64)
    differences = differences[differences != 0.0]
    if not len(differences):
        return 1.0
    generator = np.random.default_rng(seed)
    least = abs(differences.sum()) - 1e-9  # sums in another order differ in the last digit
    extreme, size = 0, max(1, min(times, CELLS // len(differences)))
    for start in range(0, times, size):
        shape = (min(size, times - start), len(differences))
        signs = generator.integers(0, 2, shape) * 2.0 - 1.0
        extreme += int((np.abs(signs @ differences) >= least).sum())
    return (1 + extreme) / (1 + times)
