"""Questions, bad rows and skipped ones, one after the other -> a QuestionFile with unique ids."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from histqa.evaluation.records import BadRow, Column, ExamQuestion, QuestionFile, Skipped

Row = ExamQuestion | BadRow | Skipped


def collected(
    rows: Iterable[Row], *, name: str, format_name: str, columns: tuple[Column, ...] = ()
) -> QuestionFile:
    """The file; a second question with the same id is a bad row.

    A question without id gets one made of its text, so that it can be found again in the report
    of an older run although rows were added before it.
    """
    every = tuple(rows)
    questions: dict[str, ExamQuestion] = {}
    bad = [row for row in every if isinstance(row, BadRow)]
    given = {row.id: row for row in reversed(every) if isinstance(row, ExamQuestion) and row.id}
    for row in every:
        if not isinstance(row, ExamQuestion):
            continue
        if not row.id:
            row = replace(row, id=_unused(_made_id(row), {*questions, *given}))
        if row.id in questions:
            expected = f"an id that no other row has ({questions[row.id].origin} has it too)"
            bad.append(BadRow(row.origin, "id", expected, row.id))
        else:
            questions[row.id] = row
    return QuestionFile(
        name=name,
        format=format_name,
        sha256="",
        questions=tuple(questions.values()),
        bad_rows=tuple(bad),
        skipped=tuple(row for row in every if isinstance(row, Skipped)),
        columns=columns,
    )


def _made_id(question: ExamQuestion) -> str:
    text = "\n".join((*question.history, question.question))
    return "q-" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _unused(name: str, taken: set[str]) -> str:
    number, candidate = 1, name
    while candidate in taken:
        number += 1
        candidate = f"{name}-{number}"
    return candidate
