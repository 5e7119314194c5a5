"""Question + conversation -> a question that stands alone, by rule."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from histqa.stages import FollowUps
from histqa.text import FUNCTION_WORDS, WORD, names_of, terms
from histqa.types import Turn

_POINTS_BACK = re.compile(
    r"\b(?:he|him|his|she|hers?|it|its|they|them|theirs?|this|that|these|those|there|then"
    r"|the (?:former|latter|same|others?)|such)\b",
    re.IGNORECASE,
)
_OPENS_AS_FOLLOW_UP = re.compile(
    r"\W*(?:and|but|so|or|also|then|what about|how about|why not|(?:what|who|where) else"
    r"|any(?:one|thing|body)? (?:others?|else)|were there any)\b",
    re.IGNORECASE,
)
_MEASURES = frozenset(("many", "much", "long", "far", "often"))
# "the Japanese rulers": after a name that is an adjective, the noun belongs to it.
_ADJECTIVE = re.compile(r"(?:ese|ish|an|ch|ic|ed|al|ist)$")


@dataclass(frozen=True, slots=True)
class RuleFollowUps:
    """Adds what the conversation is about to a question that points back or is too short."""

    def standalone(self, text: str, history: Sequence[Turn]) -> str:
        """``text``, with what it leaves out in brackets where it leans on the conversation."""
        topic: tuple[str, ...] = ()
        for turn in history:
            # What the readings do not know is not what the conversation goes on about.
            if turn.is_answered or not topic:
                topic = _topic_after(turn.question, topic)
        if is_bare(text) and history:
            topic = (" ".join(content_of(history[-1].question)), *topic)
        known = set(terms(text))
        missing = []
        for part in topic:
            if not set(terms(part)) <= known:
                missing.append(part)
                known.update(terms(part))
        return f"{text} ({', '.join(missing)})" if missing and leans(text) else text


def build_followups() -> FollowUps:
    """The way in which follow-up questions are understood."""
    return RuleFollowUps()


def _topic_after(question: str, topic: tuple[str, ...]) -> tuple[str, ...]:
    """The names that ``question`` brings; where it brings none, the topic stays what it was."""
    named = names_with_nouns(question)
    if named:
        return named
    if topic:
        return topic
    content = " ".join(content_of(question))
    return (content,) if content else ()


def leans(question: str) -> bool:
    """Whether ``question`` cannot be understood without what was said before.

    A pronoun behind a name of the same question ("Did Japan keep its troops there?") refers to
    that name, so it does not count.
    """
    if _OPENS_AS_FOLLOW_UP.match(question) or is_bare(question):
        return True
    pronoun = _POINTS_BACK.search(question)
    return pronoun is not None and not names_of(question[: pronoun.start()])


def is_bare(question: str) -> bool:
    """Whether ``question`` says nothing of its own: "Why?", "And how many?"."""
    return all(word.casefold() in _MEASURES for word in content_of(question))


def content_of(question: str) -> list[str]:
    """The words of ``question`` that carry meaning, as written."""
    return [word for word in WORD.findall(question) if word.casefold() not in FUNCTION_WORDS]


def names_with_nouns(question: str) -> tuple[str, ...]:
    """The runs of names and numbers in ``question``, with the nouns that belong to them."""
    runs: list[list[str]] = [[]]
    for word in WORD.findall(question):
        if word.casefold() in FUNCTION_WORDS:
            runs.append([])
        elif word[0].isupper() or (runs[-1] and _ADJECTIVE.search(runs[-1][-1])):
            runs[-1].append(word)
        else:
            runs.append([])
    return tuple(" ".join(run) for run in runs if run)
