"""A tree of HTML or XHTML -> blocks in reading order: headings, paragraphs, items, table rows."""

from __future__ import annotations

import re

from lxml import etree

from histqa.canonical import TextBuilder
from histqa.extraction.blocks import Block
from histqa.extraction.mending import raised
from histqa.extraction.trees import Element, local_name, roles

_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dir div dl dt fieldset"
    " figcaption figure footer form header hgroup hr html legend li main menu ol p pre section"
    " summary table tbody td tfoot th thead tr ul".split()
)
_LINES = frozenset(("li", "tr", "dt", "dd"))
_SKIPPED = frozenset(
    "script style head title template noscript iframe object embed applet svg math canvas audio"
    " video button input select textarea datalist nav map dialog rp rt".split()
)
_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_PAGE_CLASSES = frozenset(("pagenum", "pageno", "pagebreak"))
# A table row that holds these arranges a page; it is no row of data.
_LAYOUT = frozenset(("table", "ul", "ol", "blockquote", "section", "article", *_HEADINGS))
_DATA_CELL_WORDS = 100

_BLANKS = re.compile(r"\s+")
_LINKED_MARK = re.compile(r"\[?(?:\d{1,4}|[*†‡§¶]{1,3})\]?|\[[a-z]\]")
_BACK_LINK = re.compile(r"[\s\[\](]*(?:↩\ufe0e?|↑|\^|↵|⏎)[\s\])]*")
_LONGEST_MARK = 12
_PAGE_WORD = re.compile(r"^[\s\[({]*(?:page|pag|pg|p)?\.?\s*|[\s\])}]+$", re.IGNORECASE)
_LONGEST_LABEL = 10


def blocks_of(tree: Element, builder: TextBuilder) -> list[Block]:
    """The text below ``tree`` in reading order; scripts, forms, navigation and the hidden are not.

    Footnote marks are removed and printed page breaks kept, both as marks of the builder.
    """
    walker = _Walker(builder)
    events = etree.iterwalk(tree, events=("start", "end", "comment", "pi"))
    for event, element in events:
        if event == "start" and not walker.start(element):
            events.skip_subtree()
        elif event == "end":
            walker.end()
        if event != "start" and element is not tree:
            walker.text(element.tail)
    walker.finish()
    return walker.blocks


class _Walker:
    """Takes the elements of a tree in order and gathers the running text into blocks."""

    def __init__(self, builder: TextBuilder) -> None:
        self.blocks: list[Block] = []
        self._builder = builder
        self._held: list[str] = []
        self._has_text = False
        self._open: list[tuple[str, int]] = []
        self._level = 0
        self._depth = dict.fromkeys(("pre", "line", "row", "hgroup"), 0)

    def start(self, element: Element) -> bool:
        """Enter ``element``; False where what is inside must be passed over."""
        name = local_name(element)
        if _is_left_out(element, name) or self._is_mark(element, name):
            self._open.append(("", self._level))
            return False
        kind = _kind(element, name)
        self._begin(name, is_block=bool(kind))
        self._open.append((kind or "inline", self._level))
        if kind in self._depth:
            self._depth[kind] += 1
        self._level = self._level or _heading_level(element, name, kind)
        self.text(element.text)
        return True

    def end(self) -> None:
        """Leave the element that was entered last."""
        kind, level = self._open.pop()
        if kind not in ("", "inline"):
            if kind in ("row", "hgroup") or not (self._depth["row"] or self._depth["hgroup"]):
                self.flush()
            else:
                self._held.append(" ")
        if kind in self._depth:
            self._depth[kind] -= 1
        self._level = level

    def text(self, text: str | None) -> None:
        """Running text, inside an element or after one."""
        if text:
            self._held.append(text if self._depth["pre"] else _BLANKS.sub(" ", text))
            self._has_text = self._has_text or not text.isspace()

    def flush(self) -> None:
        """End the block that is being gathered. Marks alone wait for the next one."""
        if not self._has_text:
            self._held = [mark for mark in self._held if not mark.isspace()]
            return
        text = "".join(self._held)
        if self._depth["row"]:
            text = text.strip(" |")
        is_line = not self._level and self._depth["line"] + self._depth["row"] > 0
        self.blocks.append(Block(text, self._level, is_line))
        self._held, self._has_text = [], False

    def finish(self) -> None:
        """End the last block, and keep the marks that wait for a next one."""
        self.flush()
        if self._held:
            self.blocks.append(Block("".join(self._held)))

    def _begin(self, name: str, *, is_block: bool) -> None:
        if name == "br":
            self._break_line()
        elif not is_block:
            return
        elif self._depth["row"]:
            self._held.append(" | " if name in ("td", "th") else " ")
        elif self._depth["hgroup"]:
            while self._held and self._held[-1].isspace():
                self._held.pop()
            self._held.append(": " if self._has_text else "")
        else:
            self.flush()

    def _break_line(self) -> None:
        """A line end; the second in a row ends the paragraph, as many blogs know no other way."""
        if self._depth["row"]:
            self._held.append(" ")
        elif self._level or self._depth["hgroup"] or not self._is_after_line_end():
            self._held.append("\n")
        else:
            self.flush()

    def _is_after_line_end(self) -> bool:
        written = next((piece for piece in reversed(self._held) if piece.strip(" ")), "")
        return self._has_text and written == "\n"

    def _is_mark(self, element: Element, name: str) -> bool:
        """Whether the element is a footnote mark or a printed page break, which it then takes."""
        if _is_page_break(element):
            self._held.append(self._builder.page_mark(_page_label(element)))
            return True
        if name not in ("a", "sup") and "noteref" not in roles(element):
            return False
        text = "".join(element.itertext()).strip()
        if name == "sup" and len(text) <= _LONGEST_MARK:
            self.text(raised(text, "".join(self._held[-1:]), self._builder.repair_mark))
            return True
        if name == "a" and _is_back_link(element, text):
            return True
        if self._is_note_mark(element, text):
            self._held.append(self._builder.repair_mark("removed footnote mark", text))
            return True
        return False

    def _is_note_mark(self, element: Element, text: str) -> bool:
        if not text or len(text) > _LONGEST_MARK:
            return False
        if "noteref" in roles(element):
            return True
        is_glued = self._has_text and not self._held[-1][-1:].isspace()
        return is_glued and "#" in element.get("href", "") and bool(_LINKED_MARK.fullmatch(text))


def _kind(element: Element, name: str) -> str:
    """How the walker treats an element: "" for one inside a line of text."""
    if name in ("pre", "hgroup"):
        return name
    if name == "tr":
        return "row" if _is_data_row(element) else "block"
    if name in _LINES:
        return "line"
    return "block" if name in _BLOCKS or name in _HEADINGS else ""


def _is_data_row(row: Element) -> bool:
    if any(local_name(below) in _LAYOUT for below in row.iter()):
        return False
    return all(len("".join(cell.itertext()).split()) <= _DATA_CELL_WORDS for cell in row)


def _heading_level(element: Element, name: str, kind: str) -> int:
    if kind == "hgroup":
        return min((_HEADINGS.get(local_name(child), 9) for child in element), default=0) % 9
    if kind and "heading" in roles(element):
        stated = element.get("aria-level", "2")
        return int(stated) if stated in "123456" else 2
    return _HEADINGS.get(name, 0)


def _is_left_out(element: Element, name: str) -> bool:
    if name in _SKIPPED:
        return True
    if "footnote" in roles(element) or "endnote" in roles(element):
        return False  # shown only when its mark is touched, but reading matter
    return (
        "hidden" in element.attrib
        or element.get("aria-hidden") == "true"
        or bool(_INVISIBLE.search(element.get("style", "")))
    )


def _is_page_break(element: Element) -> bool:
    classes = element.get("class", "").lower().split()
    return "pagebreak" in roles(element) or not _PAGE_CLASSES.isdisjoint(classes)


def _page_label(element: Element) -> str:
    """The printed number: in words "page 12", "[Pg 12]" or "12"; "" where none is given."""
    shown = "".join(element.itertext())
    for stated in (element.get("title"), element.get("aria-label"), shown):
        label = _PAGE_WORD.sub("", stated or "").strip()
        if label and len(label) <= _LONGEST_LABEL:
            return label
    return ""


def _is_back_link(element: Element, text: str) -> bool:
    return "backlink" in roles(element) or bool(_BACK_LINK.fullmatch(text))
