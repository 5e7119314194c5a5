"""What learning platforms store as HTML, Markdown or plain text -> one line of plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from markdown_it import MarkdownIt

from histqa.errors import LoadError
from histqa.evaluation.formats.cells import CellFault
from histqa.extraction.trees import Element, html_tree, local_name
from histqa.settings import Settings

_HIDDEN = frozenset("script style head title template iframe object svg math audio video".split())
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd mark q s samp small span"
    " strike strong sub sup tt u var wbr".split()
)
_LOOKS_LIKE_HTML = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]{2,31});")


def plain(text: str, format_name: str = "auto") -> str:
    """``text`` without its marks, white space folded.

    ``format_name``: "html", "markdown", "plain", or anything else for plain text that may hold
    some HTML, as people paste it. Raises CellFault where the HTML is hostile.
    """
    if format_name == "markdown":
        text = MarkdownIt("commonmark", {"html": True}).render(text)
    if format_name != "plain" and _LOOKS_LIKE_HTML.search(text):
        text = _without_tags(text)
    return " ".join(text.split())


def _without_tags(text: str) -> str:
    try:
        tree = html_tree(text, Settings().limits)
    except LoadError as error:
        raise CellFault(f"a text ({error.reason})", text) from None
    return "".join(_pieces(tree))


def _pieces(tree: Element) -> Iterator[str]:
    """The text below ``tree``; everything but inline elements parts words."""
    events = etree.iterwalk(tree, events=("start", "end", "comment", "pi"))
    for event, element in events:
        name = local_name(element)
        if event == "start" and name in _HIDDEN:
            events.skip_subtree()
        elif event == "start":
            yield element.text or ""
        if name and name not in _INLINE:
            yield " "
        if event != "start" and element is not tree:
            yield element.tail or ""
