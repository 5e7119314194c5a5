"""Columns of lines -> blocks: paragraphs, headings and footnotes, before they are joined."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from histqa.loaders.pdf.columns import Column
from histqa.loaders.pdf.lines import Line, estimated_width

_STOPS = re.compile(r"[.!?:…][\"”’'»)\]]*$")
_BULLET = re.compile(r"[•●▪■◦‣–—*-]\s|\(?(?:\d{1,3}|[a-zA-Z])[.)]\s")
_NOTE = re.compile(r"(?:\d{1,3}[\s.)]|[*†‡§¶])")
_LARGE, _SMALL = 1.12, 0.93
_MOST_HEADING_WORDS = 25


@dataclass(frozen=True, slots=True)
class Style:
    """How the document is set, measured over all of it: sizes in points.

    ``pitch`` is the distance of lines as a multiple of their size; ``marks_paragraphs`` tells
    whether paragraphs are set apart by indents or gaps.
    """

    body: float
    is_bold: bool
    pitch: float
    marks_paragraphs: bool


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one column that belong together; ``right`` is where its lines usually end."""

    kind: Literal["paragraph", "heading", "note"]
    lines: tuple[Line, ...]
    left: float
    right: float

    @property
    def size(self) -> float:
        """The size of its first line, in points."""
        return self.lines[0].size

    @property
    def is_bold(self) -> bool:
        """Whether all of it is bold."""
        return all(line.is_bold for line in self.lines)

    @property
    def text(self) -> str:
        """Its lines with blanks between: good enough to compare, not to quote."""
        return " ".join(line.text for line in self.lines)


def style_of(columns: Sequence[Column]) -> Style:
    """The usual size, weight and line distance, by the number of characters."""
    sizes, pitches = Counter[float](), Counter[float]()
    weights = Counter[bool]()
    for column in columns:
        for line in column.lines:
            sizes[round(2 * line.size) / 2] += len(line.text)
            weights[line.is_bold] += len(line.text)
    body = max(sizes, key=lambda size: (sizes[size], -size), default=10.0)
    indents = gaps = count = 0
    for column in columns:
        for above, below in pairwise(column.lines):
            if (
                abs(above.size - body) <= 0.5
                and abs(below.size - body) <= 0.5
                and above.y > below.y
            ):
                pitches[round((above.y - below.y) / body, 1)] += len(below.text)
    pitch = max(pitches, key=lambda value: (pitches[value], -value), default=1.2)
    pitch = min(max(pitch, 0.9), 3.0)
    for column in columns:
        for above, below in pairwise(column.lines):
            count += 1
            gaps += above.y - below.y > 1.25 * pitch * max(below.size, 1)
            indents += 0.8 * body < below.left - column.left < 5 * body
    return Style(body, weights[True] > weights[False], pitch, gaps + indents > count / 30)


def blocks_of(column: Column, style: Style) -> tuple[Block, ...]:
    """The blocks of one column from top to bottom."""
    groups: list[list[Line]] = []
    for index, line in enumerate(column.lines):
        if groups and not _begins_block(column, index, groups[-1], style):
            groups[-1].append(line)
        else:
            groups.append([line])
    blocks = [_block(group, column, style) for group in groups]
    return tuple(_with_notes(blocks, style))


def runs_on(block: Block, following: Block, style: Style) -> bool:
    """Whether ``following``, at the top of the next column or page, goes on with ``block``."""
    alike = (
        block.kind == following.kind == "paragraph"
        and abs(block.size - following.size) <= 0.08 * block.size
        and block.is_bold == following.is_bold
    )
    first, last = following.lines[0], block.lines[-1]
    if not alike:
        return False
    if re.search(r"\w[-‐]$", last.text) or first.text[:1].islower():
        return True
    if first.left - following.left > 0.8 * style.body:
        return False
    return not _has_room(last, first, block.left, block.right)


def _begins_block(column: Column, index: int, group: Sequence[Line], style: Style) -> bool:
    line, above = column.lines[index], group[-1]
    if abs(above.y - line.y) < 0.3 * line.size:
        return False
    if _differs(above, line):
        return True
    if above.y - line.y > _widest_pitch(line, style) or above.y < line.y:
        return True
    if _looks_like_heading([line], style):
        return _is_set_otherwise(above, line)
    if line.size < _SMALL * style.body and line.begins_with_mark:
        return True
    ended = _has_room(above, line, column.left, column.right)
    if _BULLET.match(line.text) and ended:
        return True
    return _is_set_off(column, index, group, style, ended=ended)


def _is_set_off(
    column: Column, index: int, group: Sequence[Line], style: Style, *, ended: bool
) -> bool:
    """Whether an indent, an outdent or a line that ended early tells of a new paragraph."""
    line, above = column.lines[index], group[-1]
    below = column.lines[index + 1] if index + 1 < len(column.lines) else None
    step = 0.8 * style.body
    is_item = len(group) == 1 and bool(_BULLET.match(above.text))
    if line.left - above.left > step:
        returns = below is None or below.left < line.left - 0.5 * step
        stopped = bool(_STOPS.search(above.text))
        return (ended and stopped) or (returns and (ended or stopped) and not is_item)
    if above.left - line.left > step:
        is_hanging = len(group) > 1 and abs(group[-2].left - above.left) < step
        return is_hanging and (ended or bool(_STOPS.search(above.text)))
    if line.left - column.left > step and (ended or len(group) == 1):
        return bool(_STOPS.search(above.text))
    is_early = above.right < column.left + 0.6 * (column.right - column.left)
    stopped = bool(_STOPS.search(above.text))
    return stopped and ended and (is_early or not style.marks_paragraphs)


def _differs(above: Line, line: Line) -> bool:
    if abs(above.size - line.size) > 0.08 * max(above.size, line.size):
        return True
    return above.is_bold != line.is_bold


def _widest_pitch(line: Line, style: Style) -> float:
    if line.size >= _LARGE * style.body:
        return 1.6 * line.size
    return 1.25 * style.pitch * line.size


def _is_set_otherwise(above: Line, line: Line) -> bool:
    """Whether a centred line, as of a title, stands over one that begins far to the left of it."""
    shift = (above.left + above.right - line.left - line.right) / 2
    return above.left - line.left > 3 * line.size and abs(shift) > 2 * line.size


def _has_room(line: Line, following: Line, left: float, right: float) -> bool:
    """Whether the first word of ``following`` would have stood in ``line`` as well."""
    word = following.text.split(" ", 1)[0]
    needed = estimated_width(" " + word, line.size)
    return line.right + needed < right - 0.04 * (right - left)


def _block(lines: list[Line], column: Column, style: Style) -> Block:
    kind: Literal["paragraph", "heading"] = (
        "heading" if _looks_like_heading(lines, style) else "paragraph"
    )
    return Block(kind, tuple(lines), column.left, column.right)


def _looks_like_heading(lines: Sequence[Line], style: Style) -> bool:
    if sum(len(line.text.split()) for line in lines) > _MOST_HEADING_WORDS or len(lines) > 4:
        return False
    if not any(re.search(r"[^\W_]", line.text) for line in lines):
        return False
    if all(line.size >= _LARGE * style.body for line in lines):
        return True
    is_bold = all(line.is_bold and line.size >= 0.95 * style.body for line in lines)
    return is_bold and not style.is_bold and not re.search(r"[.;,]$", lines[-1].text)


def _with_notes(blocks: Sequence[Block], style: Style) -> Iterator[Block]:
    """Small print that ends a column and begins with a mark is notes."""
    first = len(blocks)
    for index in range(len(blocks) - 1, -1, -1):
        block = blocks[index]
        if block.size > _SMALL * style.body:
            break
        if block.lines[0].begins_with_mark or _NOTE.match(block.text):
            first = index
    for index, block in enumerate(blocks):
        yield replace(block, kind="note") if index >= first else block
