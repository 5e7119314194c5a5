"""A question that says too little ("why?", "and Korea?") + the last one -> a whole question."""

from __future__ import annotations

import re
from collections.abc import Sequence

from histqa.followups.clauses import Clause, clause
from histqa.followups.phrases import Phrase, question_phrases
from histqa.followups.pointers import PRONOUNS
from histqa.followups.words import (
    ASKING,
    AUXILIARIES,
    DETERMINERS,
    ORDERS,
    PLACE_PREPOSITIONS,
    PREPOSITIONS,
    QUANTITIES,
    agreeing,
    tokens,
)

_CIRCUMSTANCES = frozenset(
    ("why", "when", "where", "how", "how long", "how far", "how often", "how much")
)
_DATES = frozenset(
    f"{opening}{asking} {unit}"
    for opening in ("", "in ", "on ")
    for asking in ("what", "which")
    for unit in ("year", "month", "day", "century", "place", "country", "city")
)
_ABOUT = re.compile(r"\W*(?:(?:and|but|so|ok|okay)\b[\s,]*)?(?:what|how) about\s+", re.IGNORECASE)
_SAYS_NOTHING = ASKING | QUANTITIES | {"else", "so", "not", "exactly", "for", "by", "come"}
_ACTS = frozenset(("do", what) for what in ("that", "this", "so", "it"))
_ANYONE = frozenset("anyone anybody anything any others other nobody someone".split())
_LONGEST_FRAGMENT = 5  # words


def is_bare(parts: Clause) -> bool:
    """Whether it says nothing of its own: "Why?", "And how many?", "Who else?"."""
    low = [word.low for word in parts.words]
    if not low or not set(low) <= _SAYS_NOTHING | _ANYONE:
        return False
    return any(word in ASKING or word == "else" for word in low)


def asks_for_more(parts: Clause) -> bool:
    """Whether it is no whole sentence but asks: "How many soldiers?", "In which year?"."""
    low = [word.low for word in parts.words]
    asks = "not" not in low and any(word in ASKING for word in low[:2])
    is_short = len(low) <= _LONGEST_FRAGMENT and parts.verb >= len(low)
    return asks and is_short and not set(low) & AUXILIARIES


def fragment_of(question: str, parts: Clause) -> str:
    """What is asked about in "And Korea?", "what about Korea", "In 1922?"; "" for other forms."""
    about = _ABOUT.match(question)
    if about is not None:
        rest = question[about.end() :].rstrip(" ?!.…")
        said = [word.low for word in tokens(rest)]
        return "" if set(said) & set(PRONOUNS) or len(said) > _LONGEST_FRAGMENT else rest
    low = {word.low for word in parts.words}
    if not low or low & (ASKING | AUXILIARIES) or len(parts.words) > _LONGEST_FRAGMENT:
        return ""
    return "" if low & set(PRONOUNS) or parts.opens_with in ORDERS else parts.text


def completed_bare(parts: Clause, last: str) -> str:
    """The last question, asked for something else: "why" -> "Why did Japan stay after 1920?"."""
    before = clause(last)
    asked = parts.text
    low = asked.casefold()
    if low == "why not" and before.is_inverted and _asks_circumstance(before):
        return _sentence(f"why {_negated(before)}")
    if low.endswith(" else") and before.opens_with == low.split()[0]:
        return _sentence(f"{asked} {before.part(1)}")
    if (
        (low in _CIRCUMSTANCES or low in _DATES)
        and before.is_inverted
        and _asks_circumstance(before)
    ):
        return _sentence(f"{asked} {_lowered(before.part(before.auxiliary))}")
    counted = _counted(before) if low == "how many" else ""
    return _sentence(counted or f"{before.text}, and {_lowered(asked)}")


def completed_act(parts: Clause, last: str) -> str:
    """The last question, asked for what "Why did they do that?" asks; "" for other forms."""
    before = clause(last)
    asked = parts.part(0, max(parts.auxiliary, 0))
    does = tuple(word.low for word in parts.words[-2:])
    if does not in _ACTS or asked.casefold() not in _CIRCUMSTANCES:
        return ""
    if not before.is_inverted or not _asks_circumstance(before):
        return ""
    return _sentence(f"{asked} {_lowered(before.part(before.auxiliary))}")


def completed_fragment(fragment: str, last: str) -> str:
    """The last question with ``fragment`` in place of what it is parallel to.

    Where nothing or more than one thing is parallel, both are asked: "Why did Japan occupy
    Manchuria, and what about Korea?".
    """
    before = clause(last)
    words = tokens(fragment)
    if words and (words[0].low in PREPOSITIONS or fragment.isdigit()):
        return _sentence(_with_circumstance(before, fragment))
    own = question_phrases(f"what of {fragment}")
    replaced = _parallel(own[0], question_phrases(last)) if len(own) == 1 else ()
    if len(replaced) != 1:
        what = "" if words and words[0].low == "any" else "what about "
        return _sentence(f"{before.text}, and {what}{fragment}")
    return _sentence(_exchanged(before, replaced[0], fragment, own[0]))


def _asks_circumstance(before: Clause) -> bool:
    return before.part(0, before.auxiliary).casefold() in _CIRCUMSTANCES | {""}


def _negated(before: Clause) -> str:
    auxiliary = before.words[before.auxiliary].low
    ending = "" if auxiliary.endswith("t") and len(auxiliary) > 4 else "n't"
    stem = {"can": "ca", "will": "wo", "shall": "sha"}.get(auxiliary, auxiliary)
    return f"{stem}{ending} {before.part(before.auxiliary + 1)}"


def _counted(before: Clause) -> str:
    """Asked "Did Japan send troops to Siberia": "how many troops did Japan send to Siberia"."""
    if not before.is_inverted or not _asks_circumstance(before) or before.verb >= len(before.words):
        return ""
    behind = before.words[before.verb].end
    for phrase in question_phrases(before.text):
        countable = phrase.is_plural and not (phrase.is_name or phrase.determiner)
        if phrase.start > behind and countable and not phrase.preposition:
            left = before.text[before.words[before.auxiliary].start : phrase.start].rstrip()
            return f"how many {phrase.text} {_lowered(left)}{before.text[phrase.end :]}"
    return ""


def _with_circumstance(before: Clause, fragment: str) -> str:
    words = tokens(fragment)
    preposition = words[0].low if words[0].low in PREPOSITIONS else ""
    if preposition in PLACE_PREPOSITIONS and words[-1].text[0].isupper():
        for phrase in question_phrases(before.text):
            if phrase.is_name and phrase.preposition in PLACE_PREPOSITIONS - {preposition}:
                named = fragment[words[1].start :]
                start = _start_with_determiner(before, phrase)
                return before.text[:start] + named + before.text[phrase.end :]
    is_number = words[-1].text[0].isdigit()
    for phrase in question_phrases(before.text):
        same = phrase.preposition == preposition or (is_number and not preposition)
        if same and phrase.preposition and phrase.is_number == is_number:
            start = _start_with_determiner(before, phrase)
            if preposition:
                start = max(word.start for word in before.words if word.end < start)
            return before.text[:start] + fragment + before.text[phrase.end :]
    return f"{before.text} {fragment if preposition else 'in ' + fragment}"


def _parallel(own: Phrase, phrases: Sequence[Phrase]) -> tuple[Phrase, ...]:
    """Those of ``phrases`` that are most like ``own`` in form."""
    possible = [phrase for phrase in phrases if phrase.is_number == own.is_number]
    possible = [phrase for phrase in possible if not phrase.asked]
    likeness = [_likeness(own, phrase) for phrase in possible]
    best = max(likeness, default=0)
    return tuple(phrase for phrase, value in zip(possible, likeness, strict=True) if value == best)


def _likeness(own: Phrase, phrase: Phrase) -> int:
    has_the = (own.determiner == "the") == (phrase.determiner == "the")
    is_named = phrase.is_name if own.is_name or own.determiner == "the" else not phrase.is_name
    return 2 * has_the + is_named + (own.is_plural == phrase.is_plural)


def _exchanged(before: Clause, phrase: Phrase, fragment: str, own: Phrase) -> str:
    start = _start_with_determiner(before, phrase)
    text = before.text[:start] + fragment + before.text[phrase.end :]
    if not before.is_inverted or start != before.words[before.auxiliary].end + 1:
        return text
    auxiliary = before.words[before.auxiliary]
    verb = agreeing(auxiliary.text, is_plural=own.is_plural)
    return text[: auxiliary.start] + verb + text[auxiliary.end :]


def _start_with_determiner(before: Clause, phrase: Phrase) -> int:
    for word in before.words:
        if word.end == phrase.start - 1 and word.low in DETERMINERS:
            return word.start
    return phrase.start


def _lowered(text: str) -> str:
    first = text.split(" ", 1)[0].casefold()
    known = first in AUXILIARIES or first in ASKING or first in PREPOSITIONS
    return text[:1].lower() + text[1:] if known else text


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}?"
