"""Question + what was spoken of -> the question with names where its pronouns were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from histqa.followups.antecedents import Antecedent, likeliest
from histqa.followups.clauses import Clause
from histqa.followups.context import Context, Entity
from histqa.followups.leaning import is_relational, leans, named_definite
from histqa.followups.phrases import Phrase, question_phrases
from histqa.followups.pointers import Pointer, pointers
from histqa.followups.words import agreeing
from histqa.text import terms

UNSURE = 2  # entities that are added where none is likely enough


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as understood, and which entity each kind of its pronouns surely stands for."""

    text: str
    pointed: tuple[tuple[str, Entity], ...] = ()


def resolved(question: str, parts: Clause, context: Context) -> Understood:
    """Each pronoun replaced where it is sure what it stands for, else that in brackets."""
    phrases = question_phrases(question)
    found: dict[Pointer, tuple[Antecedent, ...]] = {}
    for pointer in pointers(parts, phrases):
        ranked = likeliest(context.entities, pointer.kind, turn=context.turn, noun=pointer.noun)
        if ranked and pointer.kind not in {one.kind for one in found}:
            found[pointer] = ranked
    if not found:
        return Understood(_with_topic(question, parts, phrases, context))
    sure = _sure(parts, found)
    unsure = [
        one for pointer, ranked in found.items() if pointer not in sure for one in ranked[:UNSURE]
    ]
    text = _replaced(parts, sure)
    pointed = tuple((pointer.kind, entity) for pointer, entity in sure.items())
    return Understood(_sentence(question, parts, text, unsure), pointed)


def _with_topic(question: str, parts: Clause, phrases: Sequence[Phrase], context: Context) -> str:
    """``question`` with the topic of the conversation, where it has no pronoun yet leans."""
    named = named_definite(parts, phrases, context)
    if named is not None:
        phrase, entity = named
        start = phrase.start - len(phrase.determiner) - 1
        text = f"{parts.text[:start]}{entity.phrase.shown}{parts.text[phrase.end :]}"
        return _sentence(question, parts, text, ())
    ranked = likeliest(context.entities, "topic", turn=context.turn)
    if not ranked or not leans(parts, phrases, context):
        return question
    ends_open = bool(phrases) and is_relational(phrases[-1]) and phrases[-1].end == len(parts.text)
    if ends_open and ranked[0].is_sure:
        text = f"{parts.text} of {ranked[0].entity.phrase.shown}"
        return _sentence(question, parts, text, ())
    return _sentence(question, parts, parts.text, ranked[:UNSURE])


def _sure(parts: Clause, found: Mapping[Pointer, tuple[Antecedent, ...]]) -> dict[Pointer, Entity]:
    """What may stand in the place of its pointer; nothing stands for two of them."""
    sure: dict[Pointer, Entity] = {}
    for pointer in sorted(found, key=lambda one: (not one.noun, one.start)):
        entity = found[pointer][0].entity
        is_said = entity in sure.values() or entity.phrase.terms <= set(terms(parts.text))
        if len(parts.words) > 1 and not is_said and _is_sure(parts, found[pointer], pointer):
            sure[pointer] = entity
    return sure


def _is_sure(parts: Clause, ranked: Sequence[Antecedent], pointer: Pointer) -> bool:
    """Whether the first may stand for the pointer; for "that war" only what is called a war."""
    before = parts.text[: pointer.start].rstrip().casefold()
    if pointer.kind in ("that", "it") and before.endswith((" do", " done", " doing")):
        return False
    head = pointer.noun.casefold().removesuffix("s")
    is_only = len(ranked) == 1 and pointer.kind not in ("he", "she")
    fits = not head or head in ranked[0].entity.phrase.text.casefold()
    return fits and (is_only or ranked[0].is_sure)


def _replaced(parts: Clause, sure: Mapping[Pointer, Entity]) -> str:
    """The text with names for pronouns; "were they" becomes "was Japan"."""
    text = parts.text
    for pointer in sorted(sure, key=lambda one: -one.start):
        entity = sure[pointer]
        text = text[: pointer.start] + _in_place(entity, pointer) + text[pointer.end :]
        before = next((word for word in parts.words if word.end == pointer.start - 1), None)
        if before is not None and pointer.kind == "they" and not pointer.is_possessive:
            verb = agreeing(before.text, is_plural=entity.phrase.is_plural)
            text = text[: before.start] + verb + text[before.end :]
    return text


def _in_place(entity: Entity, pointer: Pointer) -> str:
    shown = entity.phrase.shown
    if pointer.kind == "there":
        return f"in {shown}"
    if not pointer.is_possessive:
        return shown
    return f"{shown}'" if shown.endswith("s") else f"{shown}'s"


def _sentence(question: str, parts: Clause, text: str, added: Sequence[Antecedent]) -> str:
    known = set(terms(text))
    names = dict.fromkeys(one.entity.phrase.text for one in added)
    missing = [name for name in names if not set(terms(name)) <= known]
    if not missing and text == parts.text:
        return question
    whole = f"{text[:1].upper()}{text[1:]}?"
    return f"{whole} ({', '.join(missing)})" if missing else whole
