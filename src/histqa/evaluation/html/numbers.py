"""Numbers -> how people read them: shares in percent, times, intervals."""

from __future__ import annotations

from histqa.evaluation.html.elements import Markup, element, joined
from histqa.evaluation.metrics import METRICS
from histqa.evaluation.records import Figure

NARROW = "\N{NARROW NO-BREAK SPACE}"
NO_BREAK = "\N{NO-BREAK SPACE}"


def percent(share: float, *, digits: int = 0, unit: str = f"{NARROW}%") -> str:
    """0.723 -> "72 %"; only nothing at all is "0 %", and only everything "100 %"."""
    least = 10.0**-digits
    value = round(100 * share, digits)
    if value >= 100 and share < 1:
        return f">{100 - least:.{digits}f}{unit}"
    if value <= 0 and share > 0:
        return f"<{least:.{digits}f}{unit}"
    return f"{value:.{digits}f}{unit}"


def duration(seconds: float) -> str:
    """0.0382 -> "38 ms", 1.24 -> "1.2 s", 754 -> "12 min 34 s"."""
    if seconds < 0.9995:
        return f"{1000 * seconds:.0f}{NARROW}ms"
    if seconds < 99.95:
        return f"{seconds:.1f}{NARROW}s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes:,}{NARROW}min {rest}{NARROW}s"


def number(metric: str, value: float, *, digits: int = 0) -> str:
    """``value`` in the unit of ``metric``; of no unit where it is not known."""
    unit = METRICS[metric].unit if metric in METRICS else ""
    if unit == "share":
        return percent(value, digits=digits)
    return duration(value) if unit == "seconds" else f"{value:.3f}"


def exact(metric: str, value: float, *, digits: int = 0) -> Markup:
    """The number for people, with the exact one in its ``value``."""
    return element("data", number(metric, value, digits=digits), value=repr(value))


def interval(figure: Figure, *, digits: int = 0) -> Markup:
    """Both ends of the figure's interval; the unit is said once."""
    low = number(figure.metric, figure.low, digits=digits)
    if low.endswith("%"):
        low = low.removesuffix("%").removesuffix(NARROW)
    return joined(
        element("data", low, value=repr(figure.low)), f"{NO_BREAK}–{NO_BREAK}",
        exact(figure.metric, figure.high, digits=digits),
    )  # fmt: skip


def counted(count: int, one: str, many: str = "") -> str:
    """1 -> "1 question", 1200 -> "1,200 questions"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
