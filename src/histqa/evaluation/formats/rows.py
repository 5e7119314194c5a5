"""One row (column name -> value) and what the columns mean -> ExamQuestion or BadRow."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from histqa.evaluation.formats import cells
from histqa.evaluation.records import BadRow, Column, ExamQuestion, Number

_LIST_SEPARATORS = ",;|\n"


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads the rows of one table; ``columns`` as ``columns.columns_of`` understands them."""

    columns: Sequence[Column]

    def question(self, row: Mapping[str, Any], *, origin: str) -> ExamQuestion | BadRow:
        """The question of ``row``, or the first thing that is wrong with it."""
        try:
            return _checked(self._fields(row), origin)
        except _RowFault as fault:
            own = (column.name for column in self.columns if column.meaning == fault.column)
            return BadRow(origin, next(own, fault.column), fault.expected, fault.found)

    def is_blank(self, row: Mapping[str, Any]) -> bool:
        """Whether no column that means something holds anything."""
        return not any(
            row.get(column.name) not in (None, "", [], ()) and str(row.get(column.name)).strip()
            for column in self.columns
            if column.meaning
        )

    def _fields(self, row: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for column in self.columns:
            if column.meaning and row.get(column.name) is not None:
                value = _read(column, row[column.name])
                if column.meaning in found and isinstance(value, tuple):
                    value = found[column.meaning] + value
                if value not in ("", (), None):
                    found[column.meaning] = value
        return found


class _RowFault(Exception):
    def __init__(self, column: str, expected: str, found: str = "") -> None:
        super().__init__(column, expected, found)
        self.column, self.expected, self.found = column, expected, found


def _history(value: Any) -> tuple[str, ...]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        turns = [turn.get("question", "") if isinstance(turn, dict) else turn for turn in value]
        return cells.texts(turns)
    return cells.texts(value)


READERS: dict[str, Callable[[Any], Any]] = {
    "id": cells.text,
    "question": cells.text,
    "history": _history,
    "answers": cells.answers,
    "numbers": cells.numbers,
    "tolerance": cells.numbers,
    "quote_groups": cells.groups,
    "document": cells.text,
    "pages": lambda value: cells.texts(value, separators=_LIST_SEPARATORS),
    "answerable": cells.yes_or_no,
    "unanswerable": cells.yes_or_no,
    "kind": cells.text,
    "tags": lambda value: cells.texts(value, separators=_LIST_SEPARATORS),
}


def _read(column: Column, value: Any) -> Any:
    try:
        return READERS[column.meaning](value)
    except cells.CellFault as fault:
        raise _RowFault(column.name, fault.expected, fault.found) from None


def _checked(found: dict[str, Any], origin: str) -> ExamQuestion:
    if "question" not in found:
        raise _RowFault("question", "a question")
    unanswerable = found.pop("unanswerable", None)
    if unanswerable is not None and found.setdefault("answerable", not unanswerable) == (
        unanswerable
    ):
        raise _RowFault("answerable", "the opposite of what the column for unanswerable says")
    if tolerance := found.pop("tolerance", ()):
        found["numbers"] = _tolerant(found.get("numbers", ()), tolerance)
    question = ExamQuestion(**{"id": "", "origin": origin, **found})
    _check_expectation(question, is_said="answerable" in found)
    return question


def _tolerant(numbers: tuple[Number, ...], tolerance: tuple[Number, ...]) -> tuple[Number, ...]:
    return tuple(
        number if number.tolerance else replace(number, tolerance=abs(tolerance[0].value))
        for number in numbers
    )


def _check_expectation(question: ExamQuestion, *, is_said: bool) -> None:
    expected = question.answers or question.numbers or question.quote_groups
    if not question.answerable and expected:
        raise _RowFault(
            "answerable", "yes, or no expected answers and quotes: the row says both", "no"
        )
    if not (is_said or expected or question.document):
        raise _RowFault(
            "", "answers, numbers, quotes or a document, or a column that says answerable: no"
        )
    if question.pages and not question.document:
        raise _RowFault("document", "the document that the pages belong to")
