"""Follow-up questions: what leans is filled up, what stands alone stays as it is."""

from __future__ import annotations

import pytest

from histqa.followups import build_followups, leans
from histqa.types import Turn


def standalone(text: str, *history: str) -> str:
    return build_followups().standalone(text, [Turn(question) for question in history])


@pytest.mark.parametrize(
    ("history", "text", "added"),
    [
        (
            ["When did the Russo-Japanese War break out?"],
            "When did that end?",
            "Russo-Japanese War",
        ),
        (["Who ruled Transbaikalia?"], "And who ruled Khabarovsk?", "Transbaikalia"),
        (["What did the Japanese rulers think of it?"], "why were they afraid?", "Japanese rulers"),
        (["Did Japan stay after 1920?"], "Why?", "Japan stay 1920"),
        (["How many troops did Japan send?"], "And how long?", "troops Japan send"),
        (["Who was Kolchak?", "When was he shot?"], "Where was he born?", "Kolchak"),
        (["who led the rebels?"], "when did they win?", "led rebels"),
    ],
)
def test_a_question_that_leans_gets_what_it_leaves_out(
    history: list[str], text: str, added: str
) -> None:
    understood = standalone(text, *history)
    assert understood.startswith(text)
    assert added in understood


@pytest.mark.parametrize(
    "text",
    [
        "Who signed the Treaty of Portsmouth?",
        "Did the Bolsheviks keep their promise?",
        "When did Japan withdraw its troops?",
        "What caused the famine in Ukraine?",
    ],
)
def test_a_new_topic_is_not_dragged_back(text: str) -> None:
    assert standalone(text, "Who executed Admiral Kolchak?") == text


def test_without_a_conversation_nothing_changes() -> None:
    assert standalone("Why did they leave?") == "Why did they leave?"


def test_the_newest_topic_counts() -> None:
    understood = standalone(
        "When did it end?", "What was the Boxer Rebellion?", "Who was Semyonov?"
    )
    assert "Semyonov" in understood
    assert "Boxer" not in understood


def test_nothing_is_said_twice() -> None:
    assert standalone("Why did Japan do that?", "Did Japan stay?").count("Japan") == 1


@pytest.mark.parametrize("text", ["", "?", "🙂", "هل بقيت اليابان؟", "a" * 5000, "they " * 1000])
def test_odd_questions_pass_through_unharmed(text: str) -> None:
    assert standalone(text, "", "?", "🙂").startswith(text)
    assert leans(text) in (True, False)


def test_a_question_that_found_nothing_is_no_topic() -> None:
    history = [
        Turn("When did Japan leave Siberia?"),
        Turn("What did Cleopatra eat?", "The readings do not say.", is_answered=False),
    ]
    understood = build_followups().standalone("Why did they leave?", history)
    assert "Cleopatra" not in understood
    assert "Siberia" in understood
