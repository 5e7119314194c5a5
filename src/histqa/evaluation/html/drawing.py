"""Places from 0 to 1 -> the parts of a plot, as SVG whose text keeps its size at any width.

Places are given in percent of a drawing without a view box, so that only distances grow with it.
Curves need a view box; they stand in a drawing of their own that is stretched, strokes apart.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from histqa.evaluation.html.elements import Markup, element, more, table
from histqa.evaluation.html.numbers import percent
from histqa.evaluation.records import Figure

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Axis:
    """``ticks``: places from 0 to 1 with what is written there."""

    label: str
    ticks: Sequence[tuple[float, str]]


def shares(label: str) -> Axis:
    """An axis from 0 % to 100 %."""
    return Axis(label, [(part / 4, percent(part / 4)) for part in range(5)])


def at(place: float) -> str:
    """A place from 0 to 1 as SVG writes it."""
    return f"{100 * place:.2f}%"


def plot(name: str, alternative: str, axes: tuple[Axis, Axis], *layers: Markup) -> Markup:
    """A drawing with both axes; ``alternative``: what it shows, for those who cannot see it."""
    drawn = element(
        "svg", *_grid(*axes), *layers, *_labels(*axes),
        class_="plot", role="img", aria_label=alternative, data_plot=name,
    )  # fmt: skip
    return element("div", drawn, class_="area")


def dot(place: Point, radius: float, says: str, *, kind: str = "dot") -> Markup:
    """A dot that says its numbers to a pointer; ``radius`` in pixels."""
    x, y = place
    return element(
        "circle", element("title", says), class_=kind, cx=at(x), cy=at(1 - y), r=round(radius, 2)
    )


def line(start: Point, end: Point, *, kind: str) -> Markup:
    """A straight line."""
    return element(
        "line", class_=kind, x1=at(start[0]), y1=at(1 - start[1]), x2=at(end[0]), y2=at(1 - end[1])
    )


def bar(left: float, width: float, height: float, says: str, *, kind: str = "bar") -> Markup:
    """A bar that stands on the x axis."""
    return element(
        "rect", element("title", says),
        class_=kind, x=at(left), width=at(width), y=at(1 - height), height=at(height),
    )  # fmt: skip


def curve(points: Sequence[Point]) -> Markup:
    """A line through all ``points``, with the area under it tinted."""
    through = " ".join(f"{x:.5f},{1 - y:.5f}" for x, y in points)
    under = f"{points[0][0]:.5f},1 {through} {points[-1][0]:.5f},1"
    return element(
        "svg",
        element("polygon", class_="under", points=under),
        element("polyline", class_="curve", points=through, vector_effect="non-scaling-stroke"),
        viewBox="0 0 1 1", preserveAspectRatio="none", width="100%", height="100%",
    )  # fmt: skip


def text(place: Point, words: str, *, dx: int = 0, dy: int = 0, kind: str = "") -> Markup:
    """Words at a place, moved by ``dx`` and ``dy`` pixels."""
    x, y = place
    return element("text", words, x=at(x), y=at(1 - y), dx=dx, dy=dy, class_=kind or None)


def strip(*figures: Figure | None) -> Markup:
    """Figures from 0 to 1 with their intervals in one line of a table, which says the numbers."""
    marks = []
    for place, figure in enumerate(figures):
        if figure is None:
            continue
        y = at((place + 1) / (len(figures) + 1))
        marks += [
            element("line", class_=f"range of-{place}", x1=at(figure.low), x2=at(figure.high),
                    y1=y, y2=y),
            element("circle", class_=f"dot of-{place}", cx=at(figure.value), cy=y, r=5),
        ]  # fmt: skip
    rules = (
        element("line", class_="grid", x1=at(part / 4), x2=at(part / 4), y1="0", y2="100%")
        for part in range(5)
    )
    return element("svg", *rules, *marks, class_="strip", aria_hidden="true")


def strip_axis() -> Markup:
    """What stands over a column of strips."""
    ticks = (
        element("text", percent(part / 2), x=at(part / 2), y="0.85em", class_=f"tick end-{part}")
        for part in range(3)
    )
    return element("svg", *ticks, class_="strip-axis", aria_hidden="true")


def bars(*parts: tuple[float, str]) -> Markup:
    """One horizontal bar of parts, each a share of the whole width and its kind."""
    drawn, left = [], 0.0
    for share, kind in parts:
        drawn.append(element("rect", class_=kind, x=at(left), width=at(share), height="100%"))
        left += share
    return element("svg", *drawn, class_="length", aria_hidden="true")


def step(span: float, count: int) -> float:
    """1, 2 or 5 times a power of ten: the least that divides ``span`` in at most ``count``."""
    least = span / count
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * size for size in (1, 2, 5, 10) if power * size >= least * (1 - 1e-9))


def numbers_of(title: str, heads: tuple[str, ...], rows: list[Markup]) -> Markup:
    """What a plot shows, as a table to open."""
    return more("The numbers", table(title, heads, rows), class_="numbers")


def figure_of(title: str, reading: str, *parts: Markup) -> Markup:
    """A plot under its title and the sentence to read it by."""
    return element(
        "section", element("h3", title), element("p", reading, class_="reading"), *parts,
        class_="figure",
    )  # fmt: skip


def _grid(x: Axis, y: Axis) -> list[Markup]:
    across = [line((0, place), (1, place), kind="grid") for place, _ in y.ticks]
    up = [line((place, 0), (place, 1), kind="grid") for place, _ in x.ticks]
    return across + up


def _labels(x: Axis, y: Axis) -> list[Markup]:
    return [
        *(text((place, 0), said, dy=18, kind="tick x") for place, said in x.ticks),
        *(text((0, place), said, dx=-8, dy=4, kind="tick y") for place, said in y.ticks),
        text((0.5, 0), x.label, dy=40, kind="axis x"),
        text((0, 1), y.label, dx=-40, dy=-14, kind="axis"),
    ]
