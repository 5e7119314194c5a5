"""CSV, with commas, semicolons or tabs, in whatever encoding -> QuestionFile."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from histqa.errors import QuestionFileError
from histqa.evaluation.formats.collecting import Row, collected
from histqa.evaluation.formats.jsonl import characters
from histqa.evaluation.formats.table import KNOWN_NAMES, Line, NoHeader, questions_of, understood
from histqa.evaluation.records import BadRow, QuestionFile

DELIMITERS = (",", ";", "\t")
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
_SAMPLE_ROWS = 20
# A quotation mark that nobody closes would swallow the rest of the file.
_LONGEST_ROW = 200


def read_csv(name: str, content: bytes) -> QuestionFile:
    """Every row below the header; raises QuestionFileError where no column is the question."""
    lines = list(io.StringIO(characters(content), newline=""))
    found = _SEPARATOR_LINE.fullmatch(lines[0]) if lines else None
    skipped = 1 if found else 0
    delimiter = found[1] if found else _delimiter(lines)
    bad: list[Row] = []
    rows: list[Line] = []
    for row in _records(name, lines, delimiter, skipped):
        (bad if isinstance(row, BadRow) else rows).append(row)  # type: ignore[arg-type]
    if not (rows or bad):
        return collected((), name=name, format_name="csv")
    try:
        columns, questions = questions_of(rows)
    except NoHeader as fault:
        raise QuestionFileError(
            f"{name}: no column of it is the question; the first row should name the columns "
            f"(known names: {KNOWN_NAMES}) and has {', '.join(fault.names)[:200] or 'nothing'}"
        ) from None
    ragged = _too_long(rows, len(columns), delimiter)
    kept = [row for row in questions if row.origin not in {fault.origin for fault in ragged}]
    return collected([*bad, *ragged, *kept], name=name, format_name="csv", columns=columns)


def _delimiter(lines: Sequence[str]) -> str:
    """The one by which the most columns are understood, else the one with the most columns."""

    def columns(delimiter: str) -> tuple[int, int]:
        rows = list(islice(_records("", lines, delimiter, 0), _SAMPLE_ROWS))
        cells = [row.cells for row in rows if isinstance(row, Line)]
        return max(map(understood, cells), default=0), max(map(len, cells), default=0)

    return max(DELIMITERS, key=columns)


def _records(
    name: str, lines: Sequence[str], delimiter: str, skipped: int
) -> Iterator[Line | BadRow]:
    """The rows as spreadsheet programs number them; after a broken one, the next line goes on."""
    position, number = skipped, 0
    while position < len(lines):
        number += 1
        record = islice(lines, position, position + _LONGEST_ROW)
        reader = csv.reader(record, delimiter=delimiter, strict=True)
        place = f"row {number}" + f" (line {position + 1})" * (number != position + 1)
        try:
            cells = next(reader, [])
        except csv.Error as error:
            yield BadRow(
                f"{name}, {place}", "",
                f"cells in which quotation marks are closed and doubled ({error})",
                lines[position].strip()[:120],
            )  # fmt: skip
            position += 1
            continue
        if any(cell.strip() for cell in cells):
            yield Line(f"{name}, {place}", tuple(cells))
        position += max(1, reader.line_num)


def _too_long(rows: Sequence[Line], width: int, delimiter: str) -> list[BadRow]:
    """More cells than the header has are a delimiter inside a cell, mostly."""
    shown = "a tab" if delimiter == "\t" else repr(delimiter)
    return [
        BadRow(
            row.origin, "",
            f"at most {width} cells; put quotation marks around a cell that holds {shown}",
            f"{len(row.cells)} cells",
        )
        for row in rows
        if any(cell.strip() for cell in row.cells[width:])
    ]  # fmt: skip
