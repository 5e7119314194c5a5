"""A question as learning platforms have it (options with weights) -> ExamQuestion, or why not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from histqa.evaluation.formats import cells
from histqa.evaluation.formats.collecting import Row
from histqa.evaluation.records import BadRow, ExamQuestion, Number, Skipped

SHORT_ANSWER = "short answer"
NUMERICAL = "numerical"
TRUE_FALSE = "true or false"
CHOICE = "multiple choice"
MATCHING = "matching"
ESSAY = "essay"
DESCRIPTION = "description"

# A question with one of these tags is expected to be refused, whatever its type.
UNANSWERABLE_TAGS = frozenset(("unanswerable", "not in the readings", "not answerable"))
GAP = "_____"

_REASONS = {
    ESSAY: "a free text has no expected answer; it needs a person to judge it",
    DESCRIPTION: "it is a text between the questions and asks nothing",
    MATCHING: "its parts are no questions of their own, so none of them can be asked alone",
    "cloze": "it has several gaps in one text; write each as a question of its own",
    "file upload": "it asks for a file, not for an answer",
    "ordering": "it asks for an order of given things, which no quote can show",
    "calculated": "its numbers are drawn anew each time",
    "random": "it stands for another question that the file does not name",
    "picture": "it is answered by pointing at a picture",
}
_TRUE = frozenset(("true", "t", "yes", "correct", "wahr", "richtig", "verdadero", "vrai"))
_FALSE = frozenset(("false", "f", "no", "incorrect", "falsch", "falso", "faux"))
_ABOUT_OTHERS = re.compile(
    r"(?:all|none|both|any|neither|two|some)(?: \w+){0,2}"
    r"(?: (?:above|below|these|options|answers))\.?"
    r"|both \(?[a-h]\)?\.? and \(?[a-h]\)?\.?",
    re.IGNORECASE,
)
_NEEDS_OPTIONS = re.compile(
    r"\b(?:NOT|EXCEPT|NICHT|EXCEPTO)\b|(?i:\bexcept\s*(?:for)?\W*$|"
    r"\bwhich (?:one )?of (?:the following|these)\b[^.?]*\b(?:not|n't|never|except)\b|"
    r"^\W*which (?:one )?of (?:the following|these)(?: \w+)? (?:is|are|was|were) "
    r"(?:true|false|correct|incorrect|right|wrong)\W*$|"
    r"^\W*(?:which|what) (?:statement|option|answer)s? (?:is|are) "
    r"(?:true|false|correct|incorrect|right|wrong)\W*$)"
)
_FULL = 1 - 1e-6


@dataclass(frozen=True, slots=True)
class Option:
    """An answer on offer; ``weight``: the share of the points that it gives, 1 for all of them."""

    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class QuizItem:
    """One question of a quiz, its texts plain; ``kind``: a name above, or the platform's own.

    ``column`` is what the format calls the answers, for messages.
    """

    origin: str
    stem: str
    kind: str
    options: tuple[Option, ...] = ()
    numbers: tuple[Number, ...] = ()
    id: str = ""
    tags: tuple[str, ...] = ()
    column: str = "answers"


def row_of(item: QuizItem) -> Row:
    """The test question, or a bad row, or the reason why a quoting assistant cannot be judged."""
    if any(tag.casefold() in UNANSWERABLE_TAGS for tag in item.tags) and item.stem:
        return replace(_asked(item), answerable=False, kind="")
    if not item.stem and item.kind in _JUDGED:
        return BadRow(item.origin, "question text", "the words of a question")
    if item.kind in _JUDGED:
        return _JUDGED[item.kind](item)
    reason = _REASONS.get(item.kind, f"questions of type {item.kind!r} are not known here")
    return Skipped(item.origin, item.stem, reason)


def matched(item: QuizItem, pairs: Iterable[tuple[str, str]]) -> Iterator[Row]:
    """The rows of a matching question: its parts, where each of them is a question itself."""
    parts = [(part, answer) for part, answer in pairs if part and answer]
    if not parts:
        yield BadRow(item.origin, item.column, "at least one pair to match")
    elif not all(part.endswith("?") for part, _ in parts):
        yield row_of(replace(item, kind=MATCHING))
    else:
        for number, (part, answer) in enumerate(parts, 1):
            part_id = f"{item.id} / {number}" if item.id else ""
            options = (Option(answer, 1.0),)
            origin = f"{item.origin}, part {number}"
            yield row_of(QuizItem(origin, part, SHORT_ANSWER, options, (), part_id, item.tags))


def without_repeated_ids(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Names that several questions share ("Question 1") are no ids: those get one of their text."""
    every = tuple(rows)
    counts = Counter(row.id for row in every if isinstance(row, ExamQuestion))
    return tuple(
        replace(row, id="") if isinstance(row, ExamQuestion) and counts[row.id] > 1 else row
        for row in every
    )


def category_tags(path: str) -> tuple[str, ...]:
    """A category path as Moodle writes it -> one tag; what every path begins with is left out."""
    parts = [part.replace("\0", "/").strip() for part in path.replace("//", "\0").split("/")]
    told = [
        part
        for part in parts
        if part and part != "top" and not part.startswith(("$", "Default for "))
    ]
    return (" / ".join(told),) if told else ()


def _asked(item: QuizItem) -> ExamQuestion:
    return ExamQuestion(
        id=item.id, question=item.stem, kind=item.kind, tags=item.tags, origin=item.origin
    )


def _short_answer(item: QuizItem) -> Row:
    right = _right(item.options)
    if not right:
        return _without_right(item)
    answers = cells.answers([answer for answer in map(_without_wildcards, right) if answer])
    if not answers:
        return Skipped(item.origin, item.stem, "every answer counts as right")
    return replace(_asked(item), answers=answers)


def _without_wildcards(answer: str) -> str:
    """Moodle's * stands for anything: what is left is the longest part that must be there."""
    parts = answer.replace(r"\*", "\0").split("*")
    return max(parts, key=len).replace("\0", "*").strip()


def _numerical(item: QuizItem) -> Row:
    if not item.numbers:
        return _without_right(item)
    return replace(_asked(item), numbers=item.numbers)


def _choice(item: QuizItem) -> Row:
    right = _right(item.options)
    texts = {option.text.casefold() for option in item.options}
    if len(texts) == 2 and texts & _TRUE and texts & _FALSE:
        return _true_or_false(replace(item, kind=TRUE_FALSE))
    if not right:
        return _without_right(item)
    if any(_ABOUT_OTHERS.fullmatch(answer) for answer in right):
        return Skipped(item.origin, item.stem, f"its right option, {right[0]!r}, is about others")
    if _NEEDS_OPTIONS.search(item.stem):
        return Skipped(item.origin, item.stem, "it cannot be asked without its options")
    return replace(_asked(item), answers=cells.answers(right))


def _true_or_false(item: QuizItem) -> Row:
    right = _right(item.options)
    words = {answer.casefold() for answer in right}
    if not words or (words & _TRUE and words & _FALSE) or not words <= _TRUE | _FALSE:
        return BadRow(item.origin, item.column, "true or false", ", ".join(right))
    return replace(_asked(item), answers=("yes" if words & _TRUE else "no",))


def _right(options: Sequence[Option]) -> tuple[str, ...]:
    """Those that give all points alone; where none does, all that give some."""
    full = [option.text for option in options if option.weight >= _FULL and option.text]
    some = [option.text for option in options if option.weight > 0 and option.text]
    return tuple(dict.fromkeys(full or some))


def _without_right(item: QuizItem) -> BadRow:
    return BadRow(item.origin, item.column, f"at least one right answer ({item.kind})")


_JUDGED: dict[str, Callable[[QuizItem], Row]] = {
    SHORT_ANSWER: _short_answer,
    NUMERICAL: _numerical,
    TRUE_FALSE: _true_or_false,
    CHOICE: _choice,
}
