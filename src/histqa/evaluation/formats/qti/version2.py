"""An ``assessmentItem`` of QTI 2.0 to 3.0 (IMS QTI, 2005 to 2022) -> its row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from histqa.evaluation.formats.cells import CellFault
from histqa.evaluation.formats.collecting import Row
from histqa.evaluation.formats.marked_text import plain
from histqa.evaluation.formats.quiz import (
    CHOICE,
    DESCRIPTION,
    ESSAY,
    GAP,
    MATCHING,
    NUMERICAL,
    SHORT_ANSWER,
    Option,
    QuizItem,
    row_of,
)
from histqa.evaluation.records import Number
from histqa.extraction.trees import Element, local_name

_KINDS = {
    "choiceinteraction": CHOICE, "inlinechoiceinteraction": CHOICE,
    "textentryinteraction": SHORT_ANSWER, "extendedtextinteraction": ESSAY,
    "matchinteraction": MATCHING, "associateinteraction": MATCHING,
    "gapmatchinteraction": "cloze", "orderinteraction": "ordering",
    "uploadinteraction": "file upload", "drawinginteraction": "picture",
    "hotspotinteraction": "picture", "selectpointinteraction": "picture",
    "graphicorderinteraction": "picture", "graphicassociateinteraction": "picture",
    "graphicgapmatchinteraction": "picture", "positionobjectinteraction": "picture",
    "hottextinteraction": "marking words in a text", "sliderinteraction": NUMERICAL,
}  # fmt: skip
_NUMERIC = frozenset(("integer", "float"))
_INLINE = frozenset(("textentryinteraction", "inlinechoiceinteraction"))
_NOT_ASKED = frozenset(
    "rubricblock feedbackblock feedbackinline modalfeedback stylesheet math object audio video"
    " script style templateblock templateinline".split()
)
_TEXT_LEVEL = frozenset("a abbr b big cite code em i q small span strong sub sup tt u".split())


def element_name(element: Element) -> str:
    """The name in lower case without namespace; QTI 3's "qti-item-body" is "itembody" again."""
    return local_name(element).removeprefix("qti-").replace("-", "")


def row_of_assessment_item(item: Element, origin: str) -> Row:
    """The test question of one item."""
    bodies = list(_below(item, "itembody"))
    interactions = [part for body in bodies for part in _below(body, *_KINDS)]
    found = QuizItem(
        origin=origin,
        stem=_stem(" ".join("".join(_pieces(body)) for body in bodies)),
        kind=_kind(interactions),
        id=item.get("identifier") or "",
        column="responseDeclaration",
    )
    if len(interactions) != 1:
        return row_of(found)
    declaration = _declaration(item, interactions[0])
    if declaration is None:
        return row_of(found)
    if found.kind == CHOICE:
        return row_of(replace(found, options=tuple(_offered(interactions[0], declaration))))
    if found.kind in (SHORT_ANSWER, NUMERICAL):
        return row_of(_typed(found, item, declaration))
    return row_of(found)


def _stem(text: str) -> str:
    """A gap behind a whole question is where its answer is typed, and no word of it."""
    stem = " ".join(text.split())
    bare = stem.removesuffix(GAP).rstrip()
    return bare if bare.endswith(("?", ":", ".")) else stem


def _kind(interactions: list[Element]) -> str:
    if not interactions:
        return DESCRIPTION
    if len(interactions) > 1:
        return "cloze"
    return _KINDS[element_name(interactions[0])]


def _typed(found: QuizItem, item: Element, declaration: Element) -> QuizItem:
    if _attribute(declaration, "basetype") in _NUMERIC:
        numbers = tuple(_numbers(declaration, *_tolerance(item)))
        return replace(found, kind=NUMERICAL, numbers=numbers)
    weights = _weights(declaration)
    return replace(found, options=tuple(Option(plain(text), w) for text, w in weights.items()))


def _below(element: Element, *names: str) -> Iterator[Element]:
    return (part for part in element.iterdescendants() if element_name(part) in names)


def _attribute(element: Element, name: str) -> str:
    """By a name in lower case: "responseIdentifier", in QTI 3 "response-identifier"."""
    for key, value in element.attrib.items():
        if str(key).replace("-", "").lower() == name:
            return str(value)
    return ""


def _declaration(item: Element, interaction: Element) -> Element | None:
    wanted = _attribute(interaction, "responseidentifier")
    declared = _below(item, "responsedeclaration")
    return next((part for part in declared if part.get("identifier") == wanted), None)


def _pieces(element: Element) -> Iterator[str]:
    """The words of the question: the body without what is on offer, but with the prompts."""
    name = element_name(element)
    if name in _INLINE:
        yield f" {GAP} "
    if name in _INLINE or name in _NOT_ASKED:
        return
    is_interaction = name in _KINDS
    space = "" if name in _TEXT_LEVEL else " "
    yield space if is_interaction else space + (element.text or "")
    for part in _prompts(element) if is_interaction else element:
        yield from _pieces(part)
        yield "" if is_interaction else part.tail or ""
    yield space


def _prompts(element: Element) -> list[Element]:
    return [part for part in element if element_name(part) == "prompt"]


def _offered(interaction: Element, declaration: Element) -> Iterator[Option]:
    weights = _weights(declaration)
    choices = {
        choice.get("identifier") or "": " ".join("".join(_pieces(choice)).split())
        for choice in _below(interaction, "simplechoice", "inlinechoice")
    }
    for identifier in weights:
        if identifier not in choices:
            raise CellFault(f"one of the choices {', '.join(choices)}", identifier)
    for identifier, text in choices.items():
        yield Option(text, weights.get(identifier, 0.0))


def _weights(declaration: Element) -> dict[str, float]:
    """The right values, each with weight 1; the best of the mapping where none are declared."""
    correct = [
        "".join(value.itertext()).strip()
        for response in _below(declaration, "correctresponse")
        for value in _below(response, "value")
    ]
    mapped = {
        _attribute(entry, "mapkey"): _float(_attribute(entry, "mappedvalue"))
        for entry in _below(declaration, "mapentry")
    }
    best = max(mapped.values(), default=0.0)
    full = [] if best <= 0 else [key for key, points in mapped.items() if points >= best]
    if _attribute(declaration, "cardinality") == "multiple" and correct:
        full = []
    return {value: 1.0 for value in (*correct, *full) if value}


def _numbers(declaration: Element, low: float, high: float, is_relative: bool) -> Iterator[Number]:
    for written in _weights(declaration):
        value = _float(written)
        share = abs(value) / 100 if is_relative else 1.0
        start, end = value - low * share, value + high * share
        yield Number((start + end) / 2, (end - start) / 2)


def _tolerance(item: Element) -> tuple[float, float, bool]:
    """How far below and above the value is still right, and whether that is in percent."""
    for test in _below(item, "equal"):
        mode = _attribute(test, "tolerancemode")
        if mode in ("absolute", "relative"):
            written = [_float(part) for part in _attribute(test, "tolerance").split()] or [0.0]
            return written[0], written[-1], mode == "relative"
    return 0.0, 0.0, False


def _float(written: str) -> float:
    try:
        return float(written)
    except ValueError:
        raise CellFault("a number", written) from None
