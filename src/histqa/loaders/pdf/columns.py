"""The lines of a page -> its columns, in reading order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from histqa.loaders.pdf.lines import Line

_FEWEST_LINES = 4


@dataclass(frozen=True, slots=True)
class Column:
    """Lines that are read from top to bottom, between ``left`` and ``right`` (in points)."""

    lines: tuple[Line, ...]
    left: float
    right: float


def columns_of(lines: Sequence[Line]) -> tuple[Column, ...]:
    """The columns of one page in reading order; turned text is a column of its own, the last.

    Lines that cross the gap between two columns divide the page into bands: what stands above
    is read before them. Without such a gap the order of the file is kept, unless no two lines
    stand beside each other: then they are read from top to bottom.
    """
    upright = [line for line in lines if not line.is_turned]
    turned = [line for line in lines if line.is_turned]
    groups = [*_divided(upright), *([turned] if turned else [])]
    return tuple(_column(group) for group in groups if group)


def _column(lines: Sequence[Line]) -> Column:
    rights = sorted(line.right for line in lines)
    return Column(
        lines=tuple(lines),
        left=_usual_left(lines),
        right=rights[int(0.9 * (len(rights) - 1))],
    )


def _usual_left(lines: Sequence[Line]) -> float:
    """The leftmost edge that some lines share: one in eight, as paragraphs may be short."""
    for line in sorted(lines, key=lambda line: line.left):
        near = sum(abs(other.left - line.left) <= 2 for other in lines)
        if near >= max(2, len(lines) / 8):
            return line.left
    return median(line.left for line in lines)


def _divided(lines: list[Line]) -> Iterator[list[Line]]:
    gap = _gap(lines)
    if gap is None:
        yield from _cut_at_jumps(_top_down(lines))
        return
    band: list[Line] = []
    for line in sorted(lines, key=lambda line: (-line.y, line.left)):
        if _crosses(line, gap):
            yield from _band(band, gap)
            band = []
            yield [line]
        else:
            band.append(line)
    yield from _band(band, gap)


def _band(lines: list[Line], gap: float) -> Iterator[list[Line]]:
    yield [line for line in lines if line.left < gap]
    yield from _divided([line for line in lines if line.left >= gap])


def _gap(lines: Sequence[Line]) -> float | None:
    """Where the second column begins, None if there is one column only."""
    if len(lines) < 2 * _FEWEST_LINES:
        return None
    left = min(line.left for line in lines)
    extent = max(line.right for line in lines) - left
    for start in sorted({line.left for line in lines}):
        if start < left + 0.25 * extent:
            continue
        # Indented first lines count: in a column of short paragraphs they are most of it.
        aligned = [line for line in lines if -2 <= line.left - start <= 3 * line.size]
        beyond = [line for line in lines if line.left >= start - 2]
        if len(aligned) < max(_FEWEST_LINES, 0.4 * len(beyond)):
            continue
        if _separates(lines, start - 2):
            return start - 2
    return None


def _separates(lines: Sequence[Line], gap: float) -> bool:
    """Whether most lines left of ``gap`` end there, and columns stand beside each other."""
    before = [line for line in lines if line.left < gap]
    ending = [line for line in before if not _crosses(line, gap)]
    after = [line for line in lines if line.left >= gap]
    if len(ending) < max(_FEWEST_LINES, 0.6 * len(before)):
        return False
    top = min(max(line.y for line in ending), max(line.y for line in after))
    bottom = max(min(line.y for line in ending), min(line.y for line in after))
    return top - bottom > 2 * median(line.size for line in lines)


def _crosses(line: Line, gap: float) -> bool:
    return line.left < gap and line.right > gap + 0.12 * (gap - line.left)


def _top_down(lines: list[Line]) -> list[Line]:
    ordered = sorted(lines, key=lambda line: -line.y)
    beside = any(
        above.y - below.y < 0.5 * min(above.size, below.size) for above, below in pairwise(ordered)
    )
    return lines if beside else ordered


def _cut_at_jumps(lines: list[Line]) -> Iterator[list[Line]]:
    """A line higher than the one before it begins a column, however short."""
    start = 0
    for index, (above, below) in enumerate(pairwise(lines), 1):
        if below.y > above.y + below.size:
            yield lines[start:index]
            start = index
    yield lines[start:]
