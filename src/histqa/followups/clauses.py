"""Question -> its parts: what is asked, the auxiliary, the subject, the verb."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from histqa.followups.words import (
    ASKING,
    AUXILIARIES,
    BE,
    DETERMINERS,
    PREPOSITIONS,
    SUBORDINATORS,
    Token,
    is_base_verb,
    is_participle,
    tokens,
)

_OPENING = re.compile(
    r"\W*(?:(?:and|but|so|or|also|then|ok|okay|well|yes|no|now)\b[\s,]*)*", re.IGNORECASE
)
_GLUED = re.compile(r"(why|how|when|where|who|what)(d|s|re)\b", re.IGNORECASE)
_UNGLUED = {"d": "did", "s": "is", "re": "are"}
_LONGEST_ASKED = 6  # words: "in what kind of places"


@dataclass(frozen=True, slots=True)
class Clause:
    """A question in parts, as token numbers: ``[0, auxiliary)`` is what is asked.

    ``auxiliary`` is -1 where the question has none before its subject; ``verb`` (which ends the
    subject) is ``len(words)`` where none is recognised.
    """

    text: str
    words: tuple[Token, ...]
    auxiliary: int
    verb: int

    @property
    def is_inverted(self) -> bool:
        """Whether the subject stands behind the auxiliary: "Did Japan", "When was he"."""
        return self.auxiliary >= 0

    @property
    def opens_with(self) -> str:
        """The first word in lower case, "" where there is none."""
        return self.words[0].low if self.words else ""

    def part(self, first: int, last: int | None = None) -> str:
        """The words from ``first`` to before ``last`` (the end), with the marks between them."""
        chosen = self.words[first:last]
        return self.text[chosen[0].start : chosen[-1].end] if chosen else ""


def clause(question: str) -> Clause:
    """The parts of ``question``, without "And", "But" and the like before it."""
    text = plain(question)
    words = tuple(tokens(text))
    auxiliary = _auxiliary(words)
    return Clause(text, words, auxiliary, _verb(words, auxiliary))


def plain(question: str) -> str:
    """``question`` without an opening "And" and closing marks; "whyd" becomes "why did"."""
    text = question[_opening_end(question) :].rstrip(" ?!.…")
    glued = _GLUED.match(text)
    if glued is None:
        return text
    return f"{glued[1]} {_UNGLUED[glued[2].lower()]}{text[glued.end() :]}"


def _opening_end(question: str) -> int:
    found = _OPENING.match(question)
    return found.end() if found else 0


def _auxiliary(words: Sequence[Token]) -> int:
    """The auxiliary of a question whose subject follows: not that of "Who was shot"."""
    for number, word in enumerate(words[:_LONGEST_ASKED]):
        if word.low in AUXILIARIES:
            is_first = number == 0 or any(before.low in ASKING for before in words[:number])
            return number if is_first else -1
        if number > 0 and word.low in SUBORDINATORS and word.low not in ASKING:
            break
    return -1


def _verb(words: Sequence[Token], auxiliary: int) -> int:
    if auxiliary < 0:
        asks = len(words) > 1 and words[0].low in ("who", "what") and not words[1].is_function_word
        return 1 if asks else len(words)
    is_be = words[auxiliary].low in BE
    wanted = is_participle if is_be else is_base_verb
    for number in range(auxiliary + (1 if is_be else 2), len(words)):
        word, before = words[number], words[number - 1]
        if before.low in DETERMINERS or before.low in PREPOSITIONS or word.text[0].isupper():
            continue
        if wanted(word.low) or (wanted is is_base_verb and wanted(word.low.removesuffix("s"))):
            return number
    return len(words)
