r"""Moodle GIFT -> QuestionFile.

Grammar as in Moodle's own importer (question/format/gift): blocks parted by blank lines,
``::name::[format]text {answers} more text``, a backslash before ~ = # { } : and itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from histqa.errors import QuestionFileError
from histqa.evaluation.formats import cells
from histqa.evaluation.formats.collecting import Row, collected
from histqa.evaluation.formats.jsonl import characters
from histqa.evaluation.formats.marked_text import plain
from histqa.evaluation.formats.quiz import (
    CHOICE,
    DESCRIPTION,
    ESSAY,
    GAP,
    NUMERICAL,
    SHORT_ANSWER,
    TRUE_FALSE,
    Option,
    QuizItem,
    category_tags,
    matched,
    row_of,
    without_repeated_ids,
)
from histqa.evaluation.records import BadRow, Number, QuestionFile

_CATEGORY = re.compile(r"\$CATEGORY:\s*(.*)", re.IGNORECASE)
_REMARK = re.compile(r"\[(id|tag):((?:\\.|[^\]\\])*)\]")
_TITLE = re.compile(r"\s*::(.*?)::(.*)", re.DOTALL)
_FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\](.*)", re.DOTALL | re.IGNORECASE)
_MARKED = re.compile(r"([=~])([^=~]*)")
_WEIGHT = re.compile(r"\s*%(-?\d+(?:\.\d+)?)%(.*)", re.DOTALL)
_TRUTHS = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_BRACES = "an answer in one pair of braces; write \\{ and \\} for braces that are text"
_WEIGHTS = "percent signs about a weight, as in %50%"

# Escaped signs are kept as private characters until the structure has been read.
_ESCAPED = re.compile(r"\\([~=#{}:\\])")
_PRIVATE = 0x10F000
_KEPT = re.compile(f"[{chr(_PRIVATE)}-{chr(_PRIVATE + 0x7F)}]")


@dataclass(frozen=True, slots=True)
class _Block:
    """What stands between blank lines; ``remarks``: the comment lines in and just before it."""

    line: int
    text: str
    remarks: str


@dataclass(frozen=True, slots=True)
class _Parts:
    """A block taken apart, still escaped; ``answers`` None where there are no braces."""

    title: str
    format_name: str
    stem: str
    answers: str | None


def read_gift(name: str, content: bytes) -> QuestionFile:
    """Every question; raises QuestionFileError for a text that has no answer in braces at all."""
    text = characters(content)
    if text.strip() and "{" not in text:
        raise QuestionFileError(
            f"{name}: not GIFT, no question in it has an answer in braces {{ }}; "
            "docs/question-files.md shows the form"
        )
    rows = without_repeated_ids(_rows(name, _joined(_blocks(text))))
    return collected(rows, name=name, format_name="gift")


def _blocks(text: str) -> Iterator[_Block]:
    lines: list[str] = []
    remarks: list[str] = []
    start = 0
    for number, line in enumerate([*text.splitlines(), ""], 1):
        bare = line.strip()
        if bare.startswith("//"):
            remarks.append(bare)
        elif not lines and _CATEGORY.match(bare):
            yield _Block(number, bare, "")
        elif bare:
            start = start or number
            lines.append(line)
        else:
            if lines:
                yield _Block(start, "\n".join(lines), "\n".join(remarks))
            lines, remarks, start = [], [], 0


def _joined(blocks: Iterable[_Block]) -> Iterator[_Block]:
    """People put blank lines between the answers too: such a block goes on in the next one."""
    last: _Block | None = None
    for block in blocks:
        if last and _is_open(last.text) and block.text.lstrip()[0] in "=~#}%":
            last = replace(last, text=f"{last.text}\n{block.text}")
            continue
        if last:
            yield last
        last = block
    if last:
        yield last


def _is_open(text: str) -> bool:
    kept = _ESCAPED.sub("", text)
    return kept.count("{") > kept.count("}")


def _rows(name: str, blocks: Iterable[_Block]) -> Iterator[Row]:
    category: tuple[str, ...] = ()
    for block in blocks:
        if found := _CATEGORY.fullmatch(block.text):
            category = category_tags(_shown(_hidden(found[1])))
            continue
        try:
            yield from _question(block, f"{name}, line {block.line}", category)
        except cells.CellFault as fault:
            yield BadRow(f"{name}, line {block.line}", "", fault.expected, fault.found)


def _question(block: _Block, origin: str, category: tuple[str, ...]) -> Iterator[Row]:
    parts = _parts(block.text)
    said = [
        (kind, re.sub(r"\\(.)", r"\1", value).strip())
        for kind, value in _REMARK.findall(block.remarks)
    ]
    item = QuizItem(
        origin=origin,
        stem=_text(parts.stem, parts.format_name),
        kind=DESCRIPTION,
        id=next((value for kind, value in said if kind == "id"), cells.text(_shown(parts.title))),
        tags=(*category, *(value for kind, value in said if kind == "tag")),
        column="{ }",
    )
    if parts.answers is None:
        yield row_of(item)
    else:
        yield from _answered(item, parts.answers.partition("####")[0].strip(), parts.format_name)


def _parts(text: str) -> _Parts:
    rest, title, format_name = _hidden(text), "", "moodle"
    if found := _TITLE.fullmatch(rest):
        title, rest = found.groups()
    if found := _FORMAT.fullmatch(rest):
        format_name, rest = found[1].lower(), found[2]
    before, opening, rest = rest.partition("{")
    answers, closing, after = rest.partition("}")
    if bool(opening) != bool(closing) or "}" in before or set("{}") & set(answers + after):
        raise cells.CellFault(_BRACES, _shown(text))
    stem = f"{before.rstrip()} {GAP} {after.lstrip()}" if after.strip() else before
    return _Parts(title, format_name, stem, answers if opening else None)


def _answered(item: QuizItem, answers: str, format_name: str) -> Iterator[Row]:
    """The type is told by the answers' signs, in the order that Moodle looks at them."""
    bare = answers.partition("#")[0].strip()
    if not answers:
        yield row_of(replace(item, kind=ESSAY))
    elif answers.startswith("#"):
        yield row_of(replace(item, kind=NUMERICAL, numbers=tuple(_numbers(answers[1:]))))
    elif "~" in answers:
        yield row_of(replace(item, kind=CHOICE, options=_options(answers, format_name)))
    elif "=" in answers and "->" in answers:
        yield from matched(item, _pairs(answers, format_name))
    elif bare.upper() in _TRUTHS:
        right = Option(str(_TRUTHS[bare.upper()]), 1.0)
        yield row_of(replace(item, kind=TRUE_FALSE, options=(right,)))
    else:
        marked = answers if answers.startswith("=") else f"={answers}"
        yield row_of(replace(item, kind=SHORT_ANSWER, options=_options(marked, format_name)))


def _options(answers: str, format_name: str) -> tuple[Option, ...]:
    options = []
    for sign, written in _MARKED.findall(answers):
        weight, text = _weighed(written, 1.0 if sign == "=" else 0.0)
        options.append(Option(_text(text.partition("#")[0], format_name), weight))
    return tuple(options)


def _weighed(written: str, weight: float) -> tuple[float, str]:
    if found := _WEIGHT.fullmatch(written):
        return float(found[1]) / 100, found[2]
    if written.lstrip().startswith("%"):
        raise cells.CellFault(_WEIGHTS, _shown(written))
    return weight, written


def _numbers(answers: str) -> Iterator[Number]:
    """As in {#1920:5}, {#1918..1922} and {#=1920:0 =%50%1920:5}: those that give all points."""
    found = []
    for written in answers.split("=") if "=" in answers else [answers]:
        weight, value = _weighed(written.partition("#")[0], 1.0)
        if value.strip() not in ("", "*"):
            found.append((weight, cells.numbers(" ".join(value.split()).removesuffix(":"))))
    best = max((weight for weight, _ in found), default=0.0)
    return (number for weight, numbers in found if weight == best > 0 for number in numbers)


def _pairs(answers: str, format_name: str) -> Iterator[tuple[str, str]]:
    for _, written in _MARKED.findall(answers):
        part, arrow, answer = written.partition("->")
        if not arrow:
            raise cells.CellFault("pairs such as =part -> answer", _shown(written))
        yield _text(part, format_name), _text(answer.partition("#")[0], format_name)


def _text(escaped: str, format_name: str) -> str:
    if found := _FORMAT.fullmatch(escaped):
        format_name, escaped = found[1].lower(), found[2]
    return plain(_shown(escaped), format_name)


def _hidden(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(_PRIVATE + ord(found[1])), text).replace("\\n", "\n")


def _shown(text: str) -> str:
    return _KEPT.sub(lambda found: chr(ord(found.group()) - _PRIVATE), text)
