"""A sentence -> whether a reader of it alone would ask who or what is meant."""

from __future__ import annotations

import re

from histqa.text import sentences
from histqa.types import PARAGRAPH_BREAK, Span

_LEANS = re.compile(
    r"[\"“'‘(\[]*"
    r"(?:(?:but|and|yet|however|nevertheless|moreover|meanwhile|also|in addition),? )?"
    r"(?:they|he|she|it|his|her|their|its|these|those|this|such|the (?:former|latter)"
    r"|that (?:is|was|were)|\w+ (?:days|weeks|months|years) (?:later|earlier|after))\b",
    re.IGNORECASE,
)


def leans(sentence: str) -> bool:
    """Whether the sentence opens with a word that points back to the one before it."""
    return bool(_LEANS.match(sentence))


def opened(span: Span, text: str) -> Span:
    """``span`` with the sentence before it, where it leans on one of its own paragraph."""
    if not leans(span.of(text)):
        return span
    start = text.rfind(PARAGRAPH_BREAK, 0, span.start)
    start = 0 if start < 0 else start + len(PARAGRAPH_BREAK)
    before = sentences(text[start : span.start])
    return Span(start + before[-1].start, span.end) if before else span
