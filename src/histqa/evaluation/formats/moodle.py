"""Moodle XML -> QuestionFile; HTML becomes plain text, embedded files are left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from histqa.errors import QuestionFileError
from histqa.evaluation.formats import cells
from histqa.evaluation.formats.collecting import Row, collected
from histqa.evaluation.formats.marked_text import plain
from histqa.evaluation.formats.quiz import (
    CHOICE,
    DESCRIPTION,
    ESSAY,
    MATCHING,
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
from histqa.evaluation.formats.xml import below, children, text_at, xml_root
from histqa.evaluation.records import BadRow, Number, QuestionFile
from histqa.extraction.trees import Element, local_name

# Moodle's names of the types -> ours; others keep theirs, and are told as unknown.
_KINDS = {
    "shortanswer": SHORT_ANSWER, "regexp": SHORT_ANSWER, "numerical": NUMERICAL,
    "truefalse": TRUE_FALSE, "multichoice": CHOICE, "multichoiceset": CHOICE,
    "matching": MATCHING, "match": MATCHING, "ddmatch": MATCHING, "essay": ESSAY,
    "essayautograde": ESSAY, "description": DESCRIPTION, "cloze": "cloze",
    "multianswer": "cloze", "gapselect": "cloze", "ddwtos": "cloze", "ordering": "ordering",
    "calculated": "calculated", "calculatedsimple": "calculated",
    "calculatedmulti": "calculated", "random": "random", "randomsamatch": "random",
    "ddmarker": "picture", "ddimageortext": "picture", "recordrtc": "file upload",
}  # fmt: skip
_FORMATS = {"html": "html", "plain_text": "plain", "markdown": "markdown"}


def read_moodle(name: str, content: bytes) -> QuestionFile:
    """Every question; raises QuestionFileError where the root is no ``quiz``."""
    root = xml_root(name, content)
    if local_name(root) != "quiz":
        raise QuestionFileError(
            f"{name}: not Moodle XML, it begins with <{local_name(root)}> instead of <quiz>; "
            "export the questions from Moodle's question bank as Moodle XML"
        )
    return collected(without_repeated_ids(_rows(name, root)), name=name, format_name="moodle-xml")


def _rows(name: str, root: Element) -> Iterator[Row]:
    category: tuple[str, ...] = ()
    for number, element in enumerate(children(root, "question"), 1):
        kind = (element.get("type") or "").strip().lower()
        if kind == "category":
            category = category_tags(text_at(element, "category", "text"))
            continue
        origin = f"{name}, question {number} (line {element.sourceline})"
        try:
            yield from _question(element, kind, origin, category)
        except cells.CellFault as fault:
            yield BadRow(origin, "", fault.expected, fault.found)


def _question(element: Element, kind: str, origin: str, category: tuple[str, ...]) -> Iterator[Row]:
    named = text_at(element, "idnumber") or plain(text_at(element, "name"))
    item = QuizItem(
        origin=origin,
        stem=_text(element, "questiontext"),
        kind=_KINDS.get(kind, kind),
        id=named,
        tags=(*category, *(text_at(tag, "text") for tag in below(element, "tag"))),
        column="answer",
    )
    if item.kind == MATCHING:
        yield from matched(item, _pairs(element))
    elif item.kind == NUMERICAL:
        yield row_of(replace(item, numbers=_numbers(element)))
    else:
        yield row_of(replace(item, options=_options(element)))


def _text(element: Element, *path: str) -> str:
    """The text of ``element``, or at ``path``, as its attribute ``format`` says it is written."""
    holder = next(iter(children(element, path[0])), None) if path else element
    if holder is None:
        return ""
    return plain(text_at(holder, "text"), _FORMATS.get(holder.get("format", ""), "auto"))


def _options(element: Element) -> tuple[Option, ...]:
    return tuple(Option(_text(answer), _weight(answer)) for answer in children(element, "answer"))


def _weight(answer: Element) -> float:
    written = answer.get("fraction", "0")
    try:
        return float(written) / 100
    except ValueError:
        raise cells.CellFault("a fraction in percent", written) from None


def _numbers(element: Element) -> tuple[Number, ...]:
    """Those that give all points (or the most that any gives); * is any other number."""
    found = []
    for answer in children(element, "answer"):
        written, weight = text_at(answer, "text"), _weight(answer)
        if written != "*" and weight > 0:
            tolerance = text_at(answer, "tolerance") or "0"
            found.append((weight, cells.numbers({"value": written, "tolerance": tolerance})))
    best = max((weight for weight, _ in found), default=0.0)
    return tuple(number for weight, numbers in found if weight == best for number in numbers)


def _pairs(element: Element) -> Iterator[tuple[str, str]]:
    for part in children(element, "subquestion"):
        yield _text(part), plain(text_at(part, "answer", "text"))
