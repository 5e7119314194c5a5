"""A reading -> how much of it a server may show: all, or what answers quote and a little around."""

from __future__ import annotations

import re

from histqa.types import Document, Span

OPEN_LICENCES = frozenset(
    (
        "cc by",
        "cc by sa",
        "cc zero",
        "cc0",
        "creative commons attribution",
        "creative commons attribution share alike",
        "creative commons attribution sharealike",
        "creative commons zero",
        "gnu free documentation",
        "open government",
        "public domain",
        "public domain mark",
        "creativecommons org by",
        "creativecommons org by sa",
        "creativecommons org zero",
        "creativecommons org mark",
    )
)
"""The words of their names and addresses, without those that ``_PASSED_OVER`` holds."""

_PASSED_OVER = frozenset(
    "the a v in usa us international unported generic universal dedication deed license licence "
    "licenses publicdomain https http www en".split()
)
_WORD = re.compile(r"[a-z]+0?")


def is_shown_whole(document: Document) -> bool:
    """What the teacher says in ``show``; where nothing is said, only open licences are."""
    if document.show:
        return document.show == "whole"
    return is_open_licence(document.licence)


def is_open_licence(licence: str) -> bool:
    """Whether ``licence`` is one that lets anyone pass the text on, of whatever version.

    Only what is recognised as a whole is: "CC BY-NC" or "not public domain" is not.
    """
    words = [word for word in _WORD.findall(licence.casefold()) if word not in _PASSED_OVER]
    return " ".join(words) in OPEN_LICENCES


def neighbourhood(text: str, span: Span, *, words: int) -> Span:
    """``span`` with up to ``words`` whole words of ``text`` before it and as many after it."""
    before = [word.start() for word in re.finditer(r"\S+", text[: span.start])]
    after = [word.end() for word in re.finditer(r"\S+", text[span.end :])]
    start = before[-words:][0] if words and before else span.start
    end = after[:words][-1] if words and after else 0
    return Span(start, span.end + end)
