"""Question + conversation -> a question that stands alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from histqa.followups.antecedents import Antecedent, likeliest
from histqa.followups.clauses import Clause, clause
from histqa.followups.context import Context, Entity
from histqa.followups.ellipsis import completed_bare, completed_fragment, fragment_of, is_bare
from histqa.followups.leaning import is_relational, leans, named_definite
from histqa.followups.phrases import Phrase, question_phrases
from histqa.followups.pointers import Pointer, pointers
from histqa.text import FUNCTION_WORDS, WORD, terms
from histqa.types import Turn

# An entity at least so likely stands in the place of the pronoun; below, it is added in brackets.
SURE = 0.5
UNSURE = 2  # entities that are added where none is so likely
_LONGEST_ANSWER = 4_000  # characters of an earlier answer that are looked at
_MARKERS = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as understood, and which entity each kind of its pronouns stands for."""

    text: str
    pointed: tuple[tuple[str, Entity], ...] = ()


class ConversationFollowUps:
    """Fills in what a question leaves out: by rule what to fill, by weights with whom."""

    def standalone(self, text: str, history: Sequence[Turn]) -> str:
        """``text`` itself where it stands alone, else as a whole question."""
        context, last = Context(), ""
        for turn in history:
            last = learn(context, turn, last)
        return understand(text, context, last).text


def learn(context: Context, turn: Turn, last: str) -> str:
    """Adds ``turn`` to the conversation; its question as understood."""
    understood = understand(turn.question, context, last)
    # What the readings do not know is not what the conversation goes on about.
    if turn.is_answered or not context.turn:
        answer = turn.answer[:_LONGEST_ANSWER] if turn.is_answered else ""
        context.add(understood.text, _MARKERS.sub(" ", answer), understood.pointed)
    return understood.text


def understand(question: str, context: Context, last: str) -> Understood:
    """``question`` after the conversation in ``context``, whose last question was ``last``."""
    parts = clause(question)
    if not context.turn or not parts.words or not clause(last).words:
        return Understood(question)
    if is_bare(parts):
        return Understood(completed_bare(parts, last))
    fragment = fragment_of(question, parts)
    if fragment:
        return Understood(completed_fragment(question, fragment, last))
    return _resolved(question, parts, context)


def _resolved(question: str, parts: Clause, context: Context) -> Understood:
    phrases = question_phrases(question)
    found: dict[Pointer, tuple[Antecedent, ...]] = {}
    pointed: dict[str, Entity] = {}
    for pointer in pointers(parts, phrases):
        ranked = likeliest(context.entities, pointer.kind, turn=context.turn, noun=pointer.noun)
        if ranked and pointer.kind not in pointed:
            pointed[pointer.kind] = ranked[0].entity
            found[pointer] = ranked
    if not found:
        return Understood(_with_topic(question, parts, phrases, context))
    sure = {one: _in_place(some[0].entity, one) for one, some in found.items() if _is_sure(some, one)}
    unsure = [some for one, some in found.items() if one not in sure]
    added = [one.entity.phrase.text for some in unsure for one in some[:UNSURE]]
    text = _replaced(parts.text, sure)
    return Understood(_sentence(question, text, added), tuple(pointed.items()))


def _with_topic(
    question: str, parts: Clause, phrases: Sequence[Phrase], context: Context
) -> str:
    """``question`` with the topic of the conversation, where it has no pronoun yet leans."""
    named = named_definite(phrases, context)
    if named is not None:
        phrase, entity = named
        start = phrase.start - len(phrase.determiner) - 1
        text = f"{parts.text[:start]}{entity.phrase.shown}{parts.text[phrase.end :]}"
        return _sentence(question, text, ())
    if not leans(parts, phrases, context):
        return question
    ranked = likeliest(context.entities, "topic", turn=context.turn)
    if not ranked:
        return question
    last = phrases[-1] if phrases else None
    if last is not None and is_relational(last) and last.end == len(parts.text):
        return _sentence(question, f"{parts.text} of {ranked[0].entity.phrase.shown}", ())
    added = [one.entity.phrase.text for one in ranked[:UNSURE]]
    return _sentence(question, parts.text, added)


def _is_sure(found: Sequence[Antecedent], pointer: Pointer) -> bool:
    is_only = len(found) == 1 and pointer.kind in ("he", "she")
    if found[0].probability < SURE and not is_only:
        return False
    head = pointer.noun.casefold().removesuffix("s")
    return not head or head in found[0].entity.phrase.text.casefold()


def _in_place(entity: Entity, pointer: Pointer) -> str:
    shown = entity.phrase.shown
    if pointer.kind == "there":
        return f"in {shown}"
    if not pointer.is_possessive:
        return shown
    return f"{shown}'" if shown.endswith("s") else f"{shown}'s"


def _replaced(text: str, replacements: dict[Pointer, str]) -> str:
    for pointer in sorted(replacements, key=lambda one: -one.start):
        text = text[: pointer.start] + replacements[pointer] + text[pointer.end :]
    return text


def _sentence(question: str, text: str, added: Sequence[str]) -> str:
    known = set(terms(text))
    missing = [part for part in dict.fromkeys(added) if not set(terms(part)) <= known]
    if not missing and text == clause(question).text:
        return question
    whole = f"{text[:1].upper()}{text[1:]}?"
    return f"{whole} ({', '.join(missing)})" if missing else whole


def content_of(question: str) -> list[str]:
    """The words of ``question`` that carry meaning, as written."""
    return [word for word in WORD.findall(question) if word.casefold() not in FUNCTION_WORDS]
