"""Aiken: a question, lines "A. option", a line "ANSWER: A" -> QuestionFile."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from histqa.errors import QuestionFileError
from histqa.evaluation.formats.collecting import Row, collected
from histqa.evaluation.formats.jsonl import characters
from histqa.evaluation.formats.quiz import CHOICE, Option, QuizItem, row_of
from histqa.evaluation.records import BadRow, QuestionFile

_OPTION = re.compile(r"([A-Za-z])[.)]\s+(\S.*)")
ANSWER = re.compile(r"ANSWER\s*:\s*(.*)", re.IGNORECASE)
_FORM = 'lines such as "A. option", then "ANSWER: A"'


@dataclass(slots=True)
class _Draft:
    """The question that is being read."""

    line: int = 0
    stem: list[str] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)


def read_aiken(name: str, content: bytes) -> QuestionFile:
    """Every question; raises QuestionFileError for a text without any line ``ANSWER:``."""
    lines = characters(content).splitlines()
    if any(line.strip() for line in lines) and not any(
        ANSWER.match(line.strip()) for line in lines
    ):
        raise QuestionFileError(
            f'{name}: not Aiken, it has no line "ANSWER: A"; docs/question-files.md shows the form'
        )
    return collected(_rows(name, lines), name=name, format_name="aiken")


def _rows(name: str, lines: list[str]) -> Iterator[Row]:
    draft = _Draft()
    for number, line in enumerate(map(str.strip, lines), 1):
        if not line:
            continue
        if draft.options and not (_OPTION.match(line) or ANSWER.match(line)):
            yield _unfinished(name, draft, line)
            draft = _Draft()
        draft.line = draft.line or number
        if found := ANSWER.fullmatch(line):
            yield _row(f"{name}, line {draft.line}", draft, found[1].strip(" .)"))
            draft = _Draft()
        # The first line is the question whatever it looks like: "A. J. P. Taylor wrote ..."
        elif draft.stem and (option := _OPTION.fullmatch(line)):
            draft.options[option[1].upper()] = option[2]
        else:
            draft.stem.append(line)
    if draft.stem:
        yield _unfinished(name, draft, "the end of the file")


def _row(origin: str, draft: _Draft, answer: str) -> Row:
    if not draft.stem or len(draft.options) < 2:
        return BadRow(origin, "", _FORM, " ".join(draft.stem)[:120] or f"ANSWER: {answer}")
    letters = [letter.upper() for letter in re.split(r"[\s,;&]+", answer) if letter]
    if not letters or not draft.options.keys() >= set(letters):
        return BadRow(origin, "ANSWER", f"one of {', '.join(draft.options)}", answer)
    options = _options(draft.options, letters)
    return row_of(QuizItem(origin, " ".join(draft.stem), CHOICE, options, column="ANSWER"))


def _options(texts: Mapping[str, str], right: list[str]) -> tuple[Option, ...]:
    return tuple(Option(text, float(letter in right)) for letter, text in texts.items())


def _unfinished(name: str, draft: _Draft, line: str) -> BadRow:
    return BadRow(f"{name}, line {draft.line}", "", _FORM, line[:120])
