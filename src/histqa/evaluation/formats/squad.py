"""SQuAD 1.1 and 2.0 (Rajpurkar et al. 2016, 2018) -> QuestionFile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from histqa.canonical import clean
from histqa.evaluation.formats.cells import CellFault, text
from histqa.evaluation.formats.collecting import Row, collected
from histqa.evaluation.records import BadRow, Column, ExamQuestion, QuestionFile
from histqa.extraction.mending import without_note_marks
from histqa.text import sentences

COLUMNS = (
    Column("id", "id"),
    Column("question", "question"),
    Column("answers.text", "answers"),
    Column("answers.answer_start", "quote_groups"),
    Column("is_impossible", "answerable"),
    Column("title", "tags"),
    Column("plausible_answers", ""),
)


def is_squad(value: Any) -> bool:
    """Whether the parsed JSON has the shape of SQuAD: data, then paragraphs."""
    if not isinstance(value, dict) or not isinstance(value.get("data"), list):
        return False
    return any(isinstance(entry, dict) and "paragraphs" in entry for entry in value["data"])


def read_squad(name: str, value: Mapping[str, Any]) -> QuestionFile:
    """Every question; the sentences of the context that hold an answer are its expected quote.

    The title becomes a tag. A question without answers is unanswerable, as in the official script.
    """
    return collected(_rows(name, value), name=name, format_name="squad", columns=COLUMNS)


def _rows(name: str, value: Mapping[str, Any]) -> Iterator[Row]:
    for number, article in enumerate(value["data"], 1):
        try:
            for paragraph in article["paragraphs"]:
                for entry in paragraph["qas"]:
                    yield _row(f"{name}, article {number}", article, paragraph["context"], entry)
        except (KeyError, TypeError) as error:
            expected = f"paragraphs with context and qas ({error} is missing or of a wrong type)"
            yield BadRow(f"{name}, article {number}", "", expected)


def _row(origin: str, article: Mapping[str, Any], context: str, entry: Any) -> Row:
    try:
        origin = f"{origin}, question {entry['id']}"
        answers = entry["answers"]
        found = [(text(answer["text"]), answer["answer_start"]) for answer in answers]
        quotes = tuple(
            dict.fromkeys(_sentence(context, start, answer) for answer, start in found if answer)
        )
        return ExamQuestion(
            id=str(entry["id"]),
            question=text(entry["question"]),
            answers=tuple(dict.fromkeys(answer for answer, _ in found if answer)),
            quote_groups=(quotes,) if quotes else (),
            answerable=bool(answers),
            tags=tuple(filter(None, [text(article.get("title", "")).replace("_", " ")])),
            origin=origin,
        )
    except CellFault as fault:
        return BadRow(origin, "", fault.expected, fault.found)
    except (KeyError, TypeError, AttributeError) as error:
        return BadRow(origin, "", f"id, question and answers with text and answer_start ({error})")


def _sentence(context: str, start: int, answer: str) -> str:
    """The sentences of ``context`` that the answer at ``start`` touches, as readings have them."""
    end = start + len(answer)
    touched = [span for span in sentences(context) if span.start < end and start < span.end]
    if not touched:
        return answer
    first = touched[0].start
    before = context[
        max(first - 1, 0) : first
    ]  # a sentence may begin with a mark of the one before
    quote = before + context[first : touched[-1].end]
    unmarked = without_note_marks(quote, lambda _kind, _mark, left: left)[len(before) :]
    return " ".join(clean(unmarked).split())
