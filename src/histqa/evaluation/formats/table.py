"""The rows of a spreadsheet or CSV file, header among them -> questions and bad rows."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from histqa.evaluation.formats.cells import CellFault, text
from histqa.evaluation.formats.collecting import Row
from histqa.evaluation.formats.columns import columns_of
from histqa.evaluation.formats.rows import RowReader
from histqa.evaluation.records import BadRow, Column

_HEADER_WITHIN = 20
KNOWN_NAMES = "question, answers, numbers, quotes, document, pages, answerable, kind, tags, history"


@dataclass(frozen=True, slots=True)
class Line:
    """One row as written; ``filled``: the cells (by number) that only go on from the row above."""

    origin: str
    cells: tuple[Any, ...]
    filled: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell without a value that can be used: the rest of its row is bad if the column counts."""

    expected: str
    found: str


class NoHeader(Exception):
    """No row has a column for the question; ``names`` is what the first row has instead."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(names)
        self.names = names


def understood(cells: Iterable[Any]) -> int:
    """How many columns of a header would mean something, 0 if none of them is the question."""
    meanings = {column.meaning for column in columns_of(_names(tuple(cells)))}
    return len(meanings - {""}) if "question" in meanings else 0


def questions_of(lines: Sequence[Line]) -> tuple[tuple[Column, ...], list[Row]]:
    """The columns and rows of a table; titles above its header are passed over.

    Raises NoHeader. Values are texts, numbers, booleans, dates, None or Broken.
    """
    position = _header(lines)
    names = _names(lines[position].cells)
    columns = columns_of(names)
    return columns, list(_rows(lines[position + 1 :], columns))


def _header(lines: Sequence[Line]) -> int:
    """The first of the rows with the most columns that are understood."""
    counts = [understood(line.cells) for line in lines[:_HEADER_WITHIN]]
    if not any(counts):
        raise NoHeader(_names(lines[0].cells) if lines else ())
    return counts.index(max(counts))


def _names(cells: Sequence[Any]) -> tuple[str, ...]:
    """Names of columns, made unique: the second "Answer" is "Answer 2"."""
    counts: Counter[str] = Counter()
    found: dict[str, None] = {}
    for number, cell in enumerate(cells, 1):
        written = "" if isinstance(cell, Broken) else " ".join(str(cell or "").split())
        name = written or f"column {number}"
        while name in found:
            counts[written] += 1
            name = f"{written} {counts[written] + 1}"
        found[name] = None
    return tuple(found)


def _rows(lines: Iterable[Line], columns: Sequence[Column]) -> Iterator[Row]:
    reader = RowReader(columns)
    for origin, row in _whole_rows(lines, columns, reader):
        broken = next((name for name, value in row.items() if isinstance(value, Broken)), None)
        if broken is not None:
            yield BadRow(origin, broken, row[broken].expected, row[broken].found)
        else:
            yield reader.question(row, origin=origin)


def _whole_rows(
    lines: Iterable[Line], columns: Sequence[Column], reader: RowReader
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows below a question whose cell is merged over them add their answers and quotes to it."""
    asked = next(number for number, column in enumerate(columns) if column.meaning == "question")
    origin = ""
    row: dict[str, Any] = {}
    for line in lines:
        found = _values(line, columns)
        own = _values(line, columns, without=line.filled)
        if reader.is_blank(own):
            continue
        if asked in line.filled and row:
            row = _added(row, own)
            continue
        if row:
            yield origin, row
        origin, row = line.origin, found
    if row:
        yield origin, row


def _values(
    line: Line, columns: Sequence[Column], without: frozenset[int] = frozenset()
) -> dict[str, Any]:
    return {
        column.name: _typed(value, column.meaning)
        for number, (column, value) in enumerate(zip(columns, line.cells, strict=False))
        if column.meaning and number not in without and value is not None
    }


def _added(row: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    joined = dict(row)
    for name, value in more.items():
        if name in joined and not isinstance(value, Broken) and str(value).strip():
            joined[name] = f"{_written(joined[name])}\n{_written(value)}"
        else:
            joined[name] = value
    return joined


def _written(value: Any) -> str:
    try:
        return value if isinstance(value, str) else text(value)
    except CellFault:
        return str(value)


def _typed(value: Any, meaning: str) -> Any:
    """A value that the spreadsheet holds typed, as people would have written it."""
    if isinstance(value, bool) and meaning not in ("answerable", "unanswerable"):
        return "yes" if value else "no"
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        month = f"{value:%B}"
        forms = (f"{value.day} {month} {value.year}", f"{month} {value.day}, {value.year}")
        return "|".join((*forms, value.isoformat())) if meaning == "answers" else value.isoformat()
    if isinstance(value, datetime.datetime | datetime.time | datetime.timedelta):
        return str(value)
    return value
