"""What a student does in the chat, scene by scene, over a real assistant."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from histqa.assistant import Assistant
from histqa.frontends.exchanges import Conversation, Exchange
from histqa.frontends.feedback import Feedback
from histqa.frontends.keeping import Keeping
from histqa.frontends.languages import Sentence
from histqa.frontends.room import Room, Scene, stopped
from histqa.frontends.signing import Signatures
from histqa.types import Turn

KEEPING = Keeping(Signatures("a secret that only the tests know"))
WHEN = "When was the Corinth Canal opened?"


@pytest.fixture
def room(assistant: Assistant, tmp_path: Path) -> Room:
    return Room(lambda: assistant, KEEPING, Feedback(tmp_path / "votes.sqlite"))


def ask(room: Room, question: str, before: Conversation = (), *readings: str) -> Conversation:
    return list(room.ask(question, list(readings), before))[-1].conversation


def act(room: Room, conversation: Conversation, act: str, **others: object) -> Scene:
    return list(room.act(json.dumps({"act": act, **others}), conversation))[-1]


def visible(room: Room, conversation: Conversation) -> str:
    said = room.messages(conversation)[-1]["content"]
    return unescape(re.sub(r"<[^>]*>", "", said))


def test_the_question_is_shown_at_once_then_its_stages_then_its_answer(room: Room) -> None:
    scenes = list(room.ask(WHEN, [], ()))
    assert scenes[0].is_busy
    assert "Waiting" in visible(room, scenes[0].conversation)
    stages = [scene.conversation[-1].stage for scene in scenes[1:-1]]
    order = ["searching", "reading", "composing"]
    assert stages == [stage for stage in order if stage in stages]
    assert not scenes[-1].is_busy
    assert "opened in 1893" in visible(room, scenes[-1].conversation)


def test_an_empty_question_changes_nothing(room: Room) -> None:
    assert list(room.ask(" \n", [], ())) == [Scene(())]


def test_a_follow_up_leans_on_the_conversation_until_that_is_taken_away(room: Room) -> None:
    conversation = ask(room, "and who dug it?", ask(room, WHEN))
    assert re.search("Understood as “.*Corinth Canal", visible(room, conversation))
    again = act(room, conversation, "again-without-understanding", number=2).conversation
    assert len(again) == 2
    assert again[0] == conversation[0]
    assert again[1].answer is not None
    assert again[1].answer.understood_as == "and who dug it?"


def test_a_question_is_restricted_to_chosen_readings_until_that_is_taken_away(room: Room) -> None:
    fortress = next(d.doc_id for d in room._provider().documents if d.path == "fortress.txt")
    conversation = ask(room, WHEN, (), fortress)
    answer = conversation[0].answer
    assert answer is not None
    assert {quote.doc_id for quote in (*answer.quotes, *answer.related)} <= {fortress}
    assert "In fortress" in visible(room, conversation)
    again = act(room, conversation, "again-without-readings", number=1).conversation
    assert "opened in 1893" in visible(room, again)


def test_what_was_taken_away_stays_away_when_more_is(room: Room) -> None:
    conversation = ask(room, "and who dug it?", ask(room, WHEN), "canal")
    once = act(room, conversation, "again-without-understanding", number=2).conversation
    twice = act(room, once, "again-without-readings", number=2).conversation
    assert twice[1].answer is not None
    assert twice[1].answer.understood_as == "and who dug it?"
    assert twice[1].wishes.readings == ()


def test_arguments_that_the_assistant_takes_are_given_and_others_are_not() -> None:
    class Listening:
        documents = ()

        def trace(self, question: str, *, period: str = "auto", **given: object) -> None:
            heard.update(period=period, **given)
            raise ValueError

    heard: dict[str, object] = {}
    room = Room(lambda: Listening(), KEEPING, None)  # type: ignore[arg-type, return-value]
    asked = (Exchange("in 1920?", fault=Sentence("fault.wrong")),)
    act(room, asked, "again-without-period", number=1)
    assert heard["period"] is None
    assert "variants" not in heard
    act(room, asked, "again-without-variants", number=1)
    assert heard["period"] == "auto"


def test_a_shared_question_is_asked_and_sets_the_control(room: Room) -> None:
    command = {"act": "begin", "kept": "[]", "question": WHEN, "readings": ["canal"]}
    scenes = list(room.act(json.dumps(command), ()))
    assert scenes[0].readings == ("canal",)
    assert not any(scene.is_box_emptied for scene in scenes)  # the student may have begun another
    assert scenes[-1].conversation[0].wishes.readings == ("canal",)
    assert "1893" in visible(room, scenes[-1].conversation)


def test_a_fault_of_ours_on_purpose_is_shown_as_its_sentence(room: Room) -> None:
    conversation = ask(room, WHEN, (), "no such reading")
    assert "no such reading" in str(conversation[0].fault)
    assert conversation[0].turn is None
    assert "That did not work." in visible(room, conversation)


def test_any_other_fault_is_logged_and_its_words_are_not_shown(
    make_assistant: Callable[..., Assistant], caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        documents = ()

        def trace(self, *_: object, **__: object) -> None:
            raise RuntimeError("/secret/path")

    room = Room(lambda: Broken(), KEEPING, None)  # type: ignore[arg-type, return-value]
    with caplog.at_level(logging.ERROR):
        conversation = ask(room, "private words")
    assert "Something went wrong" in visible(room, conversation)
    assert "secret" not in visible(room, conversation)
    assert "/secret/path" in caplog.text
    assert "private words" not in caplog.text


def test_stopping_marks_what_was_being_answered_and_nothing_else(room: Room) -> None:
    done = ask(room, WHEN)
    halted = stopped((*done, Exchange("second?", stage="reading")))
    assert halted.conversation[0] == done[0]
    assert "Stopped." in visible(room, halted.conversation)
    assert stopped(done).conversation == done
    again = act(room, halted.conversation, "again", number=2).conversation
    assert again[1].answer is not None


def test_what_comes_of_a_stopped_question_is_not_shown_any_more(room: Room) -> None:
    coming = room.ask(WHEN, [], ())
    next(coming)
    busy = next(coming).conversation
    halted = stopped(busy).conversation
    assert list(coming) == []
    assert [one.is_stopped for one in ask(room, WHEN, halted)] == [True, False]
    assert [one.is_stopped for one in ask(room, WHEN, busy)] == [True, False]


def test_what_failed_or_was_stopped_is_no_part_of_the_conversation(room: Room) -> None:
    before = (
        *ask(room, WHEN),
        Exchange("Napoleon?", is_stopped=True),
        Exchange("x", fault=Sentence("fault.wrong")),
    )
    conversation = ask(room, "and who dug it?", before)
    assert conversation[-1].answer is not None
    assert "Corinth Canal" in conversation[-1].answer.understood_as
    assert "Napoleon" not in conversation[-1].answer.understood_as
    assert isinstance(conversation[-1].turn, Turn)


def test_a_reload_brings_the_conversation_back_but_never_over_another(room: Room) -> None:
    conversation = ask(room, "and who dug it?", ask(room, WHEN))
    kept = {"kept": room.kept(conversation), "readings": []}
    back = act(room, (), "begin", question="", **kept).conversation
    assert room.messages(back) == room.messages(conversation)
    assert act(room, (), "begin", question="", **kept).readings is None  # what is chosen stays
    other = ask(room, "Who took Belgrade?")
    assert act(room, other, "begin", question="", **kept).conversation == other


def test_a_question_asked_while_a_conversation_comes_back_follows_it(room: Room) -> None:
    conversation = ask(room, WHEN)
    kept = {"kept": room.kept(conversation), "readings": []}
    both = act(room, (), "begin", question="and who dug it?", **kept).conversation
    assert [one.question for one in both] == [WHEN, "and who dug it?"]
    assert both[1].answer is not None
    assert "Corinth Canal" in both[1].answer.understood_as


def test_a_vote_is_kept_shown_and_withdrawn(room: Room, tmp_path: Path) -> None:
    conversation = ask(room, "and who dug it?", ask(room, WHEN))
    voted = act(room, conversation, "down", number=2, reason="beside", remark="no").conversation
    assert "You found this unhelpful." in visible(room, voted)
    (row,) = Feedback(tmp_path / "votes.sqlite").questions()
    assert (row["question"], row["history"]) == ("and who dug it?", [WHEN])
    assert (row["feedback"]["reason"], row["feedback"]["remark"]) == ("beside", "no")
    again = act(room, voted, "unvote", number=2).conversation
    assert "Helpful?" in visible(room, again)
    assert list(Feedback(tmp_path / "votes.sqlite").questions()) == []


def test_a_vote_that_cannot_be_kept_is_said_and_not_shown_as_given(
    assistant: Assistant, tmp_path: Path
) -> None:
    (tmp_path / "votes.sqlite").write_text("no database" * 100, encoding="utf-8")
    room = Room(lambda: assistant, KEEPING, Feedback(tmp_path / "votes.sqlite"))
    scene = act(room, ask(room, WHEN), "up", number=1)
    assert str(scene.said) == "Your vote could not be kept."
    assert scene.conversation[0].vote == ""


def test_without_a_file_nobody_is_asked_for_a_vote(assistant: Assistant) -> None:
    room = Room(lambda: assistant, KEEPING, None)
    conversation = ask(room, WHEN)
    assert "Helpful?" not in visible(room, conversation)
    assert act(room, conversation, "up", number=1).conversation == conversation


@pytest.mark.parametrize(
    "command",
    ["", "no json", "[]", "7", '{"act": "up"}', '{"act": "up", "number": 9}',
     '{"act": "up", "number": 0}', '{"act": "again-without-reason", "number": 1}',
     '{"act": "up", "number": null}', '{"act": "begin"}', "[" * 100_000],
)  # fmt: skip
def test_what_the_page_would_never_ask_changes_nothing(room: Room, command: str) -> None:
    conversation = ask(room, WHEN)
    assert list(room.act(command, conversation))[-1].conversation == conversation
