"""An Excel workbook -> QuestionFile: every sheet that has a column for the question."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import openpyxl
from openpyxl.utils.cell import range_boundaries

from histqa.errors import LoadError, QuestionFileError
from histqa.evaluation.formats.collecting import Row, collected
from histqa.evaluation.formats.table import KNOWN_NAMES, Broken, Line, NoHeader, questions_of
from histqa.evaluation.records import Column, QuestionFile, Skipped
from histqa.extraction.archives import Archive
from histqa.settings import Settings

_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"
_WIDEST = 200
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\b[^<>]*\bref=["']([A-Z]+\d+:[A-Z]+\d+)["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
# What openpyxl raises for workbooks that are damaged or made by hand.
_FAULTS = (KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, SyntaxError,
           EOFError, OverflowError, RecursionError, NotImplementedError, zipfile.BadZipFile,
           zlib.error)  # fmt: skip
Merges = Mapping[tuple[int, int], int]


def read_xlsx(name: str, content: bytes) -> QuestionFile:
    """Every row of every sheet; raises QuestionFileError for what is no workbook."""
    archive = _archive(name, content)
    try:
        with warnings.catch_warnings():  # openpyxl warns of pictures and rules, which do not count
            warnings.simplefilter("ignore")
            return _questions(name, content, archive)
    except _FAULTS as error:
        raise QuestionFileError(
            f"{name}: the workbook is damaged ({type(error).__name__}: {error}); open it in a "
            "spreadsheet program and save it anew as .xlsx, or as CSV"
        ) from error


def _archive(name: str, content: bytes) -> Archive:
    if content.startswith(_OLD_OR_LOCKED):
        raise QuestionFileError(
            f"{name}: locked with a password, or made by an Excel before 2007; save it as .xlsx "
            "without a password"
        )
    try:
        archive = Archive(content, Settings().limits)
        for part in sorted(archive.names):
            # openpyxl's XML parser would expand entities; no spreadsheet program declares any.
            if part.endswith((".xml", ".rels")) and b"<!" in _declarations(archive.read(part)):
                raise LoadError("it declares XML entities of its own", "save it anew as .xlsx")
    except LoadError as error:
        raise QuestionFileError(f"{name}: no workbook that can be read; {error}") from error
    return archive


def _declarations(part: bytes) -> bytes:
    found = re.search(rb"<!(?:DOCTYPE|ENTITY)", part.replace(b"\0", b""))
    return found.group() if found else b""


def _questions(name: str, content: bytes, archive: Archive) -> QuestionFile:
    shown = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    written = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    columns: dict[Column, None] = {}
    rows: list[Row] = []
    headers: list[str] = []
    for sheet in shown.worksheets:
        label = f"{name}, sheet {sheet.title!r}" if len(shown.sheetnames) > 1 else name
        lines = list(_lines(label, sheet, written[sheet.title], archive))
        try:
            found, questions = questions_of(lines)
        except NoHeader as fault:
            headers += fault.names
            if lines:
                rows.append(Skipped(label, "", "no column of this sheet is the question"))
            continue
        columns |= dict.fromkeys(found)
        rows += questions
    if headers and not columns:
        raise QuestionFileError(
            f"{name}: no column of any sheet is the question; a row should name the columns (known "
            f"names: {KNOWN_NAMES}); found {', '.join(headers)[:200]}"
        )
    return collected(rows, name=name, format_name="xlsx", columns=tuple(columns))


def _lines(label: str, sheet: Any, formulas: Any, archive: Archive) -> Iterator[Line]:
    """The rows that hold something, with what is merged downwards repeated."""
    part = archive.read(sheet._worksheet_path.lstrip("/"))
    merges = _merges(part)
    active: dict[int, tuple[int, Any]] = {}
    for number, row in enumerate(_rows(sheet, formulas, _FORMULA.search(part) is not None), 1):
        cells = list(row)
        if all(value is None for value in cells):
            continue
        for position, (end, value) in active.items():
            if number <= end:
                cells += [None] * (position + 1 - len(cells))
                cells[position] = value
        filled = frozenset(position for position, (end, _) in active.items() if number <= end)
        yield Line(f"{label}, row {number}", tuple(cells), filled)
        for position, value in enumerate(cells):
            if (number, position) in merges:
                active[position] = (merges[number, position], value)


def _merges(part: bytes) -> Merges:
    """Where a merged cell begins (row from 1, column from 0) -> its last row."""
    found = {}
    for written in _MERGED.findall(part):
        left, top, _, bottom = range_boundaries(written.decode("ascii"))
        if left is not None and top is not None and bottom is not None and bottom > top:
            found[top, left - 1] = bottom
    return found


def _rows(sheet: Any, formulas: Any, has_formulas: bool) -> Iterator[tuple[Any, ...]]:
    sheet.reset_dimensions()  # the size that the file claims is often wrong
    formulas.reset_dimensions()
    if not has_formulas:
        for row in sheet.iter_rows():
            yield tuple(_value(cell) for cell in row[:_WIDEST])
        return
    for row, sources in zip(sheet.iter_rows(), formulas.iter_rows(), strict=False):
        yield tuple(_value(*pair) for pair in zip(row[:_WIDEST], sources, strict=False))


def _value(cell: Any, source: Any = None) -> Any:
    """The value that the cell shows; that of a formula is the one stored beside it."""
    if cell.value is None and source is not None and source.data_type == "f":
        expected = "a value: no result of this formula is stored (open the file in a spreadsheet"
        return Broken(f"{expected} program and save it)", str(source.value)[:120])
    if cell.data_type == "e":
        return Broken("a value", str(cell.value))
    if isinstance(cell.value, str):
        return cell.value if cell.value.strip() else None
    if isinstance(cell.value, float | int) and not isinstance(cell.value, bool):
        return _percent(cell.value, cell.number_format or "")
    if cell.is_date and "y" in (cell.number_format or "").lower():
        shown = re.sub(r'"[^"]*"|\[[^\]]*\]', "", cell.number_format).lower()
        return cell.value if re.search("[dm]", shown) else cell.value.year
    return cell.value


def _percent(value: float, number_format: str) -> Any:
    if not number_format.rstrip().endswith("%"):
        return value
    return f"{round(value * 100, 10):g}%"
