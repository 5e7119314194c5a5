"""Whether a question without a pronoun leans on the conversation all the same."""

from __future__ import annotations

from collections.abc import Sequence

from histqa.followups.clauses import Clause
from histqa.followups.context import Context, Entity
from histqa.followups.phrases import Phrase
from histqa.followups.words import ASKING, AUXILIARIES, ORDERS
from histqa.text import terms

# What these mean depends on of what: "What were the results?".
_RELATIONAL = frozenset(
    "advantage aim aftermath author background benefit capital casualty cause condition"
    " consequence cost demand difference effect finding goal history impact importance leader loss"
    " meaning member motive objective origin outcome purpose reaction reason response result role"
    " significance symptom term type victim winner".split()
)
_GOES_ON = frozenset(
    "else other others another next also too instead afterwards later then former latter"
    " second third".split()
)
_HAPPENING = frozenset("happen happened happens going changed change".split())


def leans(parts: Clause, phrases: Sequence[Phrase], context: Context) -> bool:
    """Whether a question without pronouns says too little to be understood alone.

    One that names someone or something does not.
    """
    if any(phrase.is_name for phrase in phrases):
        return False
    low = {word.low for word in parts.words}
    if parts.opens_with in ORDERS or low & {"besides", "than"}:
        return False
    if not low & (ASKING | AUXILIARIES) or low & _GOES_ON or low & _HAPPENING:
        return True
    if not phrases:
        return True
    return any(_is_open(phrase, parts, context) for phrase in phrases)


def is_relational(phrase: Phrase) -> bool:
    """Whether it is "the results" or the like, of something that is not said."""
    head = phrase.text.split()[-1].casefold()
    return head in _RELATIONAL or head.removesuffix("s") in _RELATIONAL


def named_definite(
    parts: Clause, phrases: Sequence[Phrase], context: Context
) -> tuple[Phrase, Entity] | None:
    """Such as "the war", with the war that the conversation named last; None without one."""
    if any(phrase.is_name for phrase in phrases):
        return None
    for phrase in phrases:
        if phrase.determiner == "the" and not _has_complement(phrase, parts):
            low = phrase.text.casefold()
            fuller = [
                one
                for one in context.entities
                if one.phrase.text.casefold().endswith(f" {low}")
                or one.phrase.text.casefold().startswith(f"{low} of ")
            ]
            if fuller:
                return phrase, max(fuller, key=lambda one: one.last_turn)
    return None


def _is_open(phrase: Phrase, parts: Clause, context: Context) -> bool:
    """Whether it is a definite phrase that nothing behind it says more of."""
    if phrase.determiner != "the" or _has_complement(phrase, parts):
        return False
    return is_relational(phrase) or set(terms(phrase.text)) <= context.said


def _has_complement(phrase: Phrase, parts: Clause) -> bool:
    """Whether what follows says of what: "the role of the tsar"."""
    behind = next((word.low for word in parts.words if word.start > phrase.end), "")
    return behind in ("of", "in", "that", "who", "which", "between", "for")
