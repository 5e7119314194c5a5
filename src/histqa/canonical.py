"""Cleaned pieces of a file in reading order -> the canonical text with pages, headings, repairs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from histqa.types import PARAGRAPH_BREAK, Document, Heading, Page, Repair, Source, Span

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_LIGATURE = re.compile("[ﬀ-ﬆ]")
# Characters that are not seen but change what is seen or searched: controls, soft hyphen,
# zero-width marks, direction overrides (Unicode TR 36), byte order marks, lone surrogates.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_BLANK_LINES = re.compile(r"\n{2,}")
_SPACES = re.compile(r"[^\S\n]+")
_LINE_ENDS = re.compile(r"\r\n?|\x0b|\x0c|\x85|\u2028|\u2029")
# A mark stands in a text until the builder takes its place and removes it. It is made of code
# points that Unicode keeps out of texts for good ("noncharacters"): number, then an end.
_MARK = re.compile("\ufdd0([\ufdd1-\ufdda]{1,9})\ufddb")
_NONCHARACTERS = re.compile("[\ufdd0-\ufdef]")
_DIGITS = "\ufdd1\ufdd2\ufdd3\ufdd4\ufdd5\ufdd6\ufdd7\ufdd8\ufdd9\ufdda"
_TO_MARK = str.maketrans("0123456789", _DIGITS)
_FROM_MARK = str.maketrans(_DIGITS, "0123456789")

RepairMark = Callable[[str, str, str], str]
"""Takes kind, original and replacement of a repair; gives the replacement, invisibly marked."""


def unmarked(text: str) -> str:
    """``text`` without marks, and without code points that could be taken for one."""
    return _NONCHARACTERS.sub("", text)


def marks_of(text: str) -> str:
    """The marks of ``text`` alone: what must outlive a text that is removed."""
    return "".join(found.group() for found in _MARK.finditer(text))


def clean(text: str) -> str:
    """One piece of text normalised: NFC, plain spaces, no unseen characters, no ligatures.

    Line ends become \\n; runs of blanks become one; ends are stripped. This is the only
    normalisation that is not recorded as a repair: no letter, digit or mark is lost by it.
    """
    text = _LINE_ENDS.sub("\n", text)
    text = _LIGATURE.sub(lambda found: _LIGATURES[found.group()], _UNSEEN.sub("", text))
    text = unicodedata.normalize("NFC", text)
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(lines).strip()


class TextBuilder:
    """Collects what a loader finds, in reading order; ``build`` gives the Document.

    Positions of repairs and pages are taken here, so that no loader counts characters.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._page_starts: list[tuple[int, str]] = []
        self._headings: list[Heading] = []
        self._repairs: list[Repair] = []
        self._marks: list[Repair | str] = []

    def repair_mark(self, kind: str, original: str, replacement: str = "") -> str:
        """``replacement``, invisibly marked: put it into a text that is added later.

        The repair is recorded where the mark then stands, and not at all if it is dropped.
        """
        return self._mark(Repair(kind, 0, unmarked(original), replacement)) + replacement

    def page_mark(self, label: str = "") -> str:
        """An invisible mark: the next physical page begins where it stands in an added text."""
        return self._mark(label)

    @property
    def position(self) -> int:
        """Where the next character of a continued paragraph would stand."""
        return self._length

    def page(self, label: str = "") -> None:
        """The next physical page begins here; ``label`` is the number printed on it, if any."""
        self._page_starts.append((self._length, clean(label)))

    def heading(self, text: str, level: int) -> None:
        """A heading, as a paragraph of its own; an empty one is ignored."""
        span = self._append(_one_line(text), PARAGRAPH_BREAK)
        if span:
            self._headings.append(Heading("".join(self._parts[-1:]), level, span))

    def paragraph(self, text: str) -> None:
        """A new paragraph; blank lines inside it become line ends; an empty one is ignored."""
        self._append(clean(text), PARAGRAPH_BREAK)

    def continuation(self, text: str, *, joined_by: str = " ") -> None:
        """More of the last paragraph, as when it runs on over a page or a column."""
        self._append(clean(text), joined_by)

    def repaired(self, kind: str, original: str, replacement: str = "", *, back: int = 0) -> None:
        """Record a repair ``back`` characters before the end of what was added so far."""
        self._repairs.append(Repair(kind, max(self._length - back, 0), original, replacement))

    def build(
        self, source: Source, *, title: str = "", author: str = "", date: str = ""
    ) -> Document:
        """The document; its pages tile the text (the first begins at 0, the last ends with it)."""
        return Document(
            doc_id=source.doc_id,
            path=source.path,
            text="".join(self._parts),
            title=_one_line(title),
            author=_one_line(author),
            date=_one_line(date),
            sha256=source.sha256,
            pages=self._pages(),
            headings=tuple(self._headings),
            repairs=tuple(sorted(self._repairs, key=lambda repair: repair.position)),
        )

    def _append(self, marked: str, joint: str) -> Span:
        text, places = _without_marks(marked)
        if text and self._parts:
            self._parts.append(joint)
            self._length += len(joint)
        span = Span(self._length, self._length + len(text))
        if text:
            self._parts.append(text)
            self._length = span.end
        for offset, number in places:
            self._place(number, span.start + offset, text.startswith, offset)
        return span

    def _place(
        self, number: int, position: int, stands: Callable[[str, int], bool], offset: int
    ) -> None:
        mark = self._marks[number] if number < len(self._marks) else None
        if isinstance(mark, str):
            self._page_starts.append((position, clean(mark)))
        elif mark:
            replacement = mark.replacement if stands(mark.replacement, offset) else ""
            self._repairs.append(Repair(mark.kind, position, mark.original, replacement))

    def _mark(self, mark: Repair | str) -> str:
        self._marks.append(mark)
        return f"\ufdd0{str(len(self._marks) - 1).translate(_TO_MARK)}\ufddb"

    def _pages(self) -> tuple[Page, ...]:
        if not self._page_starts:
            return ()
        starts = [
            (0, label) if number == 0 else (start, label)
            for number, (start, label) in enumerate(self._page_starts)
        ]
        ends = [start for start, _ in starts[1:]] + [self._length]
        return tuple(
            Page(number, label, Span(start, end))
            for number, ((start, label), end) in enumerate(zip(starts, ends, strict=True), 1)
        )


def _one_line(text: str) -> str:
    return _BLANK_LINES.sub(" ", clean(text)).replace("\n", " ")


def _without_marks(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without its marks and the blanks they kept apart; (offset, number) of each mark."""
    pieces: list[str] = []
    places: list[tuple[int, int]] = []
    length, last = 0, "\n"
    for index, piece in enumerate(_MARK.split(text)):
        if index % 2:
            places.append((length, int(piece.translate(_FROM_MARK))))
            continue
        piece = _BLANK_LINES.sub("\n", unmarked(piece))
        if last in " \n":
            piece = piece.lstrip(" \n" if last == "\n" else " ")
        if last == " " and piece.startswith("\n"):
            pieces.append(pieces.pop()[:-1])
            length -= 1
        if piece:
            pieces.append(piece)
            length, last = length + len(piece), piece[-1]
    joined = unicodedata.normalize("NFC", "".join(pieces).rstrip())
    return joined, [(min(offset, len(joined)), number) for offset, number in places]
