"""Lines of all pages -> the pages without running heads and feet, and the printed page numbers."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median

from histqa.loaders.pdf.lines import Line

_DEEPEST_ROW = 3
_LEAST_DENSITY = 0.35
_ROMAN_DIGITS = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_BARE = re.compile(
    r"[-–—\[(|.\s]*(?:page|p\.)?\s*(?P<number>\d{1,5}|[ivxlcdm]+)(?:\s*(?:of|/)\s*\d+)?"
    r"[-–—\])|.\s]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Removal:
    """A line that was taken out; ``kind`` is that of the repair to record."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class BarePage:
    """One page without its furniture; ``label`` is the number printed on it, "" if none."""

    lines: tuple[Line, ...]
    removals: tuple[Removal, ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """A printed page number; ``style`` is "1", "i" or "I"."""

    style: str
    value: int

    @property
    def label(self) -> str:
        """The number as it is printed."""
        if self.style == "1":
            return str(self.value)
        return roman(self.value) if self.style == "i" else roman(self.value).upper()


@dataclass(frozen=True, slots=True)
class _Place:
    """A line near the edge of a page; ``row`` counts from the edge, from 0."""

    page: int
    side: str
    row: int
    index: int
    line: Line

    @property
    def key(self) -> tuple[int, int]:
        return self.page, self.index


def without_furniture(pages: Sequence[Sequence[Line]]) -> tuple[BarePage, ...]:
    """The pages without the lines that repeat from page to page near the edge.

    A line goes only if it repeats, numbers apart, on at least three pages (on two, if it is the
    same, at the same height and not in large print) and on every third of those in between; or
    if it is a page number in step with those of other pages, or bears one at the height of
    their running heads. And only if nothing that stays is nearer to the edge.
    """
    places = [place for number, lines in enumerate(pages) for place in _places(number, lines)]
    repeated = _repeated(places, _usual_size(pages))
    numbers = _numbers_in_step(places, repeated)
    removed = _peeled(places, repeated | set(numbers))
    labels = _labels({key[0]: number for key, number in numbers.items() if key in removed})
    return tuple(
        BarePage(
            lines=tuple(line for index, line in enumerate(lines) if (page, index) not in removed),
            removals=tuple(
                Removal(_kind(removed[page, index], line), line.text)
                for index, line in enumerate(lines)
                if (page, index) in removed
            ),
            label=labels.get(page, ""),
        )
        for page, lines in enumerate(pages)
    )


def _usual_size(pages: Sequence[Sequence[Line]]) -> float:
    return median([line.size for lines in pages for line in lines] or [0.0])


def roman(value: int) -> str:
    """``value`` in small roman numerals."""
    digits = ""
    for worth, digit in _ROMAN_DIGITS:
        digits += digit * (value // worth)
        value %= worth
    return digits


def number_of(text: str) -> Number | None:
    """The page number that ``text`` is, arabic or roman, None if it is something else."""
    if text.isdecimal() and text.isascii() and len(text) <= 5:
        return Number("1", int(text))
    value, rest = 0, text.lower()
    for worth, digit in _ROMAN_DIGITS:
        while rest.startswith(digit) and value < 5000:
            value, rest = value + worth, rest.removeprefix(digit)
    if rest or not text or roman(value) != text.lower() or not (text.islower() or text.isupper()):
        return None
    return Number("i" if text.islower() else "I", value)


def _places(page: int, lines: Sequence[Line]) -> Iterator[_Place]:
    upright = [index for index, line in enumerate(lines) if not line.is_turned]
    for side, sign in (("head", -1), ("foot", 1)):
        ordered = sorted(upright, key=lambda index: sign * lines[index].y)
        row = 0
        for before, index in zip((None, *ordered), ordered, strict=False):
            if before is not None and _is_apart(lines[before], lines[index]):
                row += 1
            if row == _DEEPEST_ROW:
                break
            yield _Place(page, side, row, index, lines[index])
    for index, line in enumerate(lines):
        if line.is_turned:
            yield _Place(page, "side", 0, index, line)


def _is_apart(line: Line, other: Line) -> bool:
    return abs(line.y - other.y) > 0.5 * max(line.size, other.size)


def _shape(text: str) -> str:
    """What stays the same from page to page: no numbers at the ends, no case, no punctuation."""
    words = re.findall(r"\w+", text.casefold())
    for end in (0, -1):
        if words and number_of(words[end]):
            words[end] = "#"
    return " ".join(re.sub(r"\d+", "#", word) for word in words)


def _repeated(places: Sequence[_Place], usual_size: float) -> set[tuple[int, int]]:
    groups = defaultdict[tuple[str, str], list[_Place]](list)
    for place in places:
        shape = _shape(place.line.text)
        if shape and shape != "#":
            groups[place.side, shape].append(place)
    keys: set[tuple[int, int]] = set()
    for group in groups.values():
        size = median(place.line.size for place in group)
        alike = [place for place in group if abs(place.line.size - size) <= 0.15 * size]
        if _is_furniture(alike, usual_size):
            keys |= {place.key for place in alike}
    return keys


def _is_furniture(group: Sequence[_Place], usual_size: float) -> bool:
    pages = sorted({place.page for place in group})
    if len(pages) < _LEAST_DENSITY * (pages[-1] - pages[0] + 1):
        return False
    if len(pages) == 2:
        heights = [place.line.y for place in group]
        is_same = len({place.line.text for place in group}) == 1
        is_level = max(heights) - min(heights) <= 1 and all(place.row == 0 for place in group)
        return is_same and is_level and group[0].line.size <= 1.1 * usual_size
    return len(pages) >= 3


def _numbers_in_step(
    places: Sequence[_Place], repeated: set[tuple[int, int]]
) -> dict[tuple[int, int], Number]:
    """The page numbers, bare or at an end of a running head, that grow as the pages do."""
    bearing = repeated | _at_the_height_of(repeated, places)
    found = [(place, number) for place in places for number in _numbers(place, bearing)]
    steps = Counter[tuple[str, int]]()
    for step in {(number.style, number.value - p.page, p.page) for p, number in found}:
        steps[step[:2]] += 1
    arabic = sum(count for (style, _), count in steps.items() if style == "1")
    chosen: dict[tuple[int, int], Number] = {}
    for place, number in found:
        support = steps[number.style, number.value - place.page]
        least = 3 if number.style == "1" and arabic >= 8 else 2
        best = chosen.get(place.key)
        if support >= least and (
            best is None or support > steps[best.style, best.value - place.page]
        ):
            chosen[place.key] = number
    return chosen


def _at_the_height_of(
    repeated: set[tuple[int, int]], places: Sequence[_Place]
) -> set[tuple[int, int]]:
    """The outermost lines that stand where at least three pages have their running heads."""
    heights = Counter((p.side, round(p.line.y)) for p in places if p.key in repeated)
    return {
        place.key
        for place in places
        if place.row == 0
        and sum(heights[place.side, round(place.line.y) + shift] for shift in (-1, 0, 1)) >= 3
    }


def _numbers(place: _Place, bearing: set[tuple[int, int]]) -> Iterator[Number]:
    bare = _BARE.fullmatch(place.line.text)
    if bare:
        texts = [bare["number"]]
    elif place.key in bearing and (words := re.findall(r"\w+", place.line.text)):
        texts = [words[0], words[-1]]
    else:
        texts = []
    yield from (number for number in map(number_of, texts) if number is not None)


def _peeled(places: Sequence[_Place], wanted: set[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Those of ``wanted`` that no other line keeps from the edge, with their side."""
    removed: dict[tuple[int, int], str] = {}
    for _, group in groupby(places, key=lambda place: (place.page, place.side)):
        for _, row in groupby(group, key=lambda place: place.row):
            members = list(row)
            going = [place for place in members if place.key in wanted]
            removed.update({place.key: place.side for place in going})
            if len(going) < len(members):
                break
    return removed


def _kind(side: str, line: Line) -> str:
    if _BARE.fullmatch(line.text):
        return "removed page number"
    return {"head": "removed running head", "foot": "removed running foot"}.get(
        side, "removed marginal line"
    )


def _labels(printed: dict[int, Number]) -> dict[int, str]:
    """Labels by page; a page without a number between two that are in step gets what is due."""
    labels = {page: number.label for page, number in printed.items()}
    for (page, number), (later, following) in pairwise(sorted(printed.items(), key=_page)):
        step = number.value - page
        if number.style == following.style and following.value - later == step:
            for between in range(page + 1, later):
                labels[between] = Number(number.style, between + step).label
    return labels


def _page(entry: tuple[int, Number]) -> int:
    return entry[0]
