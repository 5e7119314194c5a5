"""A place in a reading <-> the permanent address under which it is shown.

Addresses begin at the root of the server: where that is, only a request knows.
"""

from __future__ import annotations

from urllib.parse import quote as percent_encoded
from urllib.parse import urlencode

from histqa.types import Document, Quote, Span

READINGS = "/readings"
MCP = "/mcp"
MARK = "quote"
# 64 bits of the text's hash are plenty to notice that a reading has changed.
_HASH_CHARACTERS = 16
_HEXADECIMAL = frozenset("0123456789abcdef")


def reading_address(doc_id: str, *, part: int = 1) -> str:
    """Where the reading is shown whole, or its ``part``-th part (from 1)."""
    path = f"/read/{percent_encoded(doc_id, safe='')}"
    return path if part == 1 else f"{path}?part={part}"


def quote_address(quote: Quote, signature: str = "") -> str:
    """Where the quote is shown in its reading, marked; it names the text that it was cut from.

    Without the ``signature`` of a server it is shown only where the whole reading is.
    """
    place = {
        "start": quote.span.start,
        "end": quote.span.end,
        "hash": quote.text_hash[:_HASH_CHARACTERS],
        **({"sig": signature} if signature else {}),
    }
    return f"{reading_address(quote.doc_id)}?{urlencode(place)}#{MARK}"


def picture_address(document: Document, number: int, mark: Span) -> str:
    """Where physical page ``number`` (from 1) of the reading is shown as a picture, marked."""
    place = {
        "start": mark.start,
        "end": mark.end,
        "hash": document.text_hash[:_HASH_CHARACTERS],
    }
    return f"{reading_address(document.doc_id)}/page/{number}.webp?{urlencode(place)}"


def is_hash_of(given: str, text_hash: str) -> bool:
    """Whether ``given`` is ``text_hash``, whole or as an address shortens it."""
    given = given.lower()
    return (
        len(given) >= _HASH_CHARACTERS
        and _HEXADECIMAL.issuperset(given)
        and text_hash.startswith(given)
    )
