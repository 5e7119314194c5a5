"""What a question asks for, read off how English asks; what an answer of the kind must show."""

from __future__ import annotations

import pytest

from histqa.kinds import Kind, holds, kind_of

ASKED = {
    "Why did the emperor resign?": Kind.WHY,
    "how come the fleet sailed home": Kind.WHY,
    "What made the senate change its mind?": Kind.WHY,
    "For what reason was the treaty rejected?": Kind.WHY,
    "When did the war end?": Kind.WHEN,
    "In which year was the canal opened?": Kind.WHEN,
    "How many ships were lost?": Kind.HOW_MANY,
    "how long did the siege last": Kind.HOW_MANY,
    "Who signed the armistice?": Kind.WHO,
    "By whom was the king deposed?": Kind.WHO,
    "Where was the treaty signed?": Kind.WHERE,
    "In which city did they meet?": Kind.WHERE,
    "how far did the army get": Kind.WHERE,
    "Name the members of the alliance.": Kind.LIST,
    "list the reasons why they gave up": Kind.LIST,
    "Which countries joined the alliance?": Kind.LIST,
    "What were the three main demands?": Kind.LIST,
    "Did the senate ratify the treaty?": Kind.YES_NO,
    "wasn't the king a prisoner": Kind.YES_NO,
    "Did Russia or Japan win the war?": Kind.COMPARISON,
    "How did the two plans differ?": Kind.COMPARISON,
    "Compare the first treaty with the second.": Kind.COMPARISON,
    "What did the envoy propose?": Kind.WHAT,
    "What does the treaty say?": Kind.WHAT,
    "Which congress ratified it?": Kind.WHAT,
    "Who ruled Russia when the war began?": Kind.WHO,
    "What happened when Japan attacked?": Kind.WHAT,
    "To what extent was it a failure?": Kind.WHAT,
    "What happened to the fleet?": Kind.WHAT,
    "What did the ministers promise?": Kind.WHAT,
    "": Kind.WHAT,
}


@pytest.mark.parametrize(("question", "kind"), ASKED.items())
def test_the_kind_is_what_english_asks_for(question: str, kind: Kind) -> None:
    assert kind_of(question) is kind


@pytest.mark.parametrize(
    ("kind", "text", "is_held"),
    [
        (Kind.WHEN, "in the spring of 1904", True),
        (Kind.WHEN, "two weeks later", True),
        (Kind.WHEN, "at Portsmouth", False),
        (Kind.HOW_MANY, "72,000 men", True),
        (Kind.HOW_MANY, "several ships", True),
        (Kind.HOW_MANY, "in 1904", False),
        (Kind.HOW_MANY, "800 men", True),
        (Kind.HOW_MANY, "1500 soldiers", True),
        (Kind.HOW_MANY, "many", True),
        (Kind.WHY, "The fleet sailed.", True),
        (Kind.WHO, "anything", True),
    ],
)
def test_what_a_kind_cannot_do_without(kind: Kind, text: str, is_held: bool) -> None:
    assert holds(kind, text) is is_held
