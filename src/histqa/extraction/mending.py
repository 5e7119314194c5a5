"""Running text -> the same without footnote marks and line-end hyphens, each change marked."""

from __future__ import annotations

import re

from histqa.canonical import RepairMark

# Only marks glued to what they annotate, and not to a digit unless that ends a year: "on April
# [19]", "198[1]" and "discard[ed]" are an editor's insertions, not marks.
_BRACKETED = re.compile(
    "(?:(?<=[^\\W\\d]|[.,;:!?\"'”’)\\]\ufddb])|(?<=\\d{4}))"
    r"\[(?:\d{1,3}|(?:note|nb|fn|n)\.? ?\d{1,3}|citation needed)\]",
    re.IGNORECASE,
)
_SUPERSCRIPT = re.compile(
    r"(?<=[^\W\d_]|[.,;:!?\"'”’)\]])[⁰¹²³⁴-⁹]{1,3}(?!\w)|(?<=\d{4})[⁰¹²³⁴-⁹]{1,3}(?!\w)"
)
_UNIT = re.compile(r"(?:^|[\W\d_])(?:[kcdmµ]?m|mi|ft|in|yd|x|y|z|10)$")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_RAISED_MARK = re.compile(r"[\[(]?(?:\d{1,4}|[*†‡§¶#]{1,3}|[a-z]|[ivx]{1,5})[\])]?", re.IGNORECASE)
# Marks may stand at the start of the next line, where a page begins.
_LINE_END_HYPHEN = re.compile("(?<=\\w)-\n((?:\ufdd0[\ufdd1-\ufdda]+\ufddb)*)(?=[a-z])")
_WORD_BEFORE = re.compile(r"\w+\Z")
_WORD_AFTER = re.compile(r"\w+")
_LONGEST_WORD = 40


def without_note_marks(text: str, mark: RepairMark) -> str:
    """``text`` without [12] and ¹² glued to a word; years, "[sic]", "km²" and "10³" stay."""
    if "[" in text:
        text = _BRACKETED.sub(lambda found: mark("removed footnote mark", found.group(), ""), text)
    return _SUPERSCRIPT.sub(lambda found: _superscript(found, mark), text)


def _superscript(found: re.Match[str], mark: RepairMark) -> str:
    before = found.string[max(found.start() - 4, 0) : found.start()]
    if found.group() in "²³" and _UNIT.search(before):
        return found.group()
    return mark("removed footnote mark", found.group(), "")


def raised(text: str, before: str, mark: RepairMark) -> str:
    """What superscript ``text`` after ``before`` becomes: a power, a removed note mark, itself."""
    if text.isdigit() and _UNIT.search(before[-4:]):
        return text.translate(_RAISED)
    if _RAISED_MARK.fullmatch(text):
        return mark("removed footnote mark", text, "")
    return text


def without_line_end_hyphens(text: str, mark: RepairMark, *, vocabulary: frozenset[str]) -> str:
    """Words that a line end divided are whole again; line ends elsewhere stay.

    The hyphen itself stays where ``vocabulary`` has the word with a hyphen and not without.
    """
    return _LINE_END_HYPHEN.sub(lambda found: _rejoined(found, vocabulary, mark), text)


def _rejoined(found: re.Match[str], vocabulary: frozenset[str], mark: RepairMark) -> str:
    text, start, end = found.string, found.start(), found.end()
    before = _WORD_BEFORE.search(text[max(start - _LONGEST_WORD, 0) : start])
    after = _WORD_AFTER.match(text, end, end + _LONGEST_WORD)
    first, second = (word.group().lower() if word else "" for word in (before, after))
    keeps_hyphen = f"{first}-{second}" in vocabulary and first + second not in vocabulary
    return mark("rejoined hyphen", "-\n", "-" if keeps_hyphen else "") + found.group(1)
