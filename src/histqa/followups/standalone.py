"""Question + conversation -> a question that stands alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from histqa.followups.clauses import clause
from histqa.followups.context import Context
from histqa.followups.ellipsis import (
    asks_for_more,
    completed_act,
    completed_bare,
    completed_fragment,
    fragment_of,
    is_bare,
)
from histqa.followups.resolving import Understood, resolved
from histqa.types import Turn

LONGEST = 60  # words: a longer question says what it is about
_LONGEST_ANSWER = 4_000  # characters of an earlier answer that are looked at
_ADDED = re.compile(r"([^()]*\?)( \([^()]*\))$")
_MARKERS = re.compile(r"\[\d+\]")


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
        context.add(_apart(understood.text)[0], _MARKERS.sub(" ", answer), understood.pointed)
    return understood.text


def understand(question: str, context: Context, last: str) -> Understood:
    """``question`` after the conversation in ``context``, whose last question was ``last``."""
    parts = clause(question)
    last, added = _apart(last)
    if not context.turn or not 0 < len(parts.words) <= LONGEST or not clause(last).words:
        return Understood(question)
    fragment = "" if is_bare(parts) else fragment_of(question, parts)
    if fragment:
        return Understood(completed_fragment(context.cased(fragment), last) + added)
    if is_bare(parts) or asks_for_more(parts):
        return Understood(completed_bare(parts, last) + added)
    act = completed_act(parts, last)
    return Understood(act) if act else resolved(question, parts, context)


def _apart(last: str) -> tuple[str, str]:
    """The last question without what was added to it; what is in brackets behind it."""
    found = _ADDED.match(last)
    whole, added = (found[1], found[2]) if found else (last, "")
    return whole.partition(", and ")[0], added
