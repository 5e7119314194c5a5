"""Cleaned pieces of a file in reading order -> the canonical text with pages, headings, repairs."""

from __future__ import annotations

import re
import unicodedata

from histqa.types import PARAGRAPH_BREAK, Document, Heading, Page, Repair, Source, Span

_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
# Characters that are not seen but change what is seen or searched: controls, soft hyphen,
# zero-width marks, direction overrides (Unicode TR 36), byte order marks, lone surrogates.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_SPACES = re.compile(r"[^\S\n]+")
_LINE_ENDS = re.compile(r"\r\n?|\x0b|\x0c|\x85|\u2028|\u2029")


def clean(text: str) -> str:
    """One piece of text normalised: NFC, plain spaces, no unseen characters, no ligatures.

    Line ends become \\n; runs of blanks become one; ends are stripped. This is the only
    normalisation that is not recorded as a repair: no letter, digit or mark is lost by it.
    """
    text = _LINE_ENDS.sub("\n", text)
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", text).translate(_LIGATURES))
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

    @property
    def position(self) -> int:
        """Where the next character of a continued paragraph would stand."""
        return self._length

    def page(self, label: str = "") -> None:
        """The next physical page begins here; ``label`` is the number printed on it, if any."""
        self._page_starts.append((self._length, clean(label)))

    def heading(self, text: str, level: int) -> None:
        """A heading, as a paragraph of its own; an empty one is ignored."""
        text = clean(text).replace("\n", " ")
        if text:
            span = self._append(text, PARAGRAPH_BREAK)
            self._headings.append(Heading(text, level, span))

    def paragraph(self, text: str) -> None:
        """A new paragraph; blank lines inside it become line ends; an empty one is ignored."""
        text = re.sub(r"\n{2,}", "\n", clean(text))
        if text:
            self._append(text, PARAGRAPH_BREAK)

    def continuation(self, text: str, *, joined_by: str = " ") -> None:
        """More of the last paragraph, as when it runs on over a page or a column."""
        text = re.sub(r"\n{2,}", "\n", clean(text))
        if text:
            self._append(text, joined_by)

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
            title=clean(title).replace("\n", " "),
            author=clean(author).replace("\n", " "),
            date=clean(date).replace("\n", " "),
            sha256=source.sha256,
            pages=self._pages(),
            headings=tuple(self._headings),
            repairs=tuple(self._repairs),
        )

    def _append(self, text: str, joint: str) -> Span:
        if self._parts:
            self._parts.append(joint)
            self._length += len(joint)
        span = Span(self._length, self._length + len(text))
        self._parts.append(text)
        self._length = span.end
        return span

    def _pages(self) -> tuple[Page, ...]:
        starts = [
            (0, label) if number == 0 else (start, label)
            for number, (start, label) in enumerate(self._page_starts)
        ]
        ends = [start for start, _ in starts[1:]] + [self._length]
        return tuple(
            Page(number, label, Span(start, end))
            for number, ((start, label), end) in enumerate(zip(starts, ends, strict=True), 1)
        )
