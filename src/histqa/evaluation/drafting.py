"""Readings -> draft test questions by sentence patterns: synthetic, for a person to edit."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, zip_longest

from histqa.chunking import paragraphs
from histqa.evaluation.records import ExamQuestion
from histqa.evaluation.serialising import as_json
from histqa.text import sentences
from histqa.types import Document

SYNTHETIC = "synthetic"
_LONGEST = 30
_STEP = 37  # names are taken from all over the alphabet
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATE = rf"(?:(?:early|late) )?(?:(?:{_MONTHS}) )?(?:\d{{1,2}}, )?1\d{{3}}"
_WHEN = re.compile(rf"^(?:In|On) ({_DATE}),? (?!and|when|while|or|to|the year)(.+)\.$")
_WHERE = re.compile(r"^(?:In|At|Near) ((?:the )?[A-Z]\w+(?: [A-Z]\w+)*), ([^,].+)\.$")
_WHY = re.compile(r"^(.{20,}?),? because (.+)\.$")
_WHO = re.compile(
    r"^((?:(?:General|Admiral|President|King|Queen|Emperor|Prime Minister|Lord|Sir|Captain) )?"
    r"[A-Z][a-z]+(?: [A-Z][\w.]*)+) ((?:was|became|ordered|signed|led|wrote|founded|invented|"
    r"proposed|declared|defeated|served|ruled|commanded|discovered|built) .+)\.$"
)
_HOW_MANY = re.compile(
    r"^((?:.* )?)(?<!in )(?<!until )(?<!by )(\d{1,3}(?:,\d{3})+|\d{2,3}) "
    r"((?:[a-z]+ )?(?!kilometres|miles|years)[a-z]{3,}s\b[^()]*)\.$"
)
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}(?: [A-Z][a-z]{3,})*")
# A sentence that leans on the one before makes no question that stands alone.
_LEANS = re.compile(
    r"^(?:He|She|It|They|This|These|That|Those|His|Her|Their|Its|Such|But|And|However|Thus|Then)\b"
)

Pattern = Callable[[str, Collection[str]], tuple[str, str]]


def _when(sentence: str, words: Collection[str]) -> tuple[str, str]:
    found = _WHEN.match(sentence)
    return (f"When was it that {_lowered(found[2], words)}?", found[1]) if found else ("", "")


def _where(sentence: str, words: Collection[str]) -> tuple[str, str]:
    found = _WHERE.match(sentence)
    return (f"Where was it that {_lowered(found[2], words)}?", found[1]) if found else ("", "")


def _why(sentence: str, words: Collection[str]) -> tuple[str, str]:
    found = _WHY.match(sentence)
    return (f"Why was it that {_lowered(found[1], words)}?", "") if found else ("", "")


def _who(sentence: str, _words: Collection[str]) -> tuple[str, str]:
    found = _WHO.match(sentence)
    return (f"Who {found[2]}?", found[1]) if found else ("", "")


def _how_many(sentence: str, _words: Collection[str]) -> tuple[str, str]:
    found = _HOW_MANY.match(sentence)
    return (f"{found[1]}how many {found[3]}?", found[2]) if found else ("", "")


PATTERNS: Mapping[str, Pattern] = {
    "when": _when,
    "who": _who,
    "why": _why,
    "how many": _how_many,
    "where": _where,
}
"""Kind -> a function of a sentence, and of the words that the reading has in lower case, that gives
question and answer, or ("", "")."""


def drafts(documents: Iterable[Document], count: int) -> tuple[ExamQuestion, ...]:
    """At most ``count`` questions, the readings and kinds in turn; every fifth is a near miss.

    A near miss has a name put in that no reading says together with the rest: probably, but not
    surely, unanswerable. All are tagged "synthetic" and "draft".
    """
    texts = list(documents)
    answerable = list(islice(answerable_drafts(texts), count))
    misses = list(islice(_near_misses(answerable, texts), count // 5))
    kept = answerable[: count - len(misses)] + misses
    return tuple(replace(question, id=f"draft-{n}") for n, question in enumerate(kept, 1))


def answerable_drafts(documents: Iterable[Document]) -> Iterator[ExamQuestion]:
    """Every question that a sentence of the readings answers; readings and kinds in turn.

    Its ``quote_groups`` hold that sentence, with single blanks. The readings are gone through when
    the first question is asked for.
    """
    return _in_turn([_of_document(document) for document in documents])


def _of_document(document: Document) -> Iterator[ExamQuestion]:
    headings = {heading.span.start for heading in document.headings}
    words = frozenset(re.findall(r"\b[a-z]+\b", document.text))
    found: dict[str, list[ExamQuestion]] = {kind: [] for kind in PATTERNS}
    for paragraph in paragraphs(document.text):
        if paragraph.start in headings:
            continue
        text = paragraph.of(document.text)
        for span in sentences(text):
            sentence = " ".join(span.of(text).split())
            if _LEANS.match(sentence) or not 6 <= len(sentence.split()) <= _LONGEST:
                continue
            kind, question, answer = _asked(sentence, words)
            if question:
                found[kind].append(_draft(document, kind, question, answer, sentence))
    return _in_turn([iter(questions) for questions in found.values()])


def _asked(sentence: str, words: Collection[str]) -> tuple[str, str, str]:
    for kind, pattern in PATTERNS.items():
        question, answer = pattern(sentence, words)
        if question:
            return kind, question, answer
    return "", "", ""


def _draft(
    document: Document, kind: str, question: str, answer: str, sentence: str
) -> ExamQuestion:
    return ExamQuestion(
        id="",
        question=question[0].upper() + question[1:],
        answers=(answer,) if answer else (),
        quote_groups=((sentence,),),
        document=document.doc_id,
        kind=kind,
        tags=(SYNTHETIC, "draft"),
    )


def _near_misses(
    questions: Sequence[ExamQuestion], documents: Sequence[Document]
) -> Iterator[ExamQuestion]:
    """The questions with a name exchanged for one that never stands in a paragraph with it."""
    parts = [part for document in documents for part in document.text.split("\n\n")]
    counts = Counter(name for part in parts for name in set(_NAME.findall(part)))
    names = sorted(name for name, count in counts.items() if count > 1)
    for number, question in enumerate(questions):
        own = _NAME.findall(question.question)
        if not own:
            continue
        beside = [part for part in parts if own[0] in part]
        foreign = [name for name in names if not any(name in part for part in beside)]
        if foreign:
            other = foreign[number * _STEP % len(foreign)]
            yield replace(
                question,
                question=question.question.replace(own[0], other, 1),
                answers=(),
                quote_groups=(),
                document="",
                answerable=False,
                kind="near miss",
            )


def _in_turn(sources: Sequence[Iterator[ExamQuestion]]) -> Iterator[ExamQuestion]:
    for row in zip_longest(*sources):
        yield from (question for question in row if question is not None)


def _lowered(clause: str, words: Collection[str]) -> str:
    """The clause as it goes on after other words: only a name keeps its capital."""
    first, _, rest = clause.partition(" ")
    return f"{first.lower() if first.lower() in words else first} {rest}"


def as_jsonl(questions: Iterable[ExamQuestion]) -> str:
    """A file of test questions in the form of JSON Lines; fields that say nothing are left out."""
    lines = []
    for question in questions:
        row = {
            name: value
            for name, value in as_json(question).items()
            if value not in ("", [], None) and name != "origin"
        }
        if question.answerable:
            row.pop("answerable")
        lines.append(json.dumps(row, ensure_ascii=False))
    return "\n".join(lines) + "\n"
