"""Document -> Passages: whole sentences, never across a paragraph, never a heading."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from histqa.text import sentences
from histqa.types import PARAGRAPH_BREAK, Document, Passage, Span

_WORD = re.compile(r"\S+")
_DIVIDING_MARKS = ("\n", ";", ",")


def passages(document: Document, *, max_words: int) -> tuple[Passage, ...]:
    """The passages of ``document``, each at most ``max_words`` words long.

    A paragraph that is longer is divided into parts of about equal length, so that no short
    rest is left over. What has no full stop for longer than a passage (a list, a telegram) is
    divided where a line ends, at a semicolon or comma, or between words.
    """
    heading_starts = {heading.span.start for heading in document.headings}
    return tuple(
        _passage(document, group)
        for paragraph in paragraphs(document.text)
        if paragraph.start not in heading_starts
        for group in _groups(
            document.text, _sentences(document.text, paragraph, max_words), max_words
        )
    )


def paragraphs(text: str) -> Iterator[Span]:
    """The non-empty paragraphs of a canonical text as spans."""
    start = 0
    while start <= len(text):
        end = text.find(PARAGRAPH_BREAK, start)
        end = len(text) if end < 0 else end
        if text[start:end].strip():
            yield Span(start, end)
        start = end + len(PARAGRAPH_BREAK)


def _sentences(text: str, paragraph: Span, max_words: int) -> tuple[Span, ...]:
    return tuple(
        piece
        for sentence in sentences(paragraph.of(text))
        for piece in _divided(
            text, Span(paragraph.start + sentence.start, paragraph.start + sentence.end), max_words
        )
    )


def _divided(text: str, sentence: Span, max_words: int) -> Iterator[Span]:
    words = [
        Span(sentence.start + word.start(), sentence.start + word.end())
        for word in _WORD.finditer(sentence.of(text))
    ]
    first = 0
    while len(words) - first > max_words:
        beyond = _break_in(text, words, first, first + max_words)
        yield Span(words[first].start, words[beyond - 1].end)
        first = beyond
    yield Span(words[first].start, words[-1].end)


def _break_in(text: str, words: Sequence[Span], first: int, end: int) -> int:
    """The best place to go on after, in the second half of words ``first`` to ``end``."""
    for mark in _DIVIDING_MARKS:
        for beyond in range(end, (first + end) // 2, -1):
            if mark in text[words[beyond - 1].end - 1 : words[beyond].start]:
                return beyond
    return end


def _groups(text: str, spans: tuple[Span, ...], max_words: int) -> Iterator[tuple[Span, ...]]:
    lengths = [len(span.of(text).split()) for span in spans]
    parts = -(-sum(lengths) // max_words)
    group: list[Span] = []
    group_words, words_left = 0, sum(lengths)
    for span, length in zip(spans, lengths, strict=True):
        aim = words_left / max(parts, 1)
        if group and (group_words + length > max_words or group_words + length / 2 > aim):
            yield tuple(group)
            words_left -= group_words
            parts -= 1
            group, group_words = [], 0
        group.append(span)
        group_words += length
    if group:
        yield tuple(group)


def _passage(document: Document, group: tuple[Span, ...]) -> Passage:
    span = Span(group[0].start, group[-1].end)
    return Passage(
        doc_id=document.doc_id,
        span=span,
        text=span.of(document.text),
        title=document.title,
        heading=document.heading_of(span.start),
        sentences=group,
    )
