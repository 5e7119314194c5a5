"""JSON: a list of objects, one under "questions", or a SQuAD 1.1 or 2.0 file -> QuestionFile."""

from __future__ import annotations

import json
from typing import Any

from histqa.errors import QuestionFileError
from histqa.evaluation.formats.jsonl import characters, file_of
from histqa.evaluation.formats.squad import is_squad, read_squad
from histqa.evaluation.records import QuestionFile


def read_json(name: str, content: bytes) -> QuestionFile:
    """Raises QuestionFileError for what is no JSON, or JSON of another shape."""
    value = _parsed(name, characters(content))
    if is_squad(value):
        return read_squad(name, value)
    if isinstance(value, dict):
        value = value.get("questions")
    if not isinstance(value, list):
        raise QuestionFileError(
            f'{name}: the JSON is no list of questions, no {{"questions": [...]}} and no SQuAD '
            "file; docs/evaluation.md shows the form"
        )
    rows = ((f"{name}, question {number}", row) for number, row in enumerate(value, 1))
    return file_of(rows, name=name, format_name="json")


def _parsed(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise QuestionFileError(
            f"{name}: not JSON ({error.msg} in line {error.lineno}, column {error.colno}); mend "
            "that place. One object a line is JSON Lines: name such a file .jsonl"
        ) from error
    except RecursionError as error:
        raise QuestionFileError(f"{name}: the JSON is nested too deeply to be questions") from error
