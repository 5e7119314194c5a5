"""What stands in one cell or field -> texts, numbers, groups, a yes or no; CellFault otherwise."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from histqa.canonical import clean
from histqa.evaluation.records import Number

YES = frozenset("yes y true t 1 x ja oui si answerable".split())
NO = frozenset("no n false f 0 nein non unanswerable".split())
# As spreadsheet programs write what is typed as a truth, in the language they are set to.
_TRUTHS = {"true": "yes", "wahr": "yes", "vrai": "yes", "verdadero": "yes"}
_TRUTHS |= {"false": "no", "falsch": "no", "faux": "no", "falso": "no"}

_NUMBER = r"[-+−]?\d+(?:[,  ]\d{3})*(?:\.\d+)?(?:[eE][-+]?\d+)?"
_TOLERANT = re.compile(rf"({_NUMBER})\s*(?::|±|\+/?-)\s*({_NUMBER})%?")
_RANGE = re.compile(rf"({_NUMBER})\s*(?:\.\.)\s*({_NUMBER})")
_PLAIN = re.compile(_NUMBER)
_GROUP_BREAK = re.compile(r"\|\||[\r\n]+")


class CellFault(Exception):
    """The value is not what its column needs; carries what was expected and what was found."""

    def __init__(self, expected: str, found: Any) -> None:
        super().__init__(expected, found)
        self.expected = expected
        self.found = " ".join(str(found).split())[:120]


def text(value: Any) -> str:
    """One text, its white space folded; a whole number as people write it (1920, not 1920.0)."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise CellFault("a text", value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split())


def texts(value: Any, *, separators: str = "|\n") -> tuple[str, ...]:
    """The texts of a list, or of one cell divided by any of ``separators``; empty ones go."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        parts = [text(part) for part in value]
    elif isinstance(value, str):
        parts = [text(part) for part in re.split(f"[{re.escape(separators)}]", value)]
    else:
        parts = [text(value)]
    return tuple(dict.fromkeys(part for part in parts if part))


def answers(value: Any) -> tuple[str, ...]:
    """Texts; where nothing but "true" or "false" stands there, typed or not, that is yes or no."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        value = [str(part) if isinstance(part, bool) else part for part in value]
    found = texts(str(value) if isinstance(value, bool) else value)
    truths = dict.fromkeys(_TRUTHS.get(part.casefold(), "") for part in found)
    return found if "" in truths else tuple(truths)


def groups(value: Any) -> tuple[tuple[str, ...], ...]:
    """Quotes as groups: all of the groups are expected, and of each any one.

    In a list, every member is a group: a text, or a list of texts of which any is right. In a cell
    groups are divided by "||" or a line end, and their members by "|". They are ``clean`` as
    readings are: a soft hyphen that was copied along is no difference.
    """
    if isinstance(value, str):
        found = [texts(part) for part in _GROUP_BREAK.split(value)]
    elif isinstance(value, Sequence):
        found = [(text(part),) if isinstance(part, str) else texts(part) for part in value]
    elif value is None:
        found = []
    else:
        raise CellFault("a quote, or a list of lists of quotes", value)
    cleaned = (tuple(filter(None, map(clean, group))) for group in found)
    return tuple(group for group in cleaned if group)


def numbers(value: Any) -> tuple[Number, ...]:
    """Numbers with tolerance: 1920, "1920:5", "1920±5", "1918..1922", or a list of such."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(number for part in value for number in numbers(part))
    if isinstance(value, dict) and "value" in value:
        return (_checked(value, value["value"], value.get("tolerance", 0)),)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return (Number(float(value)),)
    return tuple(_number(part) for part in texts(value, separators="|;\n"))


def _number(written: str) -> Number:
    if found := _TOLERANT.fullmatch(written):
        value, tolerance = number_in(found[1]), number_in(found[2])
        return Number(value, abs(value) * tolerance / 100 if written.endswith("%") else tolerance)
    if found := _RANGE.fullmatch(written):
        low, high = sorted((number_in(found[1]), number_in(found[2])))
        return Number((low + high) / 2, (high - low) / 2)
    if _PLAIN.fullmatch(written):
        return Number(number_in(written))
    raise CellFault('a number such as 1920, "1920:5" (with tolerance) or "1918..1922"', written)


def _checked(whole: Any, value: Any, tolerance: Any) -> Number:
    try:
        return Number(float(value), abs(float(tolerance)))
    except (TypeError, ValueError):
        raise CellFault('{"value": number, "tolerance": number}', whole) from None


def number_in(written: str) -> float:
    """The value of digits as they are written, with or without marks between thousands."""
    return float(re.sub("[,  ]", "", written).replace("−", "-"))


def yes_or_no(value: Any) -> bool | None:
    """True, False, or None for an empty cell."""
    if isinstance(value, bool):
        return value
    word = text(value).casefold()
    if word in YES | NO:
        return word in YES
    if not word:
        return None
    raise CellFault("yes or no", value)
