"""The place that an address asks for -> what to mark in a reading, or why nothing is marked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from histqa.chunking import paragraphs
from histqa.frontends.addresses import is_hash_of
from histqa.frontends.languages import Sentence
from histqa.types import Document, Span

# About 7,000 words: what a browser lays out at once without a pause.
PART_CHARACTERS = 40_000
_LONGEST_MARK = 2 * PART_CHARACTERS
_WORD = re.compile(r"\S+")
_WORD_CHARACTERS = 15
NOT_QUOTED = Sentence("no_place.not_quoted")


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
    problem: Sentence | None = None
    is_whole: bool = True


def find_passage(
    document: Document, query: Mapping[str, str], *, words: int, is_signed: Callable[[Span], bool]
) -> Place:
    """The place for ``start``, ``end`` and ``hash``, with ``words`` words on each side of it.

    Only where it ``is_signed``: a place that no answer quoted shows nothing of the reading.
    """
    if "start" not in query and "end" not in query:
        return _nothing(Sentence("no_place.passages_only"))
    mark, problem = _mark(document, query)
    if mark is None:
        return _nothing(problem)
    if not is_signed(mark):
        return _nothing(NOT_QUOTED)
    window = neighbourhood(document.text, mark, words=words)
    return Place(window, 1, 1, mark, is_whole=False)


def _nothing(problem: Sentence | None) -> Place:
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


def _part(parts: Sequence[Span], number: int, problem: Sentence | None = None) -> Place:
    if not 1 <= number <= len(parts):
        number, problem = 1, Sentence.of("no_place.no_part", parts=len(parts))
    return Place(parts[number - 1], number, len(parts), None, problem)


def _mark(document: Document, query: Mapping[str, str]) -> tuple[Span | None, Sentence | None]:
    if "hash" in query and not is_hash_of(query["hash"], document.text_hash):
        return None, Sentence("no_place.changed")
    start, end = _number(query.get("start", "")), _number(query.get("end", ""))
    if start is None or end is None or not start < end <= len(document.text):
        return None, Sentence("no_place.nowhere")
    if not document.text[start:end].strip():
        return None, Sentence("no_place.no_words")
    if end - start > _LONGEST_MARK:
        return None, Sentence("no_place.too_long")
    return Span(start, end), None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None
