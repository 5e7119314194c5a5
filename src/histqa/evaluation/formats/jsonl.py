"""JSON Lines: one JSON object a line -> QuestionFile; a broken line is a bad row."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from histqa.evaluation.formats.collecting import Row, collected
from histqa.evaluation.formats.columns import columns_of
from histqa.evaluation.formats.rows import RowReader
from histqa.evaluation.records import BadRow, QuestionFile
from histqa.extraction.encodings import decoded


def read_jsonl(name: str, content: bytes) -> QuestionFile:
    """One question a line; blank lines are passed over."""
    found: list[tuple[str, Any]] = []
    for number, line in enumerate(characters(content).splitlines(), 1):
        if line.strip():
            found.append((f"{name}, line {number}", _value(line, f"{name}, line {number}")))
    return file_of(found, name=name, format_name="jsonl")


def characters(content: bytes) -> str:
    """The text of a file, in whatever encoding it was saved."""
    return decoded(content, lambda _kind, _original, replacement: replacement)


def file_of(objects: Iterable[tuple[str, Any]], *, name: str, format_name: str) -> QuestionFile:
    """The file whose rows are these (origin, JSON value); a value may be a BadRow already."""
    every = list(objects)
    names = (key for _, value in every if isinstance(value, dict) for key in value)
    columns = columns_of(names)
    reader = RowReader(columns)
    return collected(
        (_row(reader, origin, value) for origin, value in every),
        name=name,
        format_name=format_name,
        columns=columns,
    )


def _row(reader: RowReader, origin: str, value: Any) -> Row:
    if isinstance(value, BadRow):
        return value
    if not isinstance(value, dict):
        return BadRow(origin, "", 'a JSON object such as {"question": "..."}', str(value)[:120])
    return reader.question(value, origin=origin)


def _value(line: str, origin: str) -> Any:
    try:
        return json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply"
        place = f" at character {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        return BadRow(origin, "", f"one JSON object ({reason}{place})", line.strip()[:120])
