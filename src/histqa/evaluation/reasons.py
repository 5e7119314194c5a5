"""A question, its gold, the hits and the answer -> why it failed, in one word and one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from histqa.evaluation.gold import Gold
from histqa.evaluation.metrics import WORDS
from histqa.evaluation.metrics.quoting import first_words, folded, is_held
from histqa.evaluation.metrics.words import exact_match, holds_answer
from histqa.evaluation.readings import Place, Readings
from histqa.evaluation.records import ExamQuestion, Reason
from histqa.types import Answer, Hit, Passage, Span

POLAR = frozenset({"yes", "no"})
_SHOWN = 160
# Below this, the nearest stretch of text is not what the expected quote was copied from.
_ALIKE = 0.75


@dataclass(frozen=True, slots=True)
class Case:
    """All that the reason of one outcome is found from."""

    question: ExamQuestion
    gold: Gold
    hits: Sequence[Hit]
    answer: Answer

    @property
    def shown(self) -> str:
        """The quoted words that count, white space folded."""
        return folded(first_words([quote.text for quote in self.answer.quotes], WORDS[-1]))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One thing that the answer should hold: its words for messages, and which passages have it."""

    label: str
    stands_in: Callable[[Passage], bool]


Cause = tuple[Reason, str]
_PASSED: Cause = (Reason.NONE, "")


def reason_of(case: Case, readings: Readings) -> Cause:
    """Why the outcome is a failure, and that in a sentence; NONE and "" where it is not."""
    question, answer = case.question, case.answer
    if not question.answerable:
        if not answer.is_answered:
            return _PASSED
        return (
            Reason.WRONGLY_ANSWERED,
            f"the readings do not answer this; given with confidence {answer.confidence:.2f}: "
            f"{_shortened(case.shown)}",
        )
    if mistake := _mistake(case, readings):
        return mistake
    missing = tuple(_missing(case))
    if answer.is_answered and not missing:
        return _wrong_yes_or_no(case)
    return _other_words(case, readings) or _lost(case, missing)


def is_polar(question: ExamQuestion) -> bool:
    """Whether the expected answer is yes or no; files may say true or false for it."""
    return bool(question.answers) and all(answer.casefold() in POLAR for answer in question.answers)


def _missing(case: Case) -> Iterator[_Wanted]:
    """What the quotes should hold and do not."""
    question, gold, shown = case.question, case.gold, case.shown
    for group, places in zip(question.quote_groups, gold.groups, strict=True):
        if not is_held(shown, group):
            yield _Wanted(
                " / ".join(f"“{_shortened(quote)}”" for quote in group),
                partial(_stands_in, places),
            )
    if question.quote_groups:
        return
    expected = question.answers or question.numbers
    if expected and not is_polar(question):
        if not _holds_answer(case, shown) and not _holds_answer(case, case.answer.short):
            yield _Wanted(_answers(question), lambda passage: _holds_answer(case, passage.text))
    elif gold.documents:
        quoted = {(quote.doc_id, page) for quote in case.answer.quotes for page in quote.pages}
        read = {quote.doc_id for quote in case.answer.quotes}
        if not (quoted & gold.pages if gold.pages else read & gold.documents):
            yield _Wanted(
                f"something from {case.question.document!r}",
                lambda passage: passage.doc_id in gold.documents,
            )


def _stands_in(places: Sequence[Place], passage: Passage) -> bool:
    return any(
        place.doc_id == passage.doc_id and place.span.overlaps(passage.span) for place in places
    )


def _holds_answer(case: Case, text: str) -> bool:
    return holds_answer(text, case.question.answers, case.question.numbers)


def _answers(question: ExamQuestion) -> str:
    numbers = [
        f"{number.value:g}" + f" ± {number.tolerance:g}" * bool(number.tolerance)
        for number in question.numbers
    ]
    return " / ".join(f"“{answer}”" for answer in (*question.answers, *numbers))


def _wrong_yes_or_no(case: Case) -> Cause:
    short, expected = case.answer.short, case.question.answers
    if is_polar(case.question) and short and not exact_match(short, expected):
        return Reason.WRONGLY_ANSWERED, f"expected “{expected[0]}”, given “{short}”"
    return _PASSED


def _mistake(case: Case, readings: Readings) -> Cause | None:
    """Whether the expectation cannot be met at all: its reading or its words are not there."""
    question, gold = case.question, case.gold
    if question.document and not gold.named and not gold.places:
        return (
            Reason.NOT_INDEXED,
            f"no reading is named {question.document!r}; add it and run `histqa index`, or mend "
            "the name in the file",
        )
    for group, places in zip(question.quote_groups, gold.groups, strict=True):
        if not places:
            return Reason.NOT_IN_READINGS, _stands_not(group[0], case, readings)
    return None


def _other_words(case: Case, readings: Readings) -> Cause | None:
    """Whether the expected answer is worded as in no reading, so that no quote can hold it."""
    question = case.question
    is_by_words = not (question.quote_groups or question.numbers or is_polar(question))
    if question.answers and is_by_words and not any(map(readings.hold_words, question.answers)):
        return (
            Reason.NOT_IN_READINGS,
            f"{_answers(question)} stands in no reading in these words: name another wording, "
            "or an expected quote",
        )
    return None


def _stands_not(quote: str, case: Case, readings: Readings) -> str:
    said = f"the expected quote “{_shortened(quote)}” stands in no reading"
    if case.gold.named:
        said = f"the expected quote “{_shortened(quote)}” does not stand in {case.gold.named[0]}"
        if elsewhere := readings.places(quote):
            return f"{said}, but in {elsewhere[0].doc_id}: mend the document in the file"
    near = case.gold.named or tuple(dict.fromkeys(hit.passage.doc_id for hit in case.hits))[:5]
    alike, text = readings.nearest_text(quote, near)
    if alike >= _ALIKE:
        said += f"; the nearest text is “{_shortened(text)}” ({alike:.0%} alike)"
    return f"{said}: mend the quote, or add its reading to the index"


def _lost(case: Case, missing: Sequence[_Wanted]) -> Cause:
    """At which stage what is missing was lost."""
    ranks = [_rank(wanted, case.hits) for wanted in missing]
    if not case.answer.is_answered:
        if missing and not any(ranks):
            return _not_retrieved(missing[0], case)
        said = f"refused with confidence {case.answer.confidence:.2f}"
        if best := min(filter(None, ranks), default=0):
            said += f"; the expected passage was retrieved at rank {best}"
        return Reason.WRONGLY_REFUSED, said
    for wanted, rank in zip(missing, ranks, strict=True):
        if not rank:
            return _not_retrieved(wanted, case)
    quoted = [(quote.doc_id, quote.span) for quote in case.answer.quotes]
    for wanted, rank in zip(missing, ranks, strict=True):
        if not any(
            wanted.stands_in(hit.passage) and _is_quoted(hit.passage, quoted) for hit in case.hits
        ):
            return (
                Reason.NOT_CHOSEN,
                f"expected {wanted.label}, retrieved at rank {rank} and not quoted; given: "
                f"{_shortened(case.shown)}",
            )
    return (
        Reason.WRONG_PART,
        f"expected {missing[0].label}; another part of its passage was given: "
        f"{_shortened(case.shown)}",
    )


def _is_quoted(passage: Passage, quoted: Sequence[tuple[str, Span]]) -> bool:
    """Whether any of the (doc_id, span) in ``quoted`` shares a character with ``passage``."""
    return any(doc_id == passage.doc_id and passage.span.overlaps(span) for doc_id, span in quoted)


def _rank(wanted: _Wanted, hits: Sequence[Hit]) -> int:
    """From 1; 0 where no hit has it."""
    return next((rank for rank, hit in enumerate(hits, 1) if wanted.stands_in(hit.passage)), 0)


def _not_retrieved(wanted: _Wanted, case: Case) -> Cause:
    given = f"; given: {_shortened(case.shown)}" * case.answer.is_answered
    return (
        Reason.NOT_RETRIEVED,
        f"expected {wanted.label}, which is in none of the {len(case.hits)} passages retrieved"
        f"{given}",
    )


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1].rstrip()}…"
