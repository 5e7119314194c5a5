"""Headings, paragraphs and lines of a reading -> its Document, without what is not the reading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from histqa.canonical import TextBuilder, clean, marks_of, unmarked
from histqa.errors import LoadError
from histqa.extraction.furniture import (
    GUTENBERG_END,
    GUTENBERG_START,
    begins_aftermath,
    is_furniture,
)
from histqa.extraction.mending import without_note_marks
from histqa.types import Document, Source

# Rows and list items are short; several together make a paragraph that can be found and read.
_LINES_TOGETHER_WORDS = 80
_LINE_ALONE_WORDS = 25


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a reading, in reading order; its text may hold marks of the builder.

    ``level`` counts headings from 1 and is 0 for everything else; ``is_line`` tells a list item
    or a table row, which goes together with its neighbours.
    """

    text: str
    level: int = 0
    is_line: bool = False

    @property
    def plain(self) -> str:
        """The text as a reader sees it."""
        return clean(unmarked(self.text))


@dataclass(frozen=True, slots=True)
class Known:
    """What a file states about itself; "" for what it does not."""

    title: str = ""
    author: str = ""
    date: str = ""


def document_of(
    source: Source, builder: TextBuilder, blocks: Sequence[Block], known: Known
) -> Document:
    """The document made of ``blocks``: without furniture at its ends, its title standing once.

    A file that states no title has that of its first heading. LoadError where no words are left.
    """
    article = _without_furniture(_without_licence(blocks, builder), builder)
    tidy = _title_once(article, known.title, builder)
    first = next((block.plain for block in tidy if block.level), "")
    for block in _grouped(tidy):
        text = without_note_marks(block.text, builder.repair_mark)
        if block.level:
            builder.heading(text, block.level)
        else:
            builder.paragraph(text)
    document = builder.build(
        source, title=known.title or first, author=known.author, date=known.date
    )
    if not any(character.isalnum() for character in document.text):
        raise LoadError(
            "no text found in it", "check that it opens and shows text; remove it if not"
        )
    return document


def _grouped(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks, with runs of short lines joined to paragraphs of several lines."""
    held: list[str] = []
    words = 0
    for block in blocks:
        length = len(block.text.split())
        if not block.is_line or words + length > _LINES_TOGETHER_WORDS:
            if held:
                yield Block("\n".join(held))
            held, words = [], 0
        if not block.is_line or length > _LINE_ALONE_WORDS:
            if held:
                yield Block("\n".join(held))
            held, words = [], 0
            yield block
        else:
            held.append(block.text)
            words += length
    if held:
        yield Block("\n".join(held))


_TITLE_REPEATS_WITHIN = 4


def _title_once(blocks: list[Block], title: str, builder: TextBuilder) -> list[Block]:
    """The blocks with one title: what repeats it right below is removed and marked."""
    first = next((number for number, block in enumerate(blocks) if block.plain), 0)
    if not blocks:
        return blocks
    wanted = {_folded(blocks[first].plain)} if blocks[first].level else set()
    if title and _folded(title) == _folded(blocks[first].plain):
        blocks[first] = replace(blocks[first], level=1)
        wanted = {_folded(title)}
    for number in range(first + 1, min(first + 1 + _TITLE_REPEATS_WITHIN, len(blocks))):
        if _folded(blocks[number].plain) in wanted - {""}:
            blocks[number] = removed("removed repeated title", blocks[number], builder)
    return blocks


def _folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _without_licence(blocks: Sequence[Block], builder: TextBuilder) -> Sequence[Block]:
    """The blocks without what Project Gutenberg puts before and after a book."""
    lines = [block.plain if "GUTENBERG" in block.text.upper() else "" for block in blocks]
    start = next(
        (number + 1 for number, line in enumerate(lines) if GUTENBERG_START.search(line)), 0
    )
    ends = (number for number in range(start, len(lines)) if GUTENBERG_END.search(lines[number]))
    end = next(ends, len(blocks))
    if not any(block.plain for block in blocks[start:end]):
        return blocks  # all of the book stands in one block with them
    return _kept_between(blocks, start, end, "removed licence text", builder)


_FURNITURE_BLOCKS = 30
_SHORT_WORDS = 12


def _without_furniture(blocks: Sequence[Block], builder: TextBuilder) -> list[Block]:
    end = _aftermath_start(blocks)
    while end and _may_go(blocks[end - 1]):
        end -= 1
    start = 0
    while start < min(end, _FURNITURE_BLOCKS) and _may_go(blocks[start]):
        start += 1
    return _kept_between(blocks, start, end, "removed page furniture", builder)


def _kept_between(
    blocks: Sequence[Block], start: int, end: int, kind: str, builder: TextBuilder
) -> list[Block]:
    return [
        block if start <= number < end or not block.plain else removed(kind, block, builder)
        for number, block in enumerate(blocks)
    ]


def _may_go(block: Block) -> bool:
    return not block.plain or is_furniture(block.plain)


def removed(kind: str, block: Block, builder: TextBuilder) -> Block:
    """What stands for a block that is left out: its marks, and that of the repair."""
    return Block(marks_of(block.text) + builder.repair_mark(kind, block.plain))


def _aftermath_start(blocks: Sequence[Block]) -> int:
    """The number of the first block of "Related posts" and the like at the end, else the count."""
    start = len(blocks)
    for number in range(len(blocks) - 1, max(len(blocks) - 1 - _FURNITURE_BLOCKS, 0), -1):
        plain = blocks[number].plain
        if begins_aftermath(plain):
            start = number
        elif len(plain.split()) > _SHORT_WORDS and not is_furniture(plain):
            break
    return start
