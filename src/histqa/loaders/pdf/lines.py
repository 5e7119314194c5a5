"""Placed fragments of text -> lines, with the marks of footnotes taken out and remembered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from histqa.canonical import clean

_NARROW = frozenset("iljtfr.,;:'’‘!|()[]I- /\"")
_WIDE = frozenset("mwMW@—%")
_SANS = ("helvetica", "arial", "sans", "calibri", "verdana", "gothic", "frutiger", "univers")
_MONO = ("courier", "mono", "consolas", "typewriter")
_MARK = re.compile(r"[\[(]?\d{1,3}(?:[,–-]\s?\d{1,3})*[\])]?|[*†‡§¶]{1,3}")
_SUPERSCRIPT = re.compile(r"(?:(?<=[^\W\d_]{2})|(?<=[.,;:!?”’\")\]]))[⁰¹²³⁴-⁹]+")
_INITIAL = re.compile(r"[“\"‘']?[A-Z]")
_UNIT = re.compile(r"(?:\b[kcm]?m|\bft|\bin|\byd|\d)$")


@dataclass(frozen=True, slots=True)
class Fragment:
    """A run of text of one font, in points: (x, y) is where its baseline starts, y grows upwards.

    ``turn`` is the direction of reading in quarter turns; x and y are those of the page turned
    so that the fragment reads from left to right. ``width`` is estimated.
    """

    text: str
    x: float
    y: float
    size: float
    width: float
    is_bold: bool = False
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark of a footnote that stood at ``offset`` of its line."""

    offset: int
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of one column: clean text without marks, and its place in points."""

    text: str
    left: float
    right: float
    y: float
    size: float
    is_bold: bool = False
    marks: tuple[Mark, ...] = ()
    is_turned: bool = False

    @property
    def begins_with_mark(self) -> bool:
        """Whether a footnote mark stands before the first word."""
        return bool(self.marks) and self.marks[0].offset == 0


def estimated_width(text: str, size: float, font: str = "") -> float:
    """The width of ``text`` in points, to about 5%: font programs are not read for it."""
    if any(mark in font for mark in _MONO):
        return 0.6 * size * len(text)
    factor = 1.12 if any(mark in font for mark in _SANS) else 1.0
    return size * factor * sum(map(_em, text))


def _em(mark: str) -> float:
    if mark in _NARROW:
        return 0.285
    if mark in _WIDE:
        return 0.82
    if mark.isupper():
        return 0.67
    return 0.455 if mark.islower() else 0.5


def lines_of(fragments: Sequence[Fragment]) -> tuple[Line, ...]:
    """The lines of one page in content order; text that reads in another direction comes last."""
    if not fragments:
        return ()
    weights = Counter[int]()
    for fragment in fragments:
        weights[fragment.turn] += len(fragment.text.strip())
    upright = max(weights, key=lambda turn: (weights[turn], -turn))
    edges = column_edges([fragment for fragment in fragments if fragment.turn == upright])
    lines = []
    for turn in (upright, *sorted(set(weights) - {upright})):
        here = [fragment for fragment in fragments if fragment.turn == turn]
        for row in _rows(here, edges if turn == upright else ()):
            line = _line(row)
            if line.text or line.marks:
                lines.append(replace(line, is_turned=turn != upright))
    return tuple(_with_initials(lines))


def column_edges(fragments: Sequence[Fragment]) -> tuple[float, ...]:
    """Where the right-hand columns of text begin, from the left: often met starts of fragments.

    A start counts where what stands left of it, on the same row, reaches nearly up to it:
    that tells a column of prose from a column of a table.
    """
    if not fragments:
        return ()
    left = min(fragment.x for fragment in fragments)
    extent = max(fragment.x + fragment.width for fragment in fragments) - left
    starts = Counter(round(fragment.x) for fragment in fragments if fragment.text.strip())
    edges: list[float] = []
    for start in sorted(starts):
        often = starts[start] + starts[start + 1] >= 4
        if often and start > left + 0.25 * extent and start - 2 > max(edges, default=left):
            beside = _ends_beside(fragments, start)
            reach = [end > start - 0.3 * (start - max(edges, default=left)) for end in beside]
            if len(beside) >= 4 and sum(reach) >= 0.6 * len(reach):
                edges.append(start - 1.0)
    return tuple(edges)


def _ends_beside(fragments: Sequence[Fragment], start: float) -> list[float]:
    """Where the text left of ``start`` ends, on each row on which a fragment starts there."""
    rows = {round(f.y) for f in fragments if abs(f.x - start) <= 1.5 and f.text.strip()}
    ends: dict[int, float] = {}
    for fragment in fragments:
        row = round(fragment.y)
        if row in rows and fragment.x < start - 2 and fragment.text.strip():
            ends[row] = max(ends.get(row, fragment.x), fragment.x + fragment.width)
    return list(ends.values())


def _rows(fragments: Iterable[Fragment], edges: Sequence[float]) -> list[list[Fragment]]:
    rows: list[list[Fragment]] = []
    for fragment in fragments:
        if rows and _same_row(rows[-1], fragment, edges):
            rows[-1].append(fragment)
        else:
            rows.append([fragment])
    return rows


def _same_row(row: list[Fragment], fragment: Fragment, edges: Sequence[float]) -> bool:
    tall = max(row, key=lambda member: member.size)
    larger, smaller = max(tall.size, fragment.size), min(tall.size, fragment.size)
    if larger == tall.size >= 1.8 * smaller and _INITIAL.fullmatch(tall.text.strip()):
        return False
    # A raised mark stands higher over its line than two fragments of one size differ.
    if abs(fragment.y - tall.y) > (0.65 if smaller < 0.85 * larger else 0.5) * larger:
        return False
    if fragment.x < row[-1].x - 0.5 * fragment.size:
        return False
    return not any(row[0].x < edge <= fragment.x < edge + 3 for edge in edges)


def _line(row: list[Fragment]) -> Line:
    """One line from the fragments of a row: spaces where there are gaps, marks taken out."""
    weights = Counter[float]()
    for fragment in row:
        weights[fragment.size] += len(fragment.text.strip())
    size = max(weights, key=lambda value: (weights[value], value))
    base = next((f.y for f in row if f.size == size), row[0].y)
    raw, marks, pen = "", list[Mark](), row[0].x
    for before, fragment in zip((None, *row), row, strict=False):
        if before is not None and fragment.x > before.x + 0.01:
            if fragment.x - pen > 0.12 * size and not raw.endswith(" "):
                raw += " "
            pen = max(fragment.x, pen - 0.2 * before.width)
        if _is_mark(fragment, raw, size, base):
            marks.append(Mark(len(clean(raw)), fragment.text.strip()))
            raw += " " if fragment.text.endswith(" ") else ""
        else:
            raw += fragment.text
        pen += fragment.width
    text, found = _without_superscripts(clean(raw).replace("\n", " "))
    is_bold = all(f.is_bold for f in row if f.text.strip())
    every = tuple(sorted((*marks, *found), key=lambda mark: mark.offset))
    return Line(text, row[0].x, pen, base, size, is_bold, every)


def _is_mark(fragment: Fragment, before: str, size: float, base: float) -> bool:
    """Whether a fragment is a footnote mark: small, not lowered, digits or a dagger."""
    is_small = fragment.size <= 0.82 * size and fragment.y >= base - 0.05 * size
    stands_free = not _UNIT.search(before)
    return is_small and stands_free and bool(_MARK.fullmatch(fragment.text.strip()))


def _without_superscripts(text: str) -> tuple[str, list[Mark]]:
    """``text`` without ¹²³ after a word or a stop; "km²" stays."""
    kept, marks, end = "", list[Mark](), 0
    for found in _SUPERSCRIPT.finditer(text):
        if _UNIT.search(text[: found.start()]):
            continue
        kept += text[end : found.start()]
        marks.append(Mark(len(kept), found[0]))
        end = found.end()
    return kept + text[end:], marks


def _with_initials(lines: Iterable[Line]) -> list[Line]:
    """A large initial of a paragraph is put before the line that it belongs to."""
    mended: list[Line] = []
    for line in lines:
        initial = mended[-1] if mended else None
        if (
            initial is not None
            and _INITIAL.fullmatch(initial.text)
            and initial.size >= 1.8 * line.size
            and re.match(r"[a-zA-Z]", line.text)
            and initial.y <= line.y + line.size
        ):
            line = replace(
                line,
                text=initial.text + line.text,
                left=initial.left,
                marks=tuple(Mark(m.offset + len(initial.text), m.text) for m in line.marks),
            )
            mended.pop()
        mended.append(line)
    return mended
