"""The arguments of ``read`` -> the reading, and what of it may be shown, as JSON and as text."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from starlette.exceptions import HTTPException

from histqa.assistant import Assistant
from histqa.frontends.addresses import reading_address
from histqa.frontends.api.values import schema_text, served_text
from histqa.frontends.disclosure import Disclosure
from histqa.frontends.languages import ENGLISH
from histqa.frontends.mcp.arguments import ReadArguments
from histqa.frontends.mcp.words import passage_words
from histqa.frontends.places import NOT_QUOTED, Place
from histqa.frontends.view import printable, quote_as_json
from histqa.types import Document, Quote

_READINGS_NAMED = 30
_PAGE = "/read/"
_ADDRESSES = ("http://", "https://", "/", "./")
"""How an address begins; a path in the corpus, which may have a folder "read", does not."""


def read_place(
    assistant: Assistant, disclosure: Disclosure, asked: ReadArguments, base: str
) -> tuple[dict[str, Any], str]:
    """What ``schemas/read.json`` describes, and the same in words.

    Raises HTTPException, as the routes do: 404 where there is no such reading or place, 403 where
    it may not be shown.
    """
    name, query = _wanted(asked)
    document = _document(assistant, name)
    place = _place(document, disclosure, query)
    passage = None
    if len(place.window):
        passage = Quote.cut(document, place.mark or place.window)
    value = _value(document, place, passage, disclosure)
    return value, passage_words(value, passage, base)


def _wanted(asked: ReadArguments) -> tuple[str, dict[str, str]]:
    """The reading that is named, and its place as an address has it."""
    given = {name: getattr(asked, name) for name in ("start", "end", "part")}
    query = {name: str(value) for name, value in given.items() if value is not None}
    try:
        parts = urlsplit(asked.reading)
    except ValueError:  # a title with odd brackets
        return asked.reading, query
    if _PAGE not in parts.path or not asked.reading.startswith(_ADDRESSES):
        return asked.reading, query
    return unquote(parts.path.partition(_PAGE)[2]), dict(parse_qsl(parts.query)) | query


def _document(assistant: Assistant, name: str) -> Document:
    """The reading of this id, path or title."""
    documents = assistant.documents
    for key in ("doc_id", "path", "title"):
        found = [one for one in documents if getattr(one, key).casefold() == name.casefold()]
        if len(found) == 1:
            return assistant.document(found[0].doc_id)
    raise HTTPException(404, _unknown(name, documents))


def _unknown(name: str, documents: tuple[Document, ...]) -> str:
    known = "; ".join(
        f"{printable(one.path)} ({printable(one.title)})" for one in documents[:_READINGS_NAMED]
    )
    more = len(documents) - _READINGS_NAMED
    rest = f"; and {ENGLISH.counted('count.reading', more)} more" if more > 0 else ""
    return f"There is no reading {printable(name)[:100]!r}. The readings by path: {known}{rest}."


def _place(document: Document, disclosure: Disclosure, query: dict[str, str]) -> Place:
    """Where something was asked for that cannot be shown, HTTPException says why."""
    if "start" in query or "end" in query:
        place = disclosure.passage(document, query)
        if place.mark is None:
            raise HTTPException(403 if place.problem == NOT_QUOTED else 404, str(place.problem))
        return place
    place = disclosure.place(document, query)
    if place.problem and place.is_whole:
        raise HTTPException(404, str(place.problem))
    return place


def _value(
    document: Document, place: Place, passage: Quote | None, disclosure: Disclosure
) -> dict[str, Any]:
    reading = served_text(document)
    del reading["text"]
    mark = place.mark or place.window
    return {
        "format": "histqa-read-1",
        "reading": reading,
        "part": place.part,
        "parts": place.parts,
        "passage": None if passage is None else quote_as_json(passage),
        "before": document.text[place.window.start : mark.start],
        "after": document.text[mark.end : place.window.end],
        "address": _address(document, place, passage, disclosure),
    }


def _address(
    document: Document, place: Place, passage: Quote | None, disclosure: Disclosure
) -> str:
    """Where people see it; only a mark is signed, for it was opened by a signature or is free."""
    if passage is not None and place.mark is not None:
        return disclosure.signatures.address(passage)
    return reading_address(document.doc_id, part=place.part)


def read_schema() -> dict[str, Any]:
    """``schemas/read.json`` with the quote of ``schemas/answer.json``."""
    read, answer = (json.loads(schema_text(name)) for name in ("read.json", "answer.json"))
    return dict(read) | {"$defs": answer["$defs"]}
