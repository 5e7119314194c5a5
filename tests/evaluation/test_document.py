"""docs/evaluation.md names every figure, reason and field, and its examples run."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from histqa.evaluation.formats import read_questions
from histqa.evaluation.metrics import METRICS
from histqa.evaluation.records import ExamQuestion, Reason

DOCUMENT = (Path(__file__).parents[2] / "docs" / "evaluation.md").read_text(encoding="utf-8")


def test_every_figure_and_reason_is_explained() -> None:
    missing = [name for name in METRICS if f"`{name}`" not in DOCUMENT]
    missing += [str(reason) for reason in Reason if reason and f"| {reason} |" not in DOCUMENT]
    assert missing == []


def test_every_field_of_a_test_question_is_explained() -> None:
    names = {field.name for field in fields(ExamQuestion)} - {"origin"}
    assert {name for name in names if f"| `{name}` |" not in DOCUMENT} == set()


def test_the_example_file_is_read_without_a_bad_row(tmp_path: Path) -> None:
    (example,) = re.findall(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)
    (tmp_path / "example.jsonl").write_text(example, encoding="utf-8")
    file = read_questions(tmp_path / "example.jsonl")
    assert file.bad_rows == ()
    assert [question.id for question in file.questions] == ["left", "size", "then", "none"]
    assert [column.name for column in file.columns if not column.meaning] == []
