"""The XML of a Word document -> blocks in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from lxml import etree

from histqa.canonical import TextBuilder
from histqa.extraction.blocks import Block, removed
from histqa.extraction.mending import raised
from histqa.extraction.trees import TOO_DEEP, Element, local_name

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Deleted text, what only older programs show instead of its neighbour, and settings.
_PASSED_OVER = frozenset(("del", "movefrom", "fallback", "ppr", "rpr", "sectpr", "tblpr", "tcpr"))
_LITERALS = {"tab": " ", "ptab": " ", "br": "\n", "cr": "\n", "nobreakhyphen": "-"}
_HEADING_STYLE = re.compile(r"heading ([1-9])")
_CONTENTS_STYLE = re.compile(r"toc .*|contents .*|table of figures")
_ENDS_SENTENCE = (".", ",", ";", ":", "!")
_BOLD_HEADING_WORDS = 14
_BOLD_HEADING_LEVEL = 2
_DATA_CELL_WORDS = 100
_MAX_STYLE_CHAIN = 20


class Styles:
    """What the named paragraph styles of a document mean."""

    def __init__(self, styles: Iterable[Element]) -> None:
        self._styles = {style.get(_W + "styleId"): style for style in styles}

    def name(self, style_id: str) -> str:
        """The name in lower case: Word keeps its own styles' names in English everywhere."""
        style = self._styles.get(style_id)
        return "" if style is None else _value(style, "name").lower()

    def level(self, style_id: str) -> int:
        """The level of headings in this style, from 1, or 0; styles inherit it."""
        for _ in range(_MAX_STYLE_CHAIN):
            style = self._styles.get(style_id)
            if style is None:
                return 0
            level = _named_level(_value(style, "name").lower()) or _outline_level(style)
            if level:
                return level
            style_id = _value(style, "basedOn")
        return 0


def _named_level(name: str) -> int:
    found = _HEADING_STYLE.fullmatch(name)
    return int(found.group(1)) if found else 0


def _outline_level(element: Element) -> int:
    properties = element.find(_W + "pPr")
    stated = "" if properties is None else _value(properties, "outlineLvl")
    return int(stated) + 1 if stated in tuple("012345678") else 0


def _value(element: Element, name: str) -> str:
    child = element.find(_W + name)
    return "" if child is None else str(child.get(_W + "val", ""))


def _is_on(properties: Element | None, name: str) -> bool:
    child = None if properties is None else properties.find(_W + name)
    return child is not None and child.get(_W + "val", "1") not in ("0", "false", "off", "none")


@dataclass(slots=True)
class _Paragraph:
    """A paragraph that is being read."""

    style: str
    level: int
    is_item: bool
    pieces: list[str] = field(default_factory=list)
    bold: int = 0
    letters: int = 0

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def looks_like_heading(self) -> bool:
        text = self.text.strip()
        is_short = 0 < len(text.split()) <= _BOLD_HEADING_WORDS
        return is_short and self.bold == self.letters > 0 and not text.endswith(_ENDS_SENTENCE)


class WordReader:
    """Reads bodies and notes one after the other; ``blocks`` gives all that was read.

    python-docx alone passes over inserted text of tracked changes, content controls and text
    boxes, so the elements themselves are walked.
    """

    def __init__(self, builder: TextBuilder, styles: Styles, *, max_nesting: int) -> None:
        self.title = ""
        self._builder = builder
        self._styles = styles
        self._max_nesting = max_nesting
        self._blocks: list[tuple[Block, bool]] = []
        self._paragraphs: list[_Paragraph] = []
        self._rows: list[list[list[str]]] = []
        self._run: Element | None = None
        self._has_styled_headings = False

    def read(self, tree: Element) -> None:
        """Read all paragraphs and tables below ``tree``; LoadError where it nests too deeply."""
        depth = 0
        events = etree.iterwalk(tree, events=("start", "end"))
        for event, element in events:
            name = local_name(element)
            depth += 1 if event == "start" else -1
            if depth > self._max_nesting:
                raise TOO_DEEP
            if event == "end":
                self._end(name)
            elif name in _PASSED_OVER:
                events.skip_subtree()
            else:
                self._start(element, name)

    def blocks(self) -> list[Block]:
        """All that was read; bold lines are headings where no style tells headings."""
        if self._has_styled_headings:
            return [block for block, _ in self._blocks]
        return [
            replace(block, level=_BOLD_HEADING_LEVEL) if is_bold else block
            for block, is_bold in self._blocks
        ]

    def _start(self, element: Element, name: str) -> None:
        if name == "p":
            self._paragraphs.append(self._paragraph(element))
        elif name == "tr":
            self._rows.append([])
        elif name == "tc" and self._rows:
            self._rows[-1].append([])
        elif name == "r":
            self._run = element
        elif self._paragraphs and name in _LITERALS:
            self._paragraphs[-1].pieces.append(_LITERALS[name])
        elif self._paragraphs and name == "t" and element.text:
            self._text(element.text, self._paragraphs[-1])

    def _end(self, name: str) -> None:
        if name == "p" and self._paragraphs:
            self._finish(self._paragraphs.pop())
        elif name == "tr" and self._rows:
            self._finish_row(self._rows.pop())

    def _paragraph(self, element: Element) -> _Paragraph:
        properties = element.find(_W + "pPr")
        style_id = "" if properties is None else _value(properties, "pStyle")
        style = self._styles.name(style_id)
        level = self._styles.level(style_id) or _outline_level(element)
        is_numbered = properties is not None and properties.find(_W + "numPr") is not None
        return _Paragraph(style, level, is_numbered or style.startswith("list"))

    def _text(self, text: str, paragraph: _Paragraph) -> None:
        properties = None if self._run is None else self._run.find(_W + "rPr")
        if _is_on(properties, "vanish"):
            return  # hidden text, which Word neither shows nor prints
        letters = len(text.strip())
        paragraph.letters += letters
        paragraph.bold += letters if _is_on(properties, "b") else 0
        is_raised = properties is not None and _value(properties, "vertAlign") == "superscript"
        if is_raised and paragraph.pieces:
            text = raised(text.strip(), paragraph.pieces[-1], self._builder.repair_mark)
        paragraph.pieces.append(text)

    def _finish(self, paragraph: _Paragraph) -> None:
        text = paragraph.text
        if self._rows:
            if self._rows[-1]:
                self._rows[-1][-1].append(text)
            return
        if paragraph.style == "title" and text.strip():
            self.title = self.title or text
            self._blocks.append((Block(text, 1), False))
        elif _CONTENTS_STYLE.fullmatch(paragraph.style):
            block = removed("removed table of contents", Block(text), self._builder)
            self._blocks.append((block, False))
        elif paragraph.level:
            self._has_styled_headings = True
            self._blocks.append((Block(text, paragraph.level + bool(self.title)), False))
        else:
            is_bold = paragraph.looks_like_heading
            self._blocks.append((Block(text, is_line=paragraph.is_item), is_bold))

    def _finish_row(self, cells: list[list[str]]) -> None:
        """A row of data is one line; a table that only arranges a page is read cell by cell."""
        texts = [" ".join(cell) for cell in cells]
        if self._rows:
            if self._rows[-1]:
                self._rows[-1][-1].append(" | ".join(texts))
        elif any(len(text.split()) > _DATA_CELL_WORDS for text in texts):
            self._blocks += [(Block(text), False) for cell in cells for text in cell]
        else:
            line = " | ".join(text for text in texts if text.strip())
            self._blocks.append((Block(line, is_line=True), False))
