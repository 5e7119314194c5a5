"""Lines of one paragraph -> its text: blanks or nothing between lines, hyphens rejoined."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from histqa.loaders.pdf.lines import Line

_BROKEN = re.compile(r"(\w[\w'’-]*)[-‐]$")
_REST = re.compile(r"[a-z][\w'’]*")
_WORD = re.compile(r"\w+(?:[-‐'’]\w+)*")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+[^\s.,;)]$")
_REST_OF_ADDRESS = re.compile(r"[^\s/]*/\S*")
# "nineteenth- and twentieth-century": the hyphen stands for a part left out, not for a break.
_SUSPENDED = re.compile(r"(?:and|or|to|nor|but)\b")


@dataclass(frozen=True, slots=True)
class Mend:
    """A repair inside a text: ``original`` stood where ``replacement`` now is, at ``offset``."""

    kind: str
    offset: int
    original: str
    replacement: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """The part of a paragraph that stands on one page; ``joint`` comes between it and the last."""

    page: int
    text: str
    joint: str = ""
    mends: tuple[Mend, ...] = ()


def vocabulary(lines: Iterable[Line]) -> frozenset[str]:
    """The words that stand unbroken inside lines, in small letters."""
    return frozenset(
        word.lower() for line in lines for word in _WORD.findall(_BROKEN.sub("", line.text))
    )


def pieces_of(lines: Iterable[tuple[int, Line]], known: Collection[str]) -> tuple[Piece, ...]:
    """The text of a paragraph from its lines, each with its page, page by page.

    A word broken at a line end is rejoined only before a small letter, so "Austro-" and
    "Hungarian" keep their hyphen; so does a word that ``known`` has with its hyphen only.
    """
    pieces: list[Piece] = []
    for page, line in lines:
        marks = [Mend("removed footnote mark", mark.offset, mark.text) for mark in line.marks]
        if not pieces:
            pieces.append(Piece(page, line.text, "", tuple(marks)))
            continue
        last = pieces[-1]
        kept, joint, mends = joined(last.text, line.text, known)
        last = replace(last, text=kept, mends=(*last.mends, *mends))
        if last.page == page:
            shift = len(kept) + len(joint)
            marks = [replace(mark, offset=mark.offset + shift) for mark in marks]
            text = kept + joint + line.text
            pieces[-1] = replace(last, text=text, mends=(*last.mends, *marks))
        else:
            pieces[-1:] = [last, Piece(page, line.text, joint, tuple(marks))]
    return tuple(pieces)


def joined(before: str, after: str, known: Collection[str]) -> tuple[str, str, tuple[Mend, ...]]:
    """What stays of ``before``, what comes between it and ``after``, and the repair, if any."""
    broken = _BROKEN.search(before)
    if broken and not _SUSPENDED.match(after):
        rest = _REST.match(after)
        if rest is None:
            return before, "" if re.match(r"\w", after) else " ", ()
        start, whole = broken.start(), broken[1] + rest[0]
        hyphened = f"{broken[1]}-{rest[0]}"
        has_hyphen = hyphened.lower() in known and whole.lower() not in known
        mend = Mend(
            "rejoined hyphen", start, f"{broken[0]}\n{rest[0]}", hyphened if has_hyphen else whole
        )
        return before if has_hyphen else before[:-1], "", (mend,)
    if re.search(r"\S—$", before) and re.match(r"\w", after):
        return before, "", ()
    address = _ADDRESS.search(before)
    if address and (rest := _REST_OF_ADDRESS.match(after)):
        whole = address[0] + rest[0]
        mend = Mend("rejoined address", address.start(), f"{address[0]}\n{rest[0]}", whole)
        return before, "", (mend,)
    return before, " ", ()
