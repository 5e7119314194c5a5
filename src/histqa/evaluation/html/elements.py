"""Texts and elements -> markup; what is not markup already is escaped, so nothing can run."""

from __future__ import annotations

import html
import re

# Characters that are not seen, or turn the reading direction of what follows (Unicode TR 36),
# and lone surrogates, which no file can hold. A report has to show them: they are often the very
# reason that two texts which look alike are not.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_VOID = ("meta", "link", "input")

Attribute = str | int | float | bool | None


class Markup(str):
    """Markup that may stand in the page as it is; only this module makes it from other text."""

    __slots__ = ()


def visible(text: str) -> str:
    """``text`` with ‹U+202E› in place of every character that is not seen or turns others."""
    return _UNSEEN.sub(lambda found: f"‹U+{ord(found.group()):04X}›", text)


def escaped(text: str) -> Markup:
    """``text`` as markup that shows it and can do nothing else; markup is left as it is."""
    return text if isinstance(text, Markup) else Markup(html.escape(visible(text)))


def joined(*parts: str) -> Markup:
    """The parts one after another, each ``escaped``."""
    return Markup("".join(map(escaped, parts)))


def element(name: str, /, *parts: str, **attributes: Attribute) -> Markup:
    """``<name ...>parts</name>``.

    An attribute's ``_`` is written ``-`` (``class_`` is class, ``aria_label`` is aria-label);
    True is written bare, False and None not at all.
    """
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{_value(value)}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    end = "" if name in _VOID else f"</{name}>"
    return Markup(f"<{name}{written}>{joined(*parts)}{end}")


def unseen_but_read(text: str) -> Markup:
    """Text for screen readers alone."""
    return element("span", text, class_="aside")


def table(caption: str, heads: tuple[str, ...], rows: list[Markup], **attributes: str) -> Markup:
    """A table that may be wider than the page: it scrolls by itself, by keyboard too."""
    head = element("tr", *(element("th", text, scope="col") for text in heads))
    made = element(
        "table",
        element("caption", caption),
        element("thead", head),
        element("tbody", *rows),
        **attributes,
    )
    return element("div", made, class_="wide", role="region", aria_label=caption, tabindex=0)


def row(name: str, *cells: str) -> Markup:
    """A row of a table, with its name first."""
    return element("tr", element("th", name, scope="row"), *(element("td", cell) for cell in cells))


def more(summary: str, *parts: str, **attributes: Attribute) -> Markup:
    """What is opened on demand, and is always open on paper."""
    return element("details", element("summary", summary), *parts, **attributes)


def _value(value: Attribute) -> str:
    return f"{value:g}" if isinstance(value, float) else escaped(str(value))
