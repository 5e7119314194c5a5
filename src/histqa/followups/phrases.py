"""Text -> its noun phrases, as far as they can be told without a parser."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from histqa.followups.clauses import clause
from histqa.followups.words import (
    AUXILIARIES,
    DETERMINERS,
    PREPOSITIONS,
    QUANTITIES,
    Token,
    is_base_verb,
    is_participle,
    tokens,
)
from histqa.text import terms

_LINKS = frozenset("of de la von van der du".split())
# "the Japanese rulers": after a name that is an adjective, the noun belongs to it.
_SHORT = 4  # letters
_ADJECTIVE = re.compile(r"(?:ese|ish|an|ch|ic|ed|al|ist|vik)$")
_MONTHS = frozenset(
    "january february march april may june july august september october november december".split()
)
_LONGEST = 7  # words of one phrase
_HOLLOW = frozenset(
    "kind type sort way year years time times day date name people anyone anything anybody thing"
    " things something someone else aspects article information reason reasons one lot"
    " know next first second third last ever never yes".split()
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase without its determiner; ``determiner`` and ``preposition`` stand before it."""

    text: str
    start: int
    end: int
    determiner: str = ""
    preposition: str = ""
    asked: bool = False

    @property
    def terms(self) -> frozenset[str]:
        """What the phrase is compared by."""
        return frozenset(terms(self.text))

    @property
    def is_name(self) -> bool:
        """Whether it begins with a capital."""
        return self.text[0].isupper()

    @property
    def is_number(self) -> bool:
        """Whether it is a number, a year or a date."""
        return self.text[0].isdigit() or self.text.split()[0].casefold() in _MONTHS

    @property
    def is_plural(self) -> bool:
        """Whether it looks like more than one: "troops", "the Japanese", "Rose and Ann"."""
        low = self.text.casefold()
        if " and " in low or low.endswith(("people", "men", "women", "children")):
            return True
        if low.endswith(("ese", "ish", "ch")) and self.determiner == "the":
            return True
        return low.endswith("s") and not low.endswith(("ss", "us", "is", "states"))

    @property
    def shown(self) -> str:
        """The phrase as it stands in a rewritten question."""
        if self.is_name or self.is_number:
            return f"the {self.text}" if self.determiner == "the" else self.text
        return f"the {self.text}"


def question_phrases(question: str) -> list[Phrase]:
    """The noun phrases of a question; its verb, where it is recognised, belongs to none."""
    parts = clause(question)
    asked = _asked(parts.words, parts.auxiliary)
    return list(_scan(parts.text, parts.words, verb=parts.verb, asked=asked))


def statement_phrases(text: str, limit: int) -> list[Phrase]:
    """The first ``limit`` noun phrases of prose, such as an answer."""
    found = []
    for phrase in _scan(text, tokens(text), verb=-1, asked=0):
        found.append(phrase)
        if len(found) == limit:
            break
    return found


def _asked(words: Sequence[Token], auxiliary: int) -> int:
    """How many words ask: all before the auxiliary, or one ("Who")."""
    return auxiliary if auxiliary > 0 else int(bool(words) and auxiliary < 0)


def _scan(text: str, words: Sequence[Token], *, verb: int, asked: int) -> Iterator[Phrase]:
    number = 0
    while number < len(words):
        if not _belongs(words, number, verb):
            number += 1
            continue
        end = _end_of_run(text, words, number, verb)
        yield from _phrases(text, words, number, end, asked=asked)
        number = end


def _end_of_run(text: str, words: Sequence[Token], first: int, verb: int) -> int:
    """The number of the word behind the run of words that makes a phrase from ``first`` on."""
    end = first + 1
    while end < len(words) and end - first < _LONGEST:
        marks = text[words[end - 1].end : words[end].start].strip("\"'“”‘’ ")
        abbreviated = marks == "." and _is_abbreviation(words[end - 1], words[end])
        if (marks and not abbreviated) or words[end - 1].low.endswith("'s"):
            break
        if not (_links(words, end) or _joins(words, first, end, verb)):
            break
        end += 1
    while end - 1 > first and (words[end - 1].low in _LINKS or words[end - 1].low == "the"):
        end -= 1
    return end


def _is_abbreviation(word: Token, after: Token) -> bool:
    """Whether a full stop between two words ends no sentence: "St. Petersburg", "U.S. Marines"."""
    return word.is_capitalised and len(word.text) <= _SHORT and after.is_capitalised


def _joins(words: Sequence[Token], first: int, number: int, verb: int) -> bool:
    """Whether the word goes on with the phrase that began at ``first``.

    Behind a name stands a common noun only where that is an adjective ("Japanese troops") or has
    an article ("the Kolchak government"); a name behind common nouns is one of its own.
    """
    if not _belongs(words, number, verb):
        return False
    before, word = words[number - 1], words[number]
    if before.low in _LINKS or before.low == "the":
        return word.is_capitalised
    if word.is_capitalised:
        return words[first].is_capitalised or before.is_capitalised
    if not before.is_capitalised or before.text[0].isdigit():
        return True
    if verb == len(words):  # "Was the Republic independent"
        return False
    return bool(_ADJECTIVE.search(before.low)) or (first > 0 and words[first - 1].low == "the")


def _links(words: Sequence[Token], number: int) -> bool:
    """Whether the word links two parts: "Treaty of Portsmouth", "Mothers of the Invention"."""
    low = words[number].low
    after = words[number + 1 : number + 3]
    if low == "the":
        return words[number - 1].low in _LINKS and bool(after) and after[0].is_capitalised
    if low not in _LINKS or not after:
        return False
    return after[0].is_capitalised or (
        after[0].low == "the" and len(after) > 1 and after[1].is_capitalised
    )


def _belongs(words: Sequence[Token], number: int, verb: int) -> bool:
    word = words[number]
    before = words[number - 1].low if number else ""
    if word.text == "I" and number and words[number - 1].low == "war":
        return True
    if word.is_function_word or number == verb:
        return False
    if word.is_capitalised and not (number == 0 and verb >= 0 and _is_low(words, 1)):
        return True
    if word.low in QUANTITIES or word.low.endswith("ly"):
        return False
    if before in DETERMINERS or (before in PREPOSITIONS and before != "to") or number < verb:
        return True
    if before == "to" or before in AUXILIARIES:
        return not (is_base_verb(word.low) or is_participle(word.low))
    return not is_participle(word.low)


def _is_low(words: Sequence[Token], number: int) -> bool:
    return number < len(words) and not words[number].is_capitalised


def _opens_sentence(text: str, run: Sequence[Token]) -> bool:
    """Whether it is a word like "Meanwhile," that has its capital from its place alone."""
    before = text[max(0, run[0].start - 3) : run[0].start].rstrip()[-1:]
    return len(run) == 1 and text[run[0].end : run[0].end + 1] == "," and before in ("", ".")


def _phrases(
    text: str, words: Sequence[Token], first: int, end: int, *, asked: int
) -> Iterator[Phrase]:
    """The phrase of the words ``[first, end)``, and the name in "the battle of Tsushima"."""
    run = words[first:end]
    yield from _phrase(text, words, first, run, asked=asked)
    if not run[0].is_capitalised:
        for number in range(first + 1, end):
            if words[number].is_capitalised:
                yield from _phrase(text, words, number, words[number:end], asked=asked)
                break


def _phrase(
    text: str, words: Sequence[Token], first: int, run: Sequence[Token], *, asked: int
) -> Iterator[Phrase]:
    end = run[-1].end - 2 if run[-1].low.endswith("'s") else run[-1].end
    if all(word.low in _HOLLOW for word in run) or _opens_sentence(text, run):
        return
    determiner = words[first - 1].low if first and words[first - 1].low in DETERMINERS else ""
    place = first - 2 if determiner else first - 1
    preposition = words[place].low if place >= 0 and words[place].low in PREPOSITIONS else ""
    yield Phrase(
        text[run[0].start : end], run[0].start, end, determiner, preposition, first < asked
    )
