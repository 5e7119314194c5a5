"""Quotes against expected quotes: validity, coverage within so many words, precision."""

from __future__ import annotations

from collections.abc import Sequence

from histqa.text import sentences
from histqa.types import Span

_TYPOGRAPHY = str.maketrans("’‘ʼ‛“”„‟–—‑‒−", "''''\"\"\"\"-----")


def folded(text: str) -> str:
    """White space folded, and one form of each kind of apostrophe, quotation mark and dash.

    People type straight quotation marks where a book has curly ones; no letter is changed.
    """
    return " ".join(text.translate(_TYPOGRAPHY).split())


def first_words(quotes: Sequence[str], count: int) -> str:
    """The first ``count`` words of ``quotes`` joined in order, white space folded."""
    return " ".join(" ".join(quotes).split()[:count])


def coverage(quotes: Sequence[str], groups: Sequence[Sequence[str]], *, words: int) -> float:
    """|groups of which any quote stands in the first ``words`` quoted words| / |groups|: 0..1.

    A refusal has no quotes and scores 0. ``groups`` must not be empty. Source: our own; it is
    nugget recall (Voorhees 2003, TREC QA) with verbatim nuggets and a budget of words.
    """
    shown = folded(first_words(quotes, words))
    return sum(is_held(shown, group) for group in groups) / len(groups)


def is_held(shown: str, group: Sequence[str]) -> bool:
    """Whether any quote of ``group`` stands in ``shown``, which is ``folded`` already."""
    return any(folded(quote) in shown for quote in group)


def precision(quotes: Sequence[str], gold: Sequence[Sequence[Span]]) -> float:
    """|quoted words in sentences that overlap an expected quote| / |quoted words|: 0..1.

    ``gold[i]``: where ``quotes[i]`` overlaps expected quotes, as offsets into it. Whole sentences
    count, because none can be quoted in part. Source: our own; citation precision (Gao et al. 2023,
    ALCE) by words, without a judge. ``quotes`` must have at least one word.
    """
    right = total = 0
    for quote, spans in zip(quotes, gold, strict=True):
        for sentence in sentences(quote):
            count = len(sentence.of(quote).split())
            total += count
            right += count * any(sentence.overlaps(span) for span in spans)
    return right / total


def validity(is_verbatim: Sequence[bool]) -> float:
    """|quotes that stand in their reading, at their offsets, as they are given| / |quotes|.

    Must be 1: anything else is a fault of the program. ``is_verbatim`` must not be empty.
    """
    return sum(is_verbatim) / len(is_verbatim)
