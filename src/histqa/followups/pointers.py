"""Question -> the words in it that point back to what was said before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from histqa.followups.clauses import Clause
from histqa.followups.phrases import Phrase
from histqa.followups.words import (
    AUXILIARIES,
    BE,
    DETERMINERS,
    PLACE_PREPOSITIONS,
    PREPOSITIONS,
    SUBORDINATORS,
    Token,
    is_base_verb,
    is_participle,
)

PRONOUNS = {
    "he": "he", "him": "he", "his": "he",
    "she": "she", "her": "she", "hers": "she",
    "it": "it", "its": "it",
    "they": "they", "them": "they", "their": "they", "theirs": "they",
    "this": "that", "that": "that", "these": "those", "those": "those",
    "there": "there",
}  # fmt: skip
_POSSESSIVE = frozenset("his its their hers theirs".split())
_SEEMING = frozenset("true possible known said likely important necessary clear take takes".split())
_FAR = 5  # words
_SUBJECT_PRONOUNS = frozenset("i you he she it we they there".split())


@dataclass(frozen=True, slots=True)
class Pointer:
    """A word, or "that war", that points back: characters ``[start, end)`` of the clause.

    ``kind``: "he", "she", "it", "they", "that", "those" or "there"; ``noun`` is "war" in
    "that war", else "".
    """

    kind: str
    start: int
    end: int
    is_possessive: bool = False
    noun: str = ""


def pointers(parts: Clause, phrases: Sequence[Phrase]) -> list[Pointer]:
    """What points back out of the question, in order.

    "its" in "Did Japan keep its troops?" points to a word of the same question and is left out.
    """
    starting = {phrase.start: phrase for phrase in phrases}
    found = []
    for number in range(len(parts.words)):
        pointer = _pointer(parts.words, number, starting)
        if pointer is not None and not _is_answered_within(pointer, parts.words, phrases):
            found.append(pointer)
    return found


def _pointer(words: Sequence[Token], number: int, starting: dict[int, Phrase]) -> Pointer | None:
    word = words[number]
    low, _, suffix = word.low.partition("'")
    kind = PRONOUNS.get(low, "")
    after = words[number + 1] if number + 1 < len(words) else None
    if not kind or (kind == "it" and after is not None and after.low in _SEEMING):
        return None
    if kind == "there" and _is_existential(words, number):
        return None
    if low == "that" and _is_relative(words, number):
        return None
    if kind in ("that", "those"):
        noun = starting.get(after.start) if after is not None else None
        if noun is not None and noun.determiner == low:
            return Pointer(kind, word.start, noun.end, noun=noun.text)
    has_noun = after is not None and not after.is_function_word
    possessive = low in _POSSESSIVE or (low == "her" and has_noun)
    end = word.end - len(suffix) - 1 if suffix else word.end
    return Pointer(kind, word.start, end, is_possessive=possessive)


def _is_existential(words: Sequence[Token], number: int) -> bool:
    """Whether it is the "there" of "were there any" or "there was"."""
    low = {word.low for word in words[max(0, number - 1) : number + 2]}
    return number == 0 or bool(low & (BE | {"have", "has", "had", "any", "been"}))


def _is_relative(words: Sequence[Token], number: int) -> bool:
    """Whether it is the "that" of "the treaty that ended" or "say that he"."""
    before = words[number - 1].low if number else ""
    after = words[number + 1] if number + 1 < len(words) else None
    if after is not None and (after.low in _SUBJECT_PRONOUNS or after.low in DETERMINERS):
        return True
    if before in AUXILIARIES or before in PREPOSITIONS or not before:
        return False
    if is_base_verb(before) or is_participle(before):
        return after is not None and after.is_capitalised
    return True


def _is_answered_within(
    pointer: Pointer, words: Sequence[Token], phrases: Sequence[Phrase]
) -> bool:
    """Whether a phrase before it in the same question is what it points to."""
    if pointer.kind not in ("he", "she", "it", "they"):
        return False
    earlier = [
        phrase for phrase in phrases if phrase.end <= pointer.start and _fits(pointer, phrase)
    ]
    if not earlier:
        return False
    if pointer.is_possessive:
        return True
    between = [one.low for one in words if earlier[0].end <= one.start < pointer.start]
    return len(between) >= _FAR or any(low in SUBORDINATORS for low in between)


def _fits(pointer: Pointer, phrase: Phrase) -> bool:
    if phrase.asked or phrase.is_number:
        return False
    if pointer.kind in ("he", "she"):
        in_place = phrase.preposition in PLACE_PREPOSITIONS
        return phrase.is_name and not in_place and not phrase.is_plural
    if pointer.kind == "they":
        return phrase.is_plural or phrase.is_name
    return phrase.is_name or (bool(phrase.determiner) and not phrase.is_plural)
