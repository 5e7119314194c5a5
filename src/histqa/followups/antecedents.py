"""What a word that points back stands for: entities ranked by logistic regression.

The weights stand in ``antecedents.json``, which ``training/fit_followups.py`` writes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from histqa.followups.context import Entity, features

SURE = 0.5
# What stands out from all others needs less.
LEAST_SHARE, LEAST_ALONE = 0.6, 0.2
_SAME_WEIGHTS = {"she": "he", "those": "that"}


@dataclass(frozen=True, slots=True)
class Antecedent:
    """An entity with the probability, in 0..1, that it is what is meant.

    ``share`` is its part of the probabilities of all that can be meant, in 0..1.
    """

    entity: Entity
    probability: float
    share: float

    @property
    def is_sure(self) -> bool:
        """Whether it may stand in the place of the word."""
        alone = self.share >= LEAST_SHARE and self.probability >= LEAST_ALONE
        return alone or self.probability >= SURE


def weights_of(kind: str, noun: str = "") -> str:
    """The name of the weights for a pointer: "he" and "she" share theirs."""
    return "noun" if noun else _SAME_WEIGHTS.get(kind, kind)


def can_be(entity: Entity, kind: str) -> bool:
    """Whether a word of ``kind`` can stand for ``entity``: "he" and "she" only for one name."""
    phrase = entity.phrase
    if kind == "there":
        return not phrase.is_number and entity.place_mentions > 0
    if phrase.is_number or (kind in ("he", "she", "they") and entity.is_place):
        return False
    if kind == "it":
        return not phrase.is_plural
    if kind in ("he", "she"):
        is_one = not (phrase.is_plural or phrase.determiner or phrase.text.isupper())
        return phrase.is_name and is_one
    return True


def _possible(entities: Sequence[Entity], kind: str, turn: int) -> list[Entity]:
    """What can be meant; by a person's pronoun, what the last question began with if that fits."""
    possible = [entity for entity in entities if can_be(entity, kind)]
    if kind not in ("he", "she", "they"):
        return possible
    opening = [
        entity
        for entity in possible
        if entity.asked_turn == turn - 1
        and entity.asked_place == 0
        and (kind != "they" or entity.phrase.is_plural)
        and entity.phrase.determiner not in ("any", "some", "other")
    ]
    return opening or possible


def likeliest(
    entities: Sequence[Entity], kind: str, *, turn: int, noun: str = ""
) -> tuple[Antecedent, ...]:
    """The entities that can be meant, likeliest first; of equals, the one mentioned last."""
    weights = _weights()[weights_of(kind, noun)]
    possible = _possible(entities, kind, turn)
    probabilities = [
        _probability(weights, dict(features(entity, kind, turn=turn, noun=noun)))
        for entity in possible
    ]
    whole = sum(probabilities)
    found = [
        Antecedent(entity, probability, probability / whole)
        for entity, probability in zip(possible, probabilities, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (-one.probability, -one.entity.last_turn)))


def _probability(weights: Mapping[str, float], values: Mapping[str, float]) -> float:
    logit = sum(weights.get(name, 0.0) * value for name, value in values.items())
    return 1.0 / (1.0 + math.exp(-logit))


@cache
def _weights() -> Mapping[str, Mapping[str, float]]:
    listed = resources.files("histqa.followups").joinpath("antecedents.json").read_text("utf-8")
    weights: Mapping[str, Mapping[str, float]] = json.loads(listed)
    return weights
