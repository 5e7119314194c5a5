"""A file of test questions -> QuestionFile: format name -> a function that reads its bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from histqa.errors import QuestionFileError
from histqa.evaluation.records import QuestionFile


def _jsonl(name: str, content: bytes) -> QuestionFile:
    from histqa.evaluation.formats.jsonl import read_jsonl

    return read_jsonl(name, content)


def _json(name: str, content: bytes) -> QuestionFile:
    from histqa.evaluation.formats.json import read_json

    return read_json(name, content)


# Each gets the file's name, for messages, and its bytes. A SQuAD file is JSON, known by its shape.
FORMATS: dict[str, Callable[[str, bytes], QuestionFile]] = {"jsonl": _jsonl, "json": _json}

SUFFIXES: dict[str, str] = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json"}


def read_questions(path: Path, *, format_name: str = "") -> QuestionFile:
    """The questions of a file, its bad rows and what was skipped.

    The format goes by the file's suffix unless ``format_name`` says it. Raises QuestionFileError
    where the file cannot be read at all or holds nothing that is a question.
    """
    reader = FORMATS[_format_of(path, format_name)]
    try:
        content = path.read_bytes()
    except OSError as error:
        raise QuestionFileError(
            f"{path}: cannot be read ({error.strerror or error}); check the name and the rights"
        ) from error
    file = reader(path.name, content)
    if not (file.questions or file.bad_rows or file.skipped):
        raise QuestionFileError(
            f"{path}: holds no questions; `histqa eval --init` writes a file to start from"
        )
    return replace(file, sha256=hashlib.sha256(content).hexdigest())


def _format_of(path: Path, format_name: str) -> str:
    found = format_name or SUFFIXES.get(path.suffix.lower(), "")
    if found not in FORMATS:
        raise QuestionFileError(
            f"{path}: {format_name or path.suffix or 'a name without suffix'} is no known format "
            f"of test questions; known: {', '.join(FORMATS)} ({', '.join(SUFFIXES)})"
        )
    return found
