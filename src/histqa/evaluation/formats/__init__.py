"""A file of test questions -> QuestionFile: format name -> a function that reads its bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from histqa.errors import LoadError, QuestionFileError
from histqa.evaluation.records import QuestionFile


def _jsonl(name: str, content: bytes) -> QuestionFile:
    from histqa.evaluation.formats.jsonl import read_jsonl

    return read_jsonl(name, content)


def _json(name: str, content: bytes) -> QuestionFile:
    from histqa.evaluation.formats.json import read_json

    return read_json(name, content)


def _csv(name: str, content: bytes) -> QuestionFile:
    from histqa.evaluation.formats.csv import read_csv

    return read_csv(name, content)


def _xlsx(name: str, content: bytes) -> QuestionFile:
    from histqa.evaluation.formats.xlsx import read_xlsx

    return read_xlsx(name, content)


def _yaml(name: str, content: bytes) -> QuestionFile:
    from histqa.evaluation.formats.yaml import read_yaml

    return read_yaml(name, content)


def _gift(name: str, content: bytes) -> QuestionFile:
    from histqa.evaluation.formats.gift import read_gift

    return read_gift(name, content)


def _aiken(name: str, content: bytes) -> QuestionFile:
    from histqa.evaluation.formats.aiken import read_aiken

    return read_aiken(name, content)


def _text(name: str, content: bytes) -> QuestionFile:
    from histqa.evaluation.formats.sniffing import read_text

    return read_text(name, content)


def _moodle_xml(name: str, content: bytes) -> QuestionFile:
    from histqa.evaluation.formats.moodle import read_moodle

    return read_moodle(name, content)


def _qti(name: str, content: bytes) -> QuestionFile:
    from histqa.evaluation.formats.qti import read_qti

    return read_qti(name, content)


def _xml(name: str, content: bytes) -> QuestionFile:
    from histqa.evaluation.formats.sniffing import read_xml

    return read_xml(name, content)


# Each gets the file's name, for messages, and its bytes. A SQuAD file is JSON, known by its shape;
# "text" is GIFT or Aiken and "xml" Moodle XML or QTI, told apart by what stands in the file.
FORMATS: dict[str, Callable[[str, bytes], QuestionFile]] = {
    "jsonl": _jsonl,
    "json": _json,
    "csv": _csv,
    "xlsx": _xlsx,
    "yaml": _yaml,
    "gift": _gift,
    "aiken": _aiken,
    "text": _text,
    "moodle-xml": _moodle_xml,
    "qti": _qti,
    "xml": _xml,
}

SUFFIXES: dict[str, str] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".gift": "gift",
    ".aiken": "aiken",
    ".txt": "text",
    ".xml": "xml",
    ".qti": "qti",
    ".zip": "qti",
    ".imscc": "qti",
}


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
    try:
        file = reader(path.name, content)
    except LoadError as error:
        raise QuestionFileError(f"{path}: {error}") from error
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
