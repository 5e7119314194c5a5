"""The words of a quote, and the characters that a PDF page shows -> which of these they are.

Our text is mended (hyphens at line ends, ligatures, note marks, running heads) and the page is
not, so only letters and digits are compared. What is not certain is not found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

# A note mark, which our text does not have, may stand between two words; beside a number it could
# not be told from it, and trying all ways to divide a row of numbers takes for ever.
_NOTE_MARK = "(?:(?<![0-9])[0-9]{1,3}(?![0-9]))?"
_MOST_WORDS = 4_000


def found_in(page: Sequence[str], quote: str, before: str, after: str) -> tuple[int, ...]:
    """The indices in ``page`` (one character each) that show ``quote``; none where it is not sure.

    Where the page has the words more than once, it is the one that has as many of them before it
    as stand in ``before``, if the page has as many in all as our text.
    """
    words = _words(quote)
    if not words or len(words) > _MOST_WORDS:
        return ()
    shown, origins = _compared(page)
    places = list(_places(words, shown))
    earlier = len(list(_places(words, _letters(before))))
    total = earlier + 1 + len(list(_places(words, _letters(after))))
    if len(places) != total:
        return ()
    return tuple(dict.fromkeys(origins[at] for at in places[earlier]))


def _places(words: Sequence[str], shown: str) -> Iterable[list[int]]:
    """The positions in ``shown`` of the letters of each occurrence, without note marks."""
    pattern = re.compile(_NOTE_MARK.join(f"({re.escape(word)})" for word in words))
    for found in pattern.finditer(shown):
        spans = (found.span(group) for group in range(1, len(words) + 1))
        yield [at for start, end in spans for at in range(start, end)]


def _words(text: str) -> list[str]:
    return [letters for word in text.split() if (letters := _letters(word))]


def _letters(text: str) -> str:
    return _compared(text)[0]


def _compared(characters: Sequence[str]) -> tuple[str, list[int]]:
    """Letters and digits alone, without accents and case, and the index that each comes from."""
    kept: list[str] = []
    origins: list[int] = []
    for index, character in enumerate(characters):
        plain = unicodedata.normalize("NFKD", character).casefold()
        for letter in plain:
            if letter.isalnum():
                kept.append(letter)
                origins.append(index)
    return "".join(kept), origins
