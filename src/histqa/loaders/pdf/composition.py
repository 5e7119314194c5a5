"""Blocks of all pages -> paragraphs that run on over columns and pages -> the Document."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from histqa.canonical import TextBuilder
from histqa.loaders.pdf.headings import Levels, folded
from histqa.loaders.pdf.lines import Line
from histqa.loaders.pdf.paragraphs import Block, Style, runs_on
from histqa.loaders.pdf.prose import Piece, pieces_of

_TITLE_PAGES = 3
_SENTENCE_END = re.compile(r"[.!?][\"”’)\]]* (?=[\"“‘(\[]?[A-Z])")


@dataclass(slots=True)
class Paragraph:
    """A paragraph or, with a ``level`` above 0, a heading; its lines with their pages from 1."""

    lines: list[tuple[int, Line]]
    last: Block
    level: int = 0
    pieces: tuple[Piece, ...] = field(default=())


def paragraphs_of(
    pages: Sequence[Sequence[Sequence[Block]]], levels: Levels, style: Style, known: Collection[str]
) -> tuple[Paragraph, ...]:
    """The paragraphs from the blocks of the columns of the pages, notes included, in order."""
    finished: list[Paragraph] = []
    current: Paragraph | None = None
    for number, columns in enumerate(pages, 1):
        for blocks in columns:
            body = [block for block in blocks if block.kind != "note"]
            for index, block in enumerate(body):
                if index == 0 and current and _goes_on(current, number, block, levels, style):
                    current.lines += [(number, line) for line in block.lines]
                    current.last = block
                else:
                    current = _paragraph(number, block, levels)
                    finished.append(current)
            notes = [block for block in blocks if block.kind == "note"]
            finished += [_paragraph(number, block, levels) for block in notes]
    for paragraph in finished:
        paragraph.pieces = pieces_of(paragraph.lines, known)
    return tuple(finished)


def _paragraph(page: int, block: Block, levels: Levels) -> Paragraph:
    return Paragraph([(page, line) for line in block.lines], block, levels.level(block, page))


def _goes_on(paragraph: Paragraph, page: int, block: Block, levels: Levels, style: Style) -> bool:
    is_next = page - paragraph.lines[-1][0] <= 1
    is_prose = not paragraph.level and not levels.level(block, page)
    return is_next and is_prose and runs_on(paragraph.last, block, style)


class Writer:
    """Puts paragraphs into a TextBuilder, page by page."""

    def __init__(self, builder: TextBuilder, paragraphs: Sequence[Paragraph], title: str) -> None:
        self._builder = builder
        self._title = folded(title)
        self._title_seen = False
        self._tail: Paragraph | None = None
        self._starting: dict[int, list[Paragraph]] = {}
        self._entering: dict[int, tuple[Paragraph, Piece]] = {}
        for paragraph in paragraphs:
            first, *later = paragraph.pieces
            self._starting.setdefault(first.page, []).append(paragraph)
            self._entering.update({piece.page: (paragraph, piece) for piece in later})

    def write_page(self, number: int) -> None:
        """Everything on the page; notes stand before a paragraph that runs on to the next.

        So no note ever stands inside a sentence, and every piece stands on its own page.
        """
        starting = self._starting.get(number, [])
        notes = [paragraph for paragraph in starting if paragraph.last.kind == "note"]
        body = [paragraph for paragraph in starting if paragraph.last.kind != "note"]
        if number in self._entering:
            paragraph, piece = self._entering[number]
            runs_through = not body and paragraph.pieces[-1].page > number
            parts = _parted(piece) if notes and runs_through else (piece,)
            self._write(paragraph, parts[0])
            if len(parts) == 2:
                self._write_all(notes)
                self._write(paragraph, parts[1])
                return
        open_last = [body.pop()] if body and body[-1].pieces[-1].page > number else []
        self._write_all([*body, *notes, *open_last])

    def _write_all(self, paragraphs: Sequence[Paragraph]) -> None:
        for paragraph in paragraphs:
            self._write(paragraph, paragraph.pieces[0])

    def _write(self, paragraph: Paragraph, piece: Piece) -> None:
        if self._is_title_again(piece):
            self._builder.repaired("removed duplicated title", piece.text)
            return
        if paragraph.level:
            self._builder.heading(piece.text, paragraph.level)
        elif self._tail is paragraph:
            self._builder.continuation(piece.text, joined_by=piece.joint)
        else:
            self._builder.paragraph(piece.text)
        self._tail = paragraph
        for mend in piece.mends:
            back = len(piece.text) - mend.offset
            self._builder.repaired(mend.kind, mend.original, mend.replacement, back=back)

    def _is_title_again(self, piece: Piece) -> bool:
        if not self._title or piece.page > _TITLE_PAGES or folded(piece.text) != self._title:
            return False
        again, self._title_seen = self._title_seen, True
        return again


def _parted(piece: Piece) -> tuple[Piece, ...]:
    """``piece`` divided after the last sentence that ends in it, whole if none does."""
    ends = [found.end() for found in _SENTENCE_END.finditer(piece.text)]
    if not ends:
        return (piece,)
    cut = ends[-1]
    early = tuple(mend for mend in piece.mends if mend.offset < cut)
    late = tuple(replace(m, offset=m.offset - cut) for m in piece.mends if m.offset >= cut)
    return (
        replace(piece, text=piece.text[: cut - 1], mends=early),
        replace(piece, text=piece.text[cut:], mends=late),
    )
