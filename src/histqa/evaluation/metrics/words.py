"""Answers as strings: exact match, token F1, and whether an expected answer stands in a text."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterator, Sequence

from histqa.evaluation.metrics.quoting import folded
from histqa.evaluation.records import Number

_ARTICLES = re.compile(r"\b(a|an|the)\b", re.UNICODE)
_WITHOUT_PUNCTUATION = str.maketrans("", "", string.punctuation)
_DIGITS = re.compile(r"[-−]?\d+(?:[,  ]\d{3})*(?:\.\d+)?")


def normalised(answer: str) -> str:
    """SQuAD's form: lower case, no ASCII punctuation, no articles, white space folded.

    Source: ``normalize_answer`` of the official SQuAD 2.0 script (Rajpurkar et al. 2018).
    """
    bare = answer.lower().translate(_WITHOUT_PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", bare).split())


def exact_match(given: str, expected: Sequence[str]) -> float:
    """Max over e in expected of [normalised(given) = normalised(e)]: 0 or 1.

    ``expected`` empty means unanswerable: then only an empty answer is right. Source: SQuAD 2.0.
    """
    return max(float(normalised(given) == normalised(answer)) for answer in _gold(expected))


def token_f1(given: str, expected: Sequence[str]) -> float:
    """Max over e of 2PR/(P+R) on the multisets of normalised words: 0..1.

    P is the share of the given words that are expected, R that of the expected ones that are
    given. Where one of the two has no words, 1 if both have none, else 0. Source: SQuAD 2.0.
    """
    return max(
        _f1(normalised(given).split(), normalised(answer).split()) for answer in _gold(expected)
    )


def _gold(expected: Sequence[str]) -> Sequence[str]:
    """As the official script: answers that normalise to nothing do not count."""
    return [answer for answer in expected if normalised(answer)] or [""]


def _f1(given: Sequence[str], expected: Sequence[str]) -> float:
    if not given or not expected:
        return float(given == expected)
    common = sum((Counter(given) & Counter(expected)).values())
    if not common:
        return 0.0
    precision, recall = common / len(given), common / len(expected)
    return 2 * precision * recall / (precision + recall)


def words(text: str) -> str:
    """``normalised``, with one form of each kind of apostrophe: people type straight ones."""
    return normalised(folded(text))


def holds_answer(text: str, answers: Sequence[str], numbers: Sequence[Number] = ()) -> bool:
    """Whether ``text`` has the words of an answer in a row, or an expected number."""
    shown = f" {words(text)} "
    if any(f" {words(answer)} " in shown for answer in answers if words(answer)):
        return True
    return any(number.accepts(value) for value in numbers_in(text) for number in numbers)


def numbers_in(text: str) -> Iterator[float]:
    """Every number that is written in digits; "72,000" is one, and "1918-1922" are two."""
    for found in _DIGITS.finditer(text):
        written = re.sub("[,  ]", "", found.group()).replace("−", "-")
        is_range = found.start() > 0 and text[found.start() - 1].isalnum()
        yield float(written.lstrip("-") if is_range else written)
