"""The place that an address asks for -> what to mark in a reading, or why nothing is marked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from histqa.chunking import paragraphs
from histqa.frontends.addresses import is_hash_of
from histqa.types import Document, Span

# About 7,000 words: what a browser lays out at once without a pause.
PART_CHARACTERS = 40_000
_LONGEST_MARK = 2 * PART_CHARACTERS
_WORD = re.compile(r"\S+")
_WORD_CHARACTERS = 15
_PASSAGES_ONLY = (
    "Of this reading only the passages that answers quote are shown: ask a question, and follow "
    "the link of a quote."
)
NOT_QUOTED = (
    "Of this reading only the passages that answers quote are shown, and this is no address that "
    "an answer gave: ask again."
)


@dataclass(frozen=True, slots=True)
class Place:
    """What to show of a reading: ``window`` of its text, ``mark`` in it, or the ``problem``.

    ``part`` counts from 1; ``parts`` is how many there are. A problem means that nothing is marked.
    Where ``is_whole`` is false, nothing outside the window may be shown, which can be empty.
    """

    window: Span
    part: int
    parts: int
    mark: Span | None = None
    problem: str = ""
    is_whole: bool = True


def find_passage(
    document: Document, query: Mapping[str, str], *, words: int, is_signed: Callable[[Span], bool]
) -> Place:
    """The place for ``start``, ``end`` and ``hash``, with ``words`` words on each side of it.

    Only where it ``is_signed``: a place that no answer quoted shows nothing of the reading.
    """
    if "start" not in query and "end" not in query:
        return _nothing(_PASSAGES_ONLY)
    mark, problem = _mark(document, query)
    if mark is None:
        return _nothing(problem)
    if not is_signed(mark):
        return _nothing(NOT_QUOTED)
    window = neighbourhood(document.text, mark, words=words)
    return Place(window, 1, 1, mark, is_whole=False)


def _nothing(problem: str) -> Place:
    return Place(Span(0, 0), 1, 1, None, problem, is_whole=False)


def find_place(document: Document, query: Mapping[str, str]) -> Place:
    """The place for ``start``, ``end``, ``hash`` or ``part`` in ``query``; odd ones are said so."""
    parts = divided(document)
    if "start" not in query and "end" not in query:
        return _part(parts, _number(query.get("part", "")) or 1)
    mark, problem = _mark(document, query)
    if mark is None:
        return _part(parts, 1, problem)
    first, last = part_of(parts, mark.start), part_of(parts, mark.end - 1)
    window = Span(parts[first - 1].start, parts[last - 1].end)
    return Place(window, first, len(parts), mark)


def neighbourhood(text: str, span: Span, *, words: int) -> Span:
    """``span`` with up to ``words`` whole words of ``text`` before it and as many after it.

    Never more than 15 characters a word, so that a text without blanks is bounded too.
    """
    reach = words * _WORD_CHARACTERS
    low, high = max(span.start - reach, 0), min(span.end + reach, len(text))
    before = [word.start() for word in _WORD.finditer(text, low, span.start)]
    after = [word.end() for word in _WORD.finditer(text, span.end, high)]
    if before and low and not text[low - 1].isspace():
        del before[0]  # the end of a longer word
    if after and high < len(text) and not text[high].isspace():
        del after[-1]
    start = before[-words:][0] if before else span.start
    return Span(start, after[:words][-1] if after else span.end)


def divided(document: Document) -> tuple[Span, ...]:
    """The parts in which a long reading is shown: whole paragraphs, at headings where possible."""
    headings = {heading.span.start for heading in document.headings}
    parts: list[Span] = []
    start = end = 0
    for paragraph in paragraphs(document.text):
        length = paragraph.end - start
        at_heading = paragraph.start in headings and length > PART_CHARACTERS * 3 / 4
        if end and (length > PART_CHARACTERS or at_heading) and end > start:
            parts.append(Span(start, end))
            start = paragraph.start
        end = paragraph.end
    return (*parts, Span(start, len(document.text)))


def part_of(parts: Sequence[Span], position: int) -> int:
    """The number, from 1, of the part that ``position`` lies in."""
    return next((number for number, part in enumerate(parts, 1) if position < part.end), len(parts))


def _part(parts: Sequence[Span], number: int, problem: str = "") -> Place:
    if not 1 <= number <= len(parts):
        number, problem = 1, f"There is no such part; the reading has {len(parts)}."
    return Place(parts[number - 1], number, len(parts), None, problem)


def _mark(document: Document, query: Mapping[str, str]) -> tuple[Span | None, str]:
    if "hash" in query and not is_hash_of(query["hash"], document.text_hash):
        return None, (
            "This reading has changed since the quotation was made, so its place may have moved "
            "and nothing is marked."
        )
    start, end = _number(query.get("start", "")), _number(query.get("end", ""))
    if start is None or end is None or not start < end <= len(document.text):
        return None, "The address names no place in this reading, so nothing is marked."
    if not document.text[start:end].strip():
        return None, "There are no words at the place that the address names; nothing is marked."
    if end - start > _LONGEST_MARK:
        return None, "The place is too long to be marked; the reading is shown from its beginning."
    return Span(start, end), ""


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None
