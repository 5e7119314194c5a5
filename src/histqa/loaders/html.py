"""A saved web page -> Document: its main content, without what the site puts around it."""

from __future__ import annotations

import re

from histqa.canonical import TextBuilder, clean, unmarked
from histqa.extraction.archives import check_size
from histqa.extraction.blocks import Known, document_of
from histqa.extraction.encodings import decoded
from histqa.extraction.markup import blocks_of
from histqa.extraction.pages import main_blocks, meta_of, without_site_parts
from histqa.extraction.stated import real_author, real_title
from histqa.extraction.trees import Element, html_tree, local_name
from histqa.types import Document, Limits, Source

_DECLARED = re.compile(
    rb"""(?:<meta[^>]{0,200}?charset\s*=|<\?xml[^>]{0,80}?encoding\s*=)\s*["']?\s*([\w-]{1,30})""",
    re.IGNORECASE,
)
_HEAD_BYTES = 4096
# HTML parsers take <title/> for an opening tag, and all that follows for the title.
_CLOSED_AT_ONCE = re.compile(r"<(script|title|style|iframe|textarea|a|div|span|p)(\s[^<>]*)?/>")

_TITLES = ("citation_title", "og:title", "dc.title", "dcterms.title", "twitter:title")
_AUTHORS = ("citation_author", "author", "dc.creator", "dcterms.creator", "article:author")
_DATES = (
    "citation_publication_date", "article:published_time", "dc.date", "dcterms.date", "date",
)  # fmt: skip


class HtmlLoader:
    """Reads HTML and XHTML as browsers save it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def load(self, source: Source) -> Document:
        """The main content in its order; what was left out is recorded as a repair."""
        check_size(source, self._limits)
        builder = TextBuilder()
        declared = _DECLARED.search(source.content[:_HEAD_BYTES])
        encoding = declared.group(1).decode("ascii") if declared else ""
        text = decoded(source.content, builder.repair_mark, declared=encoding)
        if "xhtml" in text[:_HEAD_BYTES].lower():
            text = _CLOSED_AT_ONCE.sub(r"<\1\2></\1>", text)
        tree = html_tree(text, self._limits)
        known = _known(tree)
        without_site_parts(tree, builder)
        blocks = main_blocks(blocks_of(tree, builder), tree, builder)
        return document_of(source, builder, blocks, known)


def _known(tree: Element) -> Known:
    meta = meta_of(tree)
    return Known(
        title=_title(tree, meta),
        author=", ".join(filter(None, map(real_author, _first(meta, _AUTHORS)))),
        date="".join(_first(meta, _DATES)[:1])[:10],
    )


def _title(tree: Element, meta: dict[str, list[str]]) -> str:
    """What the page states as its title: the heading where both agree, as that has no site name."""
    stated = real_title("".join((_first(meta, _TITLES) or _texts(tree, "title"))[:1]))
    headings = _texts(tree, "h1")
    leading = [
        heading
        for heading in headings + _texts(tree, "h2")
        if stated.casefold().startswith(heading.casefold())
    ]
    if leading:
        return max(leading, key=len)
    if len(headings) == 1 and (not stated or headings[0].casefold() in stated.casefold()):
        return headings[0]
    return stated


def _first(meta: dict[str, list[str]], names: tuple[str, ...]) -> list[str]:
    return next((list(dict.fromkeys(meta[name])) for name in names if name in meta), [])


def _texts(tree: Element, name: str) -> list[str]:
    found = (element for element in tree.iter() if local_name(element) == name)
    texts = (clean(unmarked("".join(element.itertext()))).replace("\n", " ") for element in found)
    return [text for text in texts if text]
