"""Answers and readings -> the JSON values that programs get."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from histqa.frontends.disclosure import is_shown_whole
from histqa.frontends.places import Place
from histqa.frontends.signing import Signatures
from histqa.frontends.view import answer_as_json, quote_as_json
from histqa.types import Answer, Document, Quote, Span


def served_answer(answer: Answer, signatures: Signatures) -> dict[str, Any]:
    """The answer as ``schemas/answer.json`` describes it, each quote with its signed address."""
    quotes = {
        name: [
            {**quote_as_json(quote), "address": signatures.address(quote)} for quote in of_answer
        ]
        for name, of_answer in (("quotes", answer.quotes), ("related", answer.related))
    }
    return answer_as_json(answer) | quotes


def served_reading(document: Document) -> dict[str, Any]:
    """What is known of a reading, without its text."""
    return {
        "id": document.doc_id,
        "title": document.title,
        "author": document.author,
        "date": document.date,
        "kind": document.kind,
        "source": document.address,
        "licence": document.licence,
        "language": document.language,
        "unit": document.unit,
        "path": document.path,
        "show": "whole" if is_shown_whole(document) else "passage",
    }


def served_text(document: Document) -> dict[str, Any]:
    """A reading with its text and headings, where they may be shown."""
    is_whole = is_shown_whole(document)
    headings = [
        {
            "text": heading.text,
            "level": heading.level,
            "start": heading.span.start,
            "end": heading.span.end,
        }
        for heading in document.headings
    ]
    return served_reading(document) | {
        "words": len(document.text.split()),
        "pages": len(document.pages),
        "text_hash": document.text_hash,
        "headings": headings if is_whole else None,
        "text": document.text if is_whole else None,
    }


def served_passage(document: Document, place: Place, mark: Span) -> dict[str, Any]:
    """The marked place as a quote, with the words before and after it."""
    return quote_as_json(Quote.cut(document, mark)) | {
        "before": document.text[place.window.start : mark.start],
        "after": document.text[mark.end : place.window.end],
    }


def schema_text(name: str) -> str:
    """One of the files in ``schemas/``."""
    return (files("histqa.frontends") / "schemas" / name).read_text(encoding="utf-8")


def answer_schemas() -> dict[str, Any]:
    """``schemas/answer.json`` as two components of an OpenAPI document."""
    text = schema_text("answer.json")
    schema = json.loads(text.replace("#/$defs/quote", "#/components/schemas/Quote"))
    quote = schema.pop("$defs")["quote"]
    del schema["$schema"]
    return {"Answer": schema | {"title": "Answer"}, "Quote": quote}
