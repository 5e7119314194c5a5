"""Plain text -> Document: paragraphs, headings and, where form feeds tell them, pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from histqa.canonical import RepairMark, TextBuilder, unmarked
from histqa.errors import LoadError
from histqa.extraction.archives import check_size
from histqa.extraction.blocks import Block, Known, document_of
from histqa.extraction.encodings import decoded
from histqa.extraction.furniture import GUTENBERG_END, GUTENBERG_START
from histqa.extraction.lines import blocks_of_lines
from histqa.types import Document, Limits, Source

_LINE_ENDS = re.compile("\r\n?|\x0b|\x85|\u2028|\u2029")
_GUTENBERG_FIELD = re.compile(r"^(Title|Author):[ \t]*(.+(?:\n[ \t]+\S.*)*)", re.MULTILINE)
_BYLINE = re.compile(r"by\s+([^\W\d_][\w.'’-]*(?:\s+(?:and\s+)?[\w.'’&-]+){1,6})", re.IGNORECASE)
_BYLINE_WITHIN = 4
_PAGE_NUMBER = re.compile(r"[\s\-–—\[(]*(?:page\s+)?(\d{1,4}|[ivxlc]{1,7})[\s\-–—\])]*", re.I)
_REPEATED_SHARE = 0.5
_FEWEST_PAGES = 3


class PlainLoader:
    """Reads .txt files of any encoding and layout."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def load(self, source: Source) -> Document:
        """The text without page furniture and licence texts; its first heading is its title."""
        check_size(source, self._limits)
        builder = TextBuilder()
        text = _LINE_ENDS.sub("\n", decoded(source.content, builder.repair_mark))
        known, text = _without_gutenberg(text, builder.repair_mark)
        if text.count("\f") > self._limits.pages:
            raise LoadError(
                f"it has more than {self._limits.pages} pages (form feeds)",
                "divide the file, or raise the setting max_pages",
            )
        blocks = blocks_of_lines(_page_lines(text, builder), builder.repair_mark)
        return document_of(source, builder, blocks, known if known.author else _by(blocks, known))


def _by(blocks: Sequence[Block], known: Known) -> Known:
    """What is known, with the author whom a line "by ..." below the title names."""
    for block in blocks[1:_BYLINE_WITHIN]:
        byline = _BYLINE.fullmatch(block.plain)
        if byline:
            return Known(known.title, byline.group(1), known.date)
    return known


def _without_gutenberg(text: str, mark: RepairMark) -> tuple[Known, str]:
    """The text between the header and the licence of Project Gutenberg; what the header states."""
    start = GUTENBERG_START.search(text)
    if not start:
        return Known(), text
    header, body = text[: start.end()], text[start.end() :]
    stated = {name: " ".join(value.split()) for name, value in _GUTENBERG_FIELD.findall(header)}
    end = GUTENBERG_END.search(body)
    marks = [mark("removed licence text", header.strip(), "")]
    if end:
        body, licence = body[: end.start()], end.group()
        marks.append(mark("removed licence text", licence.strip(), ""))
    known = Known(title=stated.get("Title", ""), author=stated.get("Author", ""))
    return known, f"{marks[0]}\n\n{body.strip()}\n\n{''.join(marks[1:])}"


def _page_lines(text: str, builder: TextBuilder) -> list[str]:
    """All lines; where form feeds divide pages, each page begins with its mark."""
    pages = [page.split("\n") for page in text.split("\f")]
    if len(pages) > 1 and not unmarked("".join(pages[-1])).strip():
        pages.pop()
    if len(pages) == 1:
        return pages[0]
    running = _running_lines(pages)
    lines: list[str] = []
    for page in pages:
        label, page = _without_running_lines(page, running, builder.repair_mark)
        first = next((number for number, line in enumerate(page) if line.strip()), 0)
        if not _runs_on(lines, page[first]):
            lines.append("")
        lines += [builder.page_mark(label) + page[first], *page[first + 1 :]]
        while lines and not lines[-1].strip():
            lines.pop()
    return lines


def _runs_on(lines: Sequence[str], first: str) -> bool:
    """Whether a paragraph goes on over the page break."""
    before = unmarked(lines[-1]).rstrip() if lines else ""
    return bool(before) and before[-1] not in ".!?:\"'”’" and unmarked(first)[:1].islower()


def _edges(page: Sequence[str]) -> list[int]:
    """The numbers of the first and the last line of a page that has others between them."""
    filled = [number for number, line in enumerate(page) if unmarked(line).strip()]
    return [filled[0], filled[-1]] if len(filled) > 2 else []


def _running_lines(pages: Sequence[Sequence[str]]) -> frozenset[str]:
    """The first and last lines, page numbers set aside, that most pages share."""
    counts = Counter(_without_digits(page[edge]) for page in pages for edge in _edges(page))
    fewest = max(_FEWEST_PAGES, len(pages) * _REPEATED_SHARE)
    return frozenset(line for line, count in counts.items() if count >= fewest)


def _without_digits(line: str) -> str:
    return re.sub(r"\d+", "#", unmarked(line)).strip()


def _without_running_lines(
    page: Sequence[str], running: frozenset[str], mark: RepairMark
) -> tuple[str, list[str]]:
    label = ""
    kept = list(page)
    for edge in _edges(page):
        number = _PAGE_NUMBER.fullmatch(unmarked(kept[edge]))
        if number:
            label = number.group(1)
            kept[edge] = mark("removed page number", kept[edge].strip(), "")
        elif _without_digits(kept[edge]) in running:
            kept[edge] = mark("removed running head", kept[edge].strip(), "")
    return label, kept
