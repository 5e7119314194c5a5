"""An ``item`` of QTI 1.2 (IMS QTI ASI, 2002), as Canvas, Blackboard and others write it -> rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from histqa.evaluation.formats.cells import CellFault
from histqa.evaluation.formats.collecting import Row
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
    matched,
    row_of,
)
from histqa.evaluation.formats.xml import below, text_at
from histqa.evaluation.records import Number
from histqa.extraction.trees import Element, local_name

# Names of types in the metadata: Canvas's own, those of Common Cartridge, Blackboard's.
_KINDS = {
    "multiple_choice_question": CHOICE, "multiple_answers_question": CHOICE,
    "true_false_question": TRUE_FALSE, "short_answer_question": SHORT_ANSWER,
    "numerical_question": NUMERICAL, "essay_question": ESSAY, "matching_question": MATCHING,
    "text_only_question": DESCRIPTION, "file_upload_question": "file upload",
    "calculated_question": "calculated", "multiple_dropdowns_question": "cloze",
    "fill_in_multiple_blanks_question": "cloze", "ordering_question": "ordering",
    "categorization_question": MATCHING, "hot_spot_question": "picture",
    "cc.multiple_choice.v0p1": CHOICE, "cc.multiple_response.v0p1": CHOICE,
    "cc.true_false.v0p1": TRUE_FALSE, "cc.fib.v0p1": SHORT_ANSWER, "cc.essay.v0p1": ESSAY,
    "multiple choice": CHOICE, "multiple answer": CHOICE, "true/false": TRUE_FALSE,
    "either/or": CHOICE, "essay": ESSAY, "short response": ESSAY, "matching": MATCHING,
    "fill in the blank": SHORT_ANSWER, "numeric": NUMERICAL, "ordering": "ordering",
    "file upload": "file upload", "hot spot": "picture", "calculated": "calculated",
}  # fmt: skip
_KIND_LABELS = ("question_type", "cc_profile", "bbmd_questiontype")
_RESPONSES = ("response_lid", "response_str", "response_num", "response_xy", "response_grp")
_NOT_ASKED = frozenset((*_RESPONSES, "itemfeedback"))


@dataclass(frozen=True, slots=True)
class _Condition:
    """One rule of the marking: ``values`` of a response that earn ``points``."""

    response: str
    values: tuple[str, ...]
    low: str
    high: str
    points: float


def rows_of_item(item: Element, origin: str) -> Iterator[Row]:
    """The test question of one item; several for a matching question of whole questions."""
    responses = below(item, *_RESPONSES)
    found = QuizItem(
        origin=origin,
        stem=" ".join(filter(None, _materials(item))),
        kind=_kind(item, responses),
        id=item.get("ident") or "",
        column="respcondition",
    )
    conditions = tuple(_conditions(item))
    if found.kind == MATCHING:
        yield from matched(found, _pairs(responses, conditions))
    elif found.kind == NUMERICAL:
        yield row_of(replace(found, numbers=tuple(_numbers(conditions))))
    elif found.kind == SHORT_ANSWER:
        yield row_of(replace(found, options=tuple(_accepted(conditions))))
    else:
        labels = _labels(responses[0]) if responses else {}
        yield row_of(replace(found, options=tuple(_offered(labels, conditions))))


def _kind(item: Element, responses: list[Element]) -> str:
    for field in below(item, "qtimetadatafield"):
        if text_at(field, "fieldlabel").lower() in _KIND_LABELS:
            written = text_at(field, "fieldentry").lower()
            return _KINDS.get(written, written)
    for label in _KIND_LABELS:
        for element in below(item, label):
            written = "".join(element.itertext()).strip().lower()
            return _KINDS.get(written, written)
    return _kind_by_shape(item, responses)


def _kind_by_shape(item: Element, responses: list[Element]) -> str:
    shapes = {local_name(response) for response in responses}
    if not responses:
        return DESCRIPTION
    if len(responses) > 1:
        return MATCHING if shapes == {"response_lid"} else "cloze"
    fillable = {(fib.get("fibtype") or "").lower() for fib in below(item, "render_fib")}
    if shapes == {"response_num"} or fillable & {"decimal", "integer"}:
        return NUMERICAL
    if shapes == {"response_str"} or fillable:
        return SHORT_ANSWER if next(_conditions(item), None) else ESSAY
    return CHOICE if shapes == {"response_lid"} else "picture"


def _materials(item: Element) -> Iterator[str]:
    """The words of the question: what is presented outside of the responses."""
    for presentation in below(item, "presentation"):
        for text in below(presentation, "mattext", "matemtext", "mat_formattedtext"):
            if not any(local_name(above) in _NOT_ASKED for above in text.iterancestors()):
                yield _plain(text)


def _plain(text: Element) -> str:
    is_plain = (text.get("texttype") or "text/plain").lower() == "text/plain"
    # Exporters forget the type: what looks like HTML is read as such.
    return plain("".join(text.itertext()), "auto" if is_plain else "html")


def _labels(response: Element) -> dict[str, str]:
    return {
        label.get("ident") or "": " ".join(_plain(text) for text in below(label, "mattext"))
        for label in below(response, "response_label")
    }


def _conditions(item: Element) -> Iterator[_Condition]:
    """The rules that earn points, one for each response that they look at."""
    for rule in below(item, "respcondition"):
        points = max((_number(part) for part in below(rule, "setvar")), default=0.0)
        if points <= 0:
            continue
        tests = [
            test
            for test in below(
                rule, "varequal", "varsubstring", "vargte", "vargt", "varlte", "varlt"
            )
            if not any(local_name(above) == "not" for above in test.iterancestors())
        ]
        for response in dict.fromkeys(test.get("respident") or "" for test in tests):
            mine = [test for test in tests if (test.get("respident") or "") == response]
            yield _condition(response, mine, points)


def _condition(response: str, tests: list[Element], points: float) -> _Condition:
    def written(*names: str) -> tuple[str, ...]:
        texts = ["".join(test.itertext()).strip() for test in tests if local_name(test) in names]
        return tuple(text for text in texts if text)

    return _Condition(
        response=response,
        values=written("varequal", "varsubstring"),
        low="".join(written("vargte", "vargt")[:1]),
        high="".join(written("varlte", "varlt")[:1]),
        points=points,
    )


def _number(element: Element) -> float:
    written = "".join(element.itertext()).strip() or "0"
    if element.get("action", "Set").lower() not in ("set", "add"):
        return 0.0
    try:
        return float(written.replace("SCORE.max", "1"))
    except ValueError:
        return 0.0


def _accepted(conditions: tuple[_Condition, ...]) -> Iterator[Option]:
    best = max((condition.points for condition in conditions), default=1.0)
    for condition in conditions:
        for value in condition.values:
            yield Option(plain(value), condition.points / best)


def _offered(labels: dict[str, str], conditions: tuple[_Condition, ...]) -> Iterator[Option]:
    best = max((condition.points for condition in conditions), default=1.0)
    weights = {
        value: condition.points / best for condition in conditions for value in condition.values
    }
    unknown = [value for value in weights if value not in labels]
    if unknown and labels:
        raise CellFault(f"options named {', '.join(labels)} in the marking", unknown[0])
    # Marking by the options' words instead of their names: true/false of some exporters.
    for ident in labels or weights:
        yield Option(labels.get(ident, ident), weights.get(ident, 0.0))


def _numbers(conditions: tuple[_Condition, ...]) -> Iterator[Number]:
    best = max((condition.points for condition in conditions), default=0.0)
    for condition in conditions:
        if condition.points < best:
            continue
        try:
            if condition.low and condition.high:
                low, high = sorted((float(condition.low), float(condition.high)))
                yield Number((low + high) / 2, (high - low) / 2)
            else:
                yield from (Number(float(value)) for value in condition.values)
        except ValueError:
            raise CellFault("numbers in the marking", condition.values) from None


def _pairs(
    responses: list[Element], conditions: tuple[_Condition, ...]
) -> Iterator[tuple[str, str]]:
    right = {condition.response: condition.values for condition in conditions}
    for response in responses:
        labels = _labels(response)
        asked = [
            _plain(text)
            for text in below(response, "mattext")
            if not any(local_name(above) == "response_label" for above in text.iterancestors())
        ]
        value = right.get(response.get("ident") or "", ("",))[0]
        yield " ".join(asked), labels.get(value, "")
