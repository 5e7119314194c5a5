"""A question -> the kind of answer it asks for, by how English asks."""

from __future__ import annotations

import re
from enum import StrEnum


class Kind(StrEnum):
    """What is asked for; WHAT is all that is not one of the others."""

    WHY = "why"
    WHEN = "when"
    WHO = "who"
    WHERE = "where"
    HOW_MANY = "how many"
    LIST = "list"
    YES_NO = "yes/no"
    COMPARISON = "comparison"
    WHAT = "what"


_AUXILIARY = (
    r"(?:is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|may|might"
    r"|must)(?:n['’]?t)?"
)
_PLURAL = (
    rf"(?:(?!{_AUXILIARY}\b)[a-z]+ ){{0,3}}(?!{_AUXILIARY}\b)[a-z]{{3,}}s\b(?<!ss)(?<!us)(?<!is)"
)
_BIDDEN = r"^\W*(?:please )?(?:name|list|give|enumerate|mention)\b"
_KINDS: tuple[tuple[Kind, str], ...] = (
    (Kind.LIST, _BIDDEN),
    (
        Kind.COMPARISON,
        r"\bcompar(?:e|ed|ison)\b|\bdiffer(?:s|ed|ent|ence|ences)?\b|\bversus\b|\bvs\b"
        r"|\b(?:more|less|longer|bigger|larger|smaller|stronger|weaker|earlier|later|better|worse"
        r"|first|most)\b.*,? \w+(?: \w+){0,3} or \w+",
    ),
    (
        Kind.WHY,
        r"\bwhy\b|\bwhyd\b|\bhow come\b"
        r"|\b(?:for )?what (?:\w+ )?(?:reason|purpose|cause|motive|aim|goal|grounds?)\b"
        r"|\bwhat (?:made|caused|led|drove|prompted|motivated|moved|pushed|induced)\b"
        r"|\b(?:reason|reasons|cause|causes|motive|motives) (?:for|why|of|behind|that)\b"
        r"|\bwhat .*\bfor\W*$",
    ),
    (
        Kind.WHEN,
        r"^\W*(?:and |but |so )?whens?\b"
        r"|\b(?:what|which) (?:year|date|day|month|century|decade|time)s?\b",
    ),
    (
        Kind.HOW_MANY,
        r"\bhow (?:many|much|old|large|big|high|tall|deep|often)\b|\bhow long\b"
        r"|\bwhat (?:number|percentage|share|proportion|population|size|amount|sum)\b",
    ),
    (
        Kind.LIST,
        rf"\b(?:which|what)(?: were| are)?(?: all)?(?: the)? {_PLURAL}|\ball (?:the|of)\b",
    ),
    (
        Kind.WHERE,
        r"^\W*(?:and |but |so )?wheres?\b|\bhow far\b"
        r"|\b(?:in|at|from) (?:what|which) (?:city|town|place|country|region|part|port|harbour)\b"
        r"|^\W*(?:in|at|from|to) (?:what|which) (?!extent|degree|way)\w+",
    ),
    (Kind.WHO, r"\bwho(?:m|se|s)?\b"),
    (Kind.WHAT, r"^\W*(?:and |but |so )?(?:what|which|how)\b"),
    (Kind.WHEN, r"\bwhen\b(?=\W*$)"),
    (Kind.YES_NO, rf"^\W*(?:and |but |so )?{_AUXILIARY}\b|,? (?:right|true|correct)\W*$"),
)
_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)


def kind_of(question: str) -> Kind:
    """The first kind that fits. "Did Russia or Japan win?" is no question of yes or no."""
    for kind, pattern in _PATTERNS:
        if pattern.search(question):
            is_choice = kind is Kind.YES_NO and re.search(r"\bor\b", question)
            return Kind.COMPARISON if is_choice else kind
    return Kind.WHAT


MARKED = (Kind.WHEN, Kind.HOW_MANY)
"""Kinds whose answer shows by itself: it has a date or a number."""

_YEAR = re.compile(r"\b(?:1\d{3}|20\d\d)s?\b(?! [a-z]+(?:s|men|people)\b)")
_TIME = re.compile(
    rf"{_YEAR.pattern}|\b(?:January|February|March|April|May|June|July|August|September|October"
    r"|November|December)\b|\b(?:century|centuries|days?|weeks?|months?|years?|decades?|spring"
    r"|summer|autumn|winter|morning|night|today|yesterday)\b"
)
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty"
    r"|fifty|hundred|thousand|million|billion|half|dozen|several|many|few)s?\b",
    re.IGNORECASE,
)


def holds(kind: Kind, text: str) -> bool:
    """Whether ``text`` has what the kind asks for, as far as words show it.

    A time for WHEN, a number that is no year for HOW_MANY; of other kinds anything will do.
    """
    if kind is Kind.WHEN:
        return bool(_TIME.search(text))
    if kind is Kind.HOW_MANY:
        return bool(_NUMBER.search(_YEAR.sub("", text)))
    return True
