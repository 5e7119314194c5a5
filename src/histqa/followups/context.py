"""What a conversation has spoken of so far: people and things with where they were mentioned."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from histqa.followups.phrases import Phrase, question_phrases, statement_phrases
from histqa.followups.words import PLACE_PREPOSITIONS
from histqa.text import WORD, terms

_MOST_PHRASES = 40
_NEVER = -1
_LONGEST_NAME = 5  # words


@dataclass(slots=True, eq=False)
class Entity:
    """One person or thing under its fullest name, with its mentions; turns count from 0."""

    phrase: Phrase
    first_turn: int
    asked_turn: int = _NEVER
    answered_turn: int = _NEVER
    asked_place: int = 0
    place_in_text: int = 0
    mentions: int = 0
    place_mentions: int = 0
    pointed_by: dict[str, int] = field(default_factory=dict)

    @property
    def last_turn(self) -> int:
        """The turn that mentioned it last."""
        return max(self.asked_turn, self.answered_turn)

    @property
    def is_place(self) -> bool:
        """Whether it was only ever spoken of as a place: "in Siberia", "to Siberia"."""
        return self.place_mentions == self.mentions


class Context:
    """Grows turn by turn; ``turn`` is the number of turns so far."""

    def __init__(self) -> None:
        self.turn = 0
        self.entities: list[Entity] = []
        self.said: set[str] = set()
        self._written: dict[str, str] = {}
        self._by_term: dict[str, Entity] = {}

    def add(self, question: str, answer: str, pointed: Sequence[tuple[str, Entity]]) -> None:
        """One turn: its question as understood, its answer, what its pronouns pointed to."""
        for place, phrase in enumerate(question_phrases(question)[:_MOST_PHRASES]):
            entity = self._mention(phrase, place)
            entity.asked_turn, entity.asked_place = self.turn, place
        for place, phrase in enumerate(statement_phrases(answer, _MOST_PHRASES)):
            self._mention(phrase, place).answered_turn = self.turn
        self.said.update(terms(question), terms(answer))
        for kind, entity in pointed:
            entity.pointed_by[kind] = self.turn
        self.turn += 1

    def cased(self, text: str) -> str:
        """``text`` with the capitals that the conversation writes its names with."""
        return WORD.sub(lambda found: self._written.get(found.group(), found.group()), text)

    def _mention(self, phrase: Phrase, place: int) -> Entity:
        entity = self._known(phrase)
        if phrase.is_name:
            self._written.update((word.casefold(), word) for word in phrase.text.split())
        if entity is None:
            entity = Entity(phrase, self.turn)
            self.entities.append(entity)
        elif _is_fuller(phrase, entity.phrase):
            entity.phrase = phrase
        for term in phrase.terms if phrase.is_name else (phrase.text.casefold(),):
            self._by_term[term] = entity
        entity.mentions += 1
        entity.place_in_text = place
        entity.place_mentions += phrase.preposition in PLACE_PREPOSITIONS
        return entity

    def _known(self, phrase: Phrase) -> Entity | None:
        if not phrase.is_name:
            return self._by_term.get(phrase.text.casefold())
        for term in phrase.terms:
            entity = self._by_term.get(term)
            if entity is None or not entity.phrase.is_name:
                continue
            if phrase.terms <= entity.phrase.terms or entity.phrase.terms <= phrase.terms:
                return entity
        return None


def _is_fuller(phrase: Phrase, than: Phrase) -> bool:
    words, known = len(phrase.text.split()), len(than.text.split())
    return known < words <= _LONGEST_NAME and phrase.is_name


def features(
    entity: Entity, kind: str, *, turn: int, noun: str = ""
) -> Iterator[tuple[str, float]]:
    """What speaks for or against ``entity`` as what a word of ``kind`` points to at ``turn``."""
    phrase = entity.phrase
    words = phrase.text.split()
    yield "bias", 1.0
    yield "mentions", math.log(entity.mentions)
    if entity.asked_turn != _NEVER:
        yield f"asked {min(turn - entity.asked_turn, 3)}", 1.0
    if entity.answered_turn != _NEVER:
        yield f"answered {min(turn - entity.answered_turn, 3)}", 1.0
    yield f"place {min(entity.place_in_text, 3)}", 1.0
    yield f"words {min(len(words), 3)}", 1.0
    yield "name", float(phrase.is_name)
    yield "number", float(phrase.is_number)
    yield "plural", float(phrase.is_plural)
    yield "place", float(entity.is_place)
    yield "the", float(phrase.determiner == "the")
    yield "person", float(phrase.is_name and len(words) > 1 and not phrase.determiner)
    yield "first", float(entity.first_turn == 0)
    yield "recent", 1.0 / (turn - entity.last_turn)
    yield from _chain(entity, kind, turn)
    if noun:
        head = noun.split()[-1].casefold().removesuffix("s")
        yield "head", float(words[-1].casefold().removesuffix("s") == head)
        yield "within", float(head in phrase.text.casefold())


def _chain(entity: Entity, kind: str, turn: int) -> Iterator[tuple[str, float]]:
    before = entity.pointed_by.get(kind)
    if before is not None:
        yield "chain", 1.0
        yield "chain recent", 1.0 / (turn - before)
    yield "other chain", float(any(other != kind for other in entity.pointed_by))
