"""Text -> the periods that it names: years, decades, centuries, ranges, "after ..."; by the year.

Months are read as part of what was written and then let go: told apart, they found no more
(benchmarks/RESULTS.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from histqa.errors import QuestionError
from histqa.types import Period

_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
    " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first"
).split()
# Begins with a digit, which is what makes the search fast; no part of "72,1918", "$1918", "v.1918".
_YEARS = re.compile(
    r"(?P<year>(?:1(?<![\w.,$£€¥].)\d|2(?<![\w.,$£€¥].)0)\d\d)"
    r"(?:(?P<decade>(?<=0)['’]?s)|\s?[–—/-]\s?(?P<end>\d\d)(?![\w%-]))?"
    r"(?![\w%]|[.,]\d|\s?[Bb]\.?[Cc])"
)
_CENTURY = re.compile(r"[Cc]entur(?:y|ies)\b(?!\s[Bb]\.?[Cc])")

# What stands before: each is looked for in the few characters that lead to a date.
_LEAD_CHARACTERS = 40
_NUMBER = re.compile(
    rf"(?<!\w)(?:(?P<digits>\d{{1,2}})(?:st|nd|rd|th)|(?P<word>{'|'.join(_ORDINALS)}))[\s-]$",
    re.IGNORECASE | re.ASCII,  # else the long s of old prints would pass for an s
)
_AMOUNT = re.compile(r"\b(?:about|over|some|than|nearly|almost|least|with|only)\s$", re.IGNORECASE)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_NEARER = re.compile(
    r"\b(?:(?:early|mid|late)[\s-]"
    rf"|(?:{_DAY}\s(?:of\s)?)?(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
    rf"(?:\s{_DAY})?,?\s(?:of\s)?)$",
    re.IGNORECASE,
)
_THE = r"\s(?:the\s)?(?:(?:year|(?:end|beginning|start)\sof)\s(?:the\s)?)?$"
_BETWEEN = re.compile(rf"\bbetween{_THE}", re.IGNORECASE)
_FROM_THEN_ON = re.compile(rf"\b(?:post-$|(?:after|since|following){_THE})", re.IGNORECASE)
_UP_TO_THEN = re.compile(
    rf"\b(?:pre-$|(?:before|until|till|by|prior\sto|up\sto){_THE})", re.IGNORECASE
)
_FILLING = re.compile(r"\s*(?:in|from|during)?\s*(?:the)?\s*", re.IGNORECASE)
# What joins two dates to a range: the second only after "between".
_TO = re.compile(r"\s?(?:[–—-]|to|until|till|through)\s?(?:the\s)?", re.IGNORECASE)
_AND = re.compile(r"\sand\s(?:the\s)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Dated:
    """The years ``first`` to ``last`` (both included), as written at text[start:end]."""

    start: int
    end: int
    first: int
    last: int


@lru_cache(maxsize=4096)  # a passage that is found once is found again
def periods_in(text: str) -> tuple[Period, ...]:
    """Every period that ``text`` names, in its order.

    "After" and "since 1920" have no end, "before", "until" and "by 1920" no beginning; the year
    itself belongs to each. A range that ends before it begins, by a slip, is turned round.
    """
    found: list[_Dated] = []
    for dated in _dates(text):
        if found and _is_range(text, found[-1], dated):
            before = found.pop()
            first, last = min(before.first, dated.first), max(before.last, dated.last)
            dated = _Dated(before.start, dated.end, first, last)
        found.append(dated)
    return tuple(_period(text, dated) for dated in found)


def period_named(text: str) -> Period:
    """The one period that ``text`` is, such as "1918-1922". Raises QuestionError for any other."""
    found = periods_in(text)
    rest = "" if len(found) != 1 else text.replace(found[0].text, "", 1)
    if len(found) != 1 or not _FILLING.fullmatch(rest):
        raise QuestionError(
            f"the period {text!r} is not understood: write years, such as “1918-1922”, “1920”,"
            " “after 1920”, “before 1914”, “the 1890s” or “the 19th century”"
        )
    return found[0]


def overlap(some: Sequence[Period], others: Sequence[Period]) -> bool:
    """Whether a year belongs both to one of ``some`` and to one of ``others``."""
    return any(one.overlaps(other) for one in some for other in others)


def _dates(text: str) -> Iterator[_Dated]:
    matches = chain(_YEARS.finditer(text), _CENTURY.finditer(text))
    for match in sorted(matches, key=re.Match.start):
        dated = _year(text, match) if match.re is _YEARS else _century(text, match)
        if dated:
            nearer = _NEARER.search(_lead(text, dated.start))
            start = dated.start - len(nearer[0]) if nearer else dated.start
            yield _Dated(start, dated.end, dated.first, dated.last)


def _year(text: str, match: re.Match[str]) -> _Dated | None:
    if not match["decade"] and _AMOUNT.search(_lead(text, match.start())):
        return None
    first = int(match["year"])
    last = first + 9 if match["decade"] else first
    if match["end"]:
        last = max(first, first - first % 100 + int(match["end"]))
    return _Dated(match.start(), match.end(), first, last)


def _century(text: str, match: re.Match[str]) -> _Dated | None:
    named = _NUMBER.search(_lead(text, match.start()))
    if not named:
        return None
    number = int(named["digits"]) if named["digits"] else 1 + _ORDINALS.index(named["word"].lower())
    if not number:
        return None
    start = match.start() - len(named[0])
    return _Dated(start, match.end(), 100 * number - 100, 100 * number - 1)


def _is_range(text: str, before: _Dated, after: _Dated) -> bool:
    joint = text[before.end : after.start]
    if _AND.fullmatch(joint):
        return bool(_BETWEEN.search(_lead(text, before.start)))
    return bool(_TO.fullmatch(joint))


def _period(text: str, dated: _Dated) -> Period:
    first, last = dated.first, dated.last
    lead = _lead(text, dated.start)
    if opening := _FROM_THEN_ON.search(lead):
        return Period(first, None, opening[0] + text[dated.start : dated.end])
    if opening := _UP_TO_THEN.search(lead):
        return Period(None, last, opening[0] + text[dated.start : dated.end])
    opening = _BETWEEN.search(lead)
    return Period(first, last, (opening[0] if opening else "") + text[dated.start : dated.end])


def _lead(text: str, start: int) -> str:
    return text[max(0, start - _LEAD_CHARACTERS) : start]
