"""The closed lists of English words that follow-up questions are understood by, and tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from histqa.text import FUNCTION_WORDS, WORD

AUXILIARIES = frozenset(
    "did do does is are was were has have had can could will would shall should may might must"
    " didn't don't doesn't isn't aren't wasn't weren't hasn't haven't hadn't can't couldn't won't"
    " wouldn't shouldn't didnt dont doesnt isnt arent wasnt werent hasnt havent hadnt cant couldnt"
    " wont wouldnt shouldnt".split()
)
BE = frozenset("is are was were isn't aren't wasn't weren't isnt arent wasnt werent".split())
DETERMINERS = frozenset(
    "the a an this that these those his her its their my your our some any no every each".split()
)
POSSESSIVES = frozenset("his her its their my your our".split())
PLACE_PREPOSITIONS = frozenset("in at to from near into through across around".split())
PREPOSITIONS = PLACE_PREPOSITIONS | frozenset(
    "of for on by with about against after before during under between over since until towards"
    " toward without within among behind beyond upon as than like".split()
)
SUBORDINATORS = frozenset(
    "when while that who which because since if before after until whether where although"
    " though so and but or".split()
)
ORDERS = frozenset(
    "tell describe explain list name give show compare discuss summarise summarize".split()
)
ASKING = frozenset("who whom whose what when where why how which".split())
QUANTITIES = frozenset("many much long far often".split())
_PASTS = frozenset(
    "beaten became began begun born bound broke brought built came caught chose chosen cut did"
    " done drew driven drove fallen fell felt fought found gave given gone got grew held hidden"
    " hit hurt kept knew known laid led left lent lost made meant met overthrown paid put ran"
    " read rose said sang sat saw seen sent set shot sold spent spoke stood struck sung sworn"
    " taken taught thought threw thrown told took torn went withdrawn withdrew woke won wore"
    " written wrote".split()
)


_PLURAL = {"was": "were", "is": "are", "does": "do", "has": "have"}
_SINGULAR = {plural: singular for singular, plural in _PLURAL.items()}


@dataclass(frozen=True, slots=True)
class Token:
    """A word with its place; ``low`` is in lower case with straight apostrophes."""

    text: str
    low: str
    start: int
    end: int

    @property
    def is_capitalised(self) -> bool:
        """Whether it is written as a name, a number or a year is."""
        return self.text[0].isupper() or self.text[0].isdigit()

    @property
    def is_function_word(self) -> bool:
        """Whether it carries no meaning of its own."""
        return self.low in FUNCTION_WORDS or self.low in AUXILIARIES or self.low in PREPOSITIONS


def tokens(text: str) -> list[Token]:
    """The words of ``text`` in order."""
    return [
        Token(found.group(), found.group().casefold().replace("’", "'"), *found.span())
        for found in WORD.finditer(text)
    ]


def agreeing(auxiliary: str, *, is_plural: bool) -> str:
    """The form of ``auxiliary`` that goes with its subject: "was" or "were"."""
    known = _PLURAL if is_plural else _SINGULAR
    found = known.get(auxiliary.casefold(), auxiliary)
    return found.capitalize() if auxiliary[:1].isupper() else found


def is_base_verb(low: str) -> bool:
    """Whether ``low`` is a verb as it stands after "did" or "to"."""
    return low in _base_verbs()


def is_participle(low: str) -> bool:
    """Whether ``low`` looks like a past form or a participle."""
    return low in _PASTS or (len(low) > 4 and low.endswith(("ed", "ing")))


@cache
def _base_verbs() -> frozenset[str]:
    listed = resources.files("histqa.followups").joinpath("verbs.txt").read_text("utf-8")
    return frozenset(re.findall(r"[a-z]+", listed))
