"""Texts -> how alike two of them are, and which files hold the same reading.

The likeness is the Jaccard index of the runs of five words in two texts: a chapter and its book
have little in common by this measure, the same chapter as PDF and as HTML nearly everything. It is
estimated from the smallest hashes of each text (bottom-k sketch, Broder 1997), with a standard
error below 0.02; texts of fewer runs than a sketch holds are compared exactly.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Sketch = npt.NDArray[np.uint64]

SAME_READING = 0.7
_RUN_WORDS = 5
_SKETCH_SIZE = 512
_WORD = re.compile(r"[^\W_]+")
_ODD = np.uint64(0x9E3779B97F4A7C15)


def sketch_of(text: str) -> Sketch:
    """The smallest hashes of the runs of words in ``text``, sorted; empty for a text without words.

    Case, punctuation, blanks and line ends do not count. Equal on every machine and at any time.
    """
    words = [_word_hash(word) for word in _WORD.findall(text.casefold())]
    hashes = np.array(words, dtype=np.uint64)
    runs = max(len(hashes) - _RUN_WORDS + 1, min(len(hashes), 1))
    mixed = np.zeros(runs, dtype=np.uint64)
    for place in range(min(_RUN_WORDS, len(hashes))):
        mixed = _scrambled(mixed * _ODD + hashes[place : place + runs])
    return np.unique(mixed)[:_SKETCH_SIZE]


def likeness(one: Sketch, other: Sketch) -> float:
    """The share, in 0..1, of runs of words that two texts have in common."""
    # Below the larger end of two full sketches one of them is blind, so only the union's
    # smallest hashes are compared.
    union = np.union1d(one, other)[:_SKETCH_SIZE]
    if not len(union):
        return 0.0
    return float(np.isin(union, np.intersect1d(one, other)).mean())


def packed(sketch: Sketch) -> str:
    """The sketch as text."""
    return base64.b64encode(sketch.astype("<u8").tobytes()).decode("ascii")


def unpacked(text: str) -> Sketch:
    """The sketch that ``packed`` made into ``text``."""
    return np.frombuffer(base64.b64decode(text), dtype="<u8").astype(np.uint64)


def same_readings(
    sketches: Mapping[str, Sketch], order: Sequence[str], *, threshold: float = SAME_READING
) -> tuple[tuple[str, ...], ...]:
    """The paths in groups, each of them alike to the first of its group.

    They are taken in ``order`` (every path once): each joins the group to whose first it is most
    alike, or begins its own. So the outcome depends on the files alone, not on which came when.
    """
    groups: dict[str, list[str]] = {}
    first_with: defaultdict[int, list[str]] = defaultdict(list)
    for path in order:
        hashes = sketches[path].tolist()
        shared = Counter(first for value in hashes for first in first_with[value])
        scores = {
            first: likeness(sketches[path], sketches[first])
            for first, count in shared.items()
            # The likeness is at most this share; so few pairs are compared in a large corpus.
            if count >= threshold * max(len(hashes), len(sketches[first]))
        }
        nearest = max(sorted(scores), key=scores.__getitem__, default="")
        if nearest and scores[nearest] >= threshold:
            groups[nearest].append(path)
            continue
        groups[path] = [path]
        for value in hashes:
            first_with[value].append(path)
    return tuple(tuple(group) for group in groups.values())


@lru_cache(maxsize=100_000)
def _word_hash(word: str) -> int:
    digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def _scrambled(values: Sketch) -> Sketch:
    """Each value with all its bits mixed (the finaliser of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
