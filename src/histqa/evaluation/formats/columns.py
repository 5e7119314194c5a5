"""Names of columns as people write them -> the field of ExamQuestion that each of them means."""

from __future__ import annotations

import re
from collections.abc import Iterable

from histqa.evaluation.records import Column

# Compared in lower case without anything but letters, and without a number at the end
# ("Expected quote 2"). "unanswerable" and "tolerance" are no fields of their own: they turn
# "answerable" round and complete "numbers".
MEANINGS: dict[str, tuple[str, ...]] = {
    "id": ("id", "qid", "question id", "no", "nr", "number", "name", "key"),
    "question": ("question", "question text", "query", "q", "prompt", "text", "ask", "frage"),
    "history": (
        "history", "earlier questions", "previous questions", "previous question", "before",
        "conversation", "follows", "after",
    ),
    "answers": (
        "answers", "answer", "expected answer", "expected answers", "correct answer", "solution",
        "correct answers", "right answer", "gold answer", "gold answers", "short answer", "a",
        "accepted answers", "reference answer", "ground truth",
    ),
    "numbers": ("numbers", "numerical answer", "expected number", "expected numbers"),
    "tolerance": ("tolerance", "plus minus", "margin", "error margin"),
    "quote_groups": (
        "quote groups", "groups", "quotes", "quote", "expected quotes", "expected quote", "gold",
        "gold quote", "gold quotes", "evidence", "citation", "passage", "expected passage",
        "source text", "supporting text", "expected text",
    ),
    "document": (
        "document", "doc", "doc id", "reading", "expected document", "file", "source", "article",
        "expected reading", "book", "expected source",
    ),
    "pages": ("pages", "page", "expected pages", "expected page", "page number", "p", "pp"),
    "answerable": (
        "answerable", "can be answered", "in readings", "in the readings", "is answerable",
        "in text", "in the text",
    ),
    "unanswerable": (
        "unanswerable", "is impossible", "impossible", "not in readings", "not in the readings",
        "no answer", "near miss",
    ),
    "kind": ("kind", "type", "question type", "category", "question kind"),
    "tags": ("tags", "tag", "topic", "topics", "labels", "label", "unit", "keywords", "difficulty"),
}  # fmt: skip

_LETTERS = re.compile(r"[^a-z]+")
_BY_NAME = {
    _LETTERS.sub("", name): meaning for meaning, names in MEANINGS.items() for name in names
}


def columns_of(names: Iterable[str]) -> tuple[Column, ...]:
    """What each column is taken for; several may mean the same and then add to each other."""
    return tuple(
        Column(name, _BY_NAME.get(_LETTERS.sub("", name.casefold()), ""))
        for name in dict.fromkeys(names)
    )
