"""Markdown -> Document, by way of the HTML that it means."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

from histqa.canonical import RepairMark, TextBuilder
from histqa.extraction.archives import check_size
from histqa.extraction.blocks import Known, document_of
from histqa.extraction.encodings import decoded
from histqa.extraction.markup import blocks_of
from histqa.extraction.trees import html_tree
from histqa.types import Document, Limits, Source

_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\n(?=[\w-]+[ \t]*:)(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL
)
_LONGEST_FRONT_MATTER = 20_000
_FIELD = re.compile(r"^(title|author|authors|date)[ \t]*:[ \t]*(.*)$", re.MULTILINE | re.IGNORECASE)
_LIST_ITEM = re.compile(r"\n[ \t]*-[ \t]+(.+)")
_NOTE_TEXT = re.compile(r"^\[\^[^\]\s]{1,40}\]:[ \t]*", re.MULTILINE)
_NOTE_MARK = re.compile(r"(?<=\S)\[\^[^\]\s]{1,40}\]")
_MANY_BRACKETS = 2_000
_CODE = re.compile(r"^(?:```|~~~).*?^(?:```|~~~)|`[^`\n]+`", re.MULTILINE | re.DOTALL)


class MarkdownLoader:
    """Reads CommonMark with tables, footnotes and front matter."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def load(self, source: Source) -> Document:
        """Headings, paragraphs, items and rows; a link is its text, code stays as it is."""
        check_size(source, self._limits)
        builder = TextBuilder()
        text = decoded(source.content, builder.repair_mark).replace("\r\n", "\n")
        known, text = _front_matter(text.lstrip())
        text = _without_notes(text, builder.repair_mark)
        html = _parser(text, self._limits).render(text)
        blocks = blocks_of(html_tree(f"<body>{html}</body>", self._limits), builder)
        return document_of(source, builder, blocks, known)


def _parser(text: str, limits: Limits) -> MarkdownIt:
    # Block quotes and lists nest in the parser as elements do in the page.
    parser = MarkdownIt("commonmark", {"maxNesting": limits.nesting})
    parser.enable(["table", "strikethrough"])
    # markdown-it takes the square of the brackets in one paragraph to find out where links end.
    if max(paragraph.count("[") for paragraph in text.split("\n\n")) > _MANY_BRACKETS:
        parser.disable(["link", "image"])
    return parser


def _front_matter(text: str) -> tuple[Known, str]:
    """What the lines between --- at the top state, and the text below them."""
    found = _FRONT_MATTER.match(text[:_LONGEST_FRONT_MATTER])
    if not found:
        return Known(), text
    fields: dict[str, str] = {}
    for field in _FIELD.finditer(found.group(1)):
        below = found.group(1)[field.end() :]
        fields.setdefault(field.group(1).lower(), _value(field.group(2), below))
    author = fields.get("author") or fields.get("authors", "")
    known = Known(title=fields.get("title", ""), author=author, date=fields.get("date", ""))
    return known, text[found.end() :]


def _value(stated: str, below: str) -> str:
    """One value of YAML as people write it: plain, quoted, [a, b], or a list below."""
    if not stated.strip():
        names = []
        while item := _LIST_ITEM.match(below):
            names.append(item.group(1))
            below = below[item.end() :]
        stated = ", ".join(names)
    stated = stated.strip()
    if stated.startswith("[") and stated.endswith("]"):
        stated = ", ".join(part.strip().strip("\"'") for part in stated[1:-1].split(","))
    return stated.strip("\"'")


def _without_notes(text: str, mark: RepairMark) -> str:
    """The text with the marks [^1] removed, except in code; what they refer to stays."""
    pieces: list[str] = []
    done = 0
    for code in _CODE.finditer(text):
        pieces += [_mended(text[done : code.start()], mark), code.group()]
        done = code.end()
    return "".join([*pieces, _mended(text[done:], mark)])


def _mended(text: str, mark: RepairMark) -> str:
    def removed(found: re.Match[str]) -> str:
        return mark("removed footnote mark", found.group(), "")

    return _NOTE_MARK.sub(removed, _NOTE_TEXT.sub(removed, text))
