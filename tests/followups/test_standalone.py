"""Follow-up questions: what leans is filled up, what stands alone stays as it is."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from histqa.followups import build_followups
from histqa.types import Turn


def standalone(text: str, *history: str | Turn) -> str:
    turns = [turn if isinstance(turn, Turn) else Turn(turn) for turn in history]
    return build_followups().standalone(text, turns)


LED = Turn(
    "Who led the government in Transbaikalia?",
    "So the Japanese replaced the established government of the White Army with a puppet "
    "government in the Transbaikalia region under Gregory Semyonov.[1]",
)


@pytest.mark.parametrize(
    ("history", "text", "understood"),
    [
        (["Who was Kolchak?"], "When was he shot?", "When was Kolchak shot?"),
        (["Who was Kolchak?", "When was he shot?"], "and where?", "Where was Kolchak shot?"),
        (["Who was Witte?", "Who was Kolchak?"], "When was he shot?", "When was Kolchak shot?"),
        (["who was Kolchak"], "what were his aims", "What were Kolchak's aims?"),
        (
            ["What is the Treaty of St. Petersburg?"],
            "And what did Russia get out of it?",
            "What did Russia get out of the Treaty of St. Petersburg?",
        ),
        (
            ["When did the Russo-Japanese War break out?"],
            "when did the war end",
            "When did the Russo-Japanese War end?",
        ),
        (
            ["What did the Treaty of Portsmouth say?"],
            "When was the treaty signed?",
            "When was the Treaty of Portsmouth signed?",
        ),
        (
            ["When did the Russo-Japanese War break out?"],
            "What were the results?",
            "What were the results of the Russo-Japanese War?",
        ),
    ],
)
def test_pronouns_and_short_names_are_replaced(
    history: list[str], text: str, understood: str
) -> None:
    assert standalone(text, *history) == understood


@pytest.mark.parametrize(
    ("last", "text", "understood"),
    [
        ("Did Japan stay after 1920?", "Why?", "Why did Japan stay after 1920?"),
        ("Did Japan stay after 1920?", "why not", "Why didn't Japan stay after 1920?"),
        ("When did Japan leave Siberia?", "and why?", "Why did Japan leave Siberia?"),
        ("Was Kolchak executed?", "In which year?", "In which year was Kolchak executed?"),
        ("Who executed Kolchak?", "Why?", "Who executed Kolchak, and why?"),
        ("Was Kolchak executed?", "By whom?", "Was Kolchak executed, and by whom?"),
        ("Who led the White Army?", "Who else?", "Who else led the White Army?"),
        (
            "Did Japan send troops to Siberia?",
            "and how many?",
            "How many troops did Japan send to Siberia?",
        ),
        (
            "Did the Allies leave Siberia after the White Army lost?",
            "And the Japanese?",
            "Did the Japanese leave Siberia after the White Army lost?",
        ),
        (
            "Did the Bolsheviks want to invade Manchuria?",
            "What about Korea?",
            "Did the Bolsheviks want to invade Korea?",
        ),
        (
            "Why did Japan occupy Manchuria?",
            "What about Korea?",
            "Why did Japan occupy Manchuria, and what about Korea?",
        ),
        ("What did Japan do in 1920?", "And in 1922?", "What did Japan do in 1922?"),
        ("Did Japan send troops to Siberia?", "in Korea?", "Did Japan send troops to Korea?"),
        ("Was the Army beaten?", "And the Bolsheviks?", "Were the Bolsheviks beaten?"),
    ],
)
def test_what_says_too_little_is_completed_from_the_last_question(
    last: str, text: str, understood: str
) -> None:
    assert standalone(text, last) == understood


@pytest.mark.parametrize(
    "text",
    [
        "Who signed the Treaty of Portsmouth?",
        "Did the Bolsheviks keep their promise?",
        "When did Japan withdraw its troops?",
        "What caused the famine in Ukraine?",
        "And who ruled Khabarovsk?",
        "who invented the telephone?",
        "who wrote hamlet",
        "what caused the famine in ukraine",
        "Was there a treaty that ended the Boer War?",
    ],
)
def test_a_new_topic_is_not_dragged_back(text: str) -> None:
    assert standalone(text, "Who executed Admiral Kolchak?") == text


def test_without_a_conversation_nothing_changes() -> None:
    assert standalone("Why did they leave?") == "Why did they leave?"


def test_an_answer_says_who_is_meant() -> None:
    assert "Gregory Semyonov" in standalone("When was he born?", LED)


def test_an_answer_counts_only_where_the_turn_carries_it() -> None:
    assert "Semyonov" not in standalone("When was he born?", LED.question)


def test_what_is_not_sure_stands_in_brackets() -> None:
    understood = standalone("How did that go?", "Did the Czechs fight the Bolsheviks?")
    assert understood.startswith("How did that go? (")
    assert "Czechs" in understood


def test_the_newest_topic_counts() -> None:
    understood = standalone(
        "When was he born?", "What was the Boxer Rebellion?", "Who was Semyonov?"
    )
    assert understood == "When was Semyonov born?"


def test_nothing_is_said_twice() -> None:
    assert standalone("Why did Japan do that?", "Did Japan stay?").count("Japan") == 1


def test_a_question_that_found_nothing_is_no_topic() -> None:
    history = [
        Turn("When did the Japanese leave Siberia?"),
        Turn("What did Cleopatra eat?", "The readings do not say.", is_answered=False),
    ]
    understood = standalone("Why did they leave?", *history)
    assert "Cleopatra" not in understood
    assert "Japanese" in understood


def test_a_bare_question_is_about_the_last_one_even_if_that_found_nothing() -> None:
    last = Turn("Did Japan invade Alaska?", "The readings do not say.", is_answered=False)
    assert standalone("Why?", last) == "Why did Japan invade Alaska?"


def test_what_is_typed_in_haste_is_read() -> None:
    assert standalone("whyd he die", "who was Kolchak") == "Why did Kolchak die?"


@pytest.mark.parametrize("text", ["", "?", "🙂", "هل بقيت اليابان؟", "a" * 5000])
def test_odd_questions_pass_through_unharmed(text: str) -> None:
    assert standalone(text, "", "?", "🙂") == text


@settings(deadline=None)
@given(some.text(max_size=60), some.lists(some.tuples(some.text(), some.text()), max_size=4))
def test_nothing_crashes(text: str, history: list[tuple[str, str]]) -> None:
    assert isinstance(standalone(text, *(Turn(*turn) for turn in history)), str)


WORDS = some.sampled_from(
    "and what about why not how many did was Kolchak the Japanese it he their his there that war"
    " in 1920 troops 's else of ? ( , any been have who led".split()
)


@settings(deadline=None)
@given(some.lists(WORDS, max_size=8), some.lists(some.lists(WORDS, max_size=8), max_size=4))
def test_no_order_of_the_words_that_matter_crashes(
    text: list[str], history: list[list[str]]
) -> None:
    assert isinstance(standalone(" ".join(text), *(" ".join(turn) for turn in history)), str)


def test_long_turns_take_time_in_proportion() -> None:
    def seconds(times: int) -> float:
        turn = Turn("Did they keep it there? " * times, "The White Army left Omsk. " * times)
        taken = []
        for _ in range(3):
            started = time.process_time()
            standalone("they " * times, turn, turn)
            taken.append(time.process_time() - started)
        return min(taken)

    seconds(10)
    assert seconds(4000) < 40 * max(seconds(400), 0.01)  # squared: 100
