"""A file of test questions -> QuestionFile: format name -> a function that reads its bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from histqa.errors import QuestionFileError
from histqa.evaluation.records import QuestionFile


def _jsonl(name: str, content: bytes) -> QuestionFile:
    from histqa.evaluation.formats.jsonl import read_jsonl

    return read_jsonl(name, content)


def _json(name: str, content: bytes) -> QuestionFile:
    from histqa.evaluation.formats.json import read_json

    return read_json(name, content)


# Each gets the file's name (for messages) and its bytes; the sha256 is filled in by read_questions.
FORMATS: dict[str, Callable[[str, bytes], QuestionFile]] = {"jsonl": _jsonl, "json": _json}
"""SQuAD 1.1 and 2.0 files are JSON; the reader of "json" knows them by their shape."""

SUFFIXES: dict[str, str] = {".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json"}
