"""Many questions at once: as many as there is room for, and none for ever."""

from __future__ import annotations

import asyncio
from threading import Event

import pytest
from starlette.exceptions import HTTPException

from histqa.errors import QuestionError
from histqa.frontends.answering import Answering
from histqa.settings import Settings


class Slow:
    """An assistant that answers only when it is let to; its answer is what it was asked with."""

    def __init__(self) -> None:
        self.go = Event()

    def ask(self, question: str, **more: object) -> object:
        if question == "wrong":
            raise QuestionError("this is wrong")
        assert self.go.wait(timeout=20)
        return question, more


def answering(slow: Slow, **settings: object) -> Answering:
    return Answering(lambda: slow, Settings(**settings))  # type: ignore[arg-type, return-value]


def test_who_finds_no_room_hears_it_at_once_and_there_is_room_again_later() -> None:
    slow = Slow()
    desk = answering(slow, questions_at_once=1, questions_waiting=1)

    async def many() -> None:
        first, second = asyncio.create_task(desk.ask("a")), asyncio.create_task(desk.ask("b"))
        await asyncio.sleep(0)
        with pytest.raises(HTTPException) as refused:
            await desk.ask("c")
        assert (refused.value.status_code, refused.value.headers) == (503, {"Retry-After": "5"})
        assert "Too many questions are waiting" in refused.value.detail
        slow.go.set()
        assert [answer[0] for answer in await asyncio.gather(first, second)] == ["a", "b"]  # type: ignore[index]
        assert (await desk.ask("d"))[0] == "d"  # type: ignore[index]

    asyncio.run(many())
    desk.close()


def test_an_answer_that_takes_too_long_is_not_waited_for_and_keeps_its_place() -> None:
    slow = Slow()
    desk = answering(slow, questions_at_once=1, questions_waiting=0, answer_seconds=0.05)

    async def ask() -> None:
        with pytest.raises(HTTPException, match="took too long"):
            await desk.ask("a")
        with pytest.raises(HTTPException, match="Too many"):
            await desk.ask("b")
        slow.go.set()
        await asyncio.sleep(0.2)
        assert (await desk.ask("c"))[0] == "c"  # type: ignore[index]

    asyncio.run(ask())
    desk.close()


def test_whoever_waits_in_vain_leaves_the_line() -> None:
    slow = Slow()
    desk = answering(slow, questions_at_once=1, questions_waiting=1, answer_seconds=0.05)

    async def ask() -> None:
        outcomes = await asyncio.gather(desk.ask("a"), desk.ask("b"), return_exceptions=True)
        assert all(isinstance(outcome, HTTPException) for outcome in outcomes)
        with pytest.raises(HTTPException, match="took too long"):
            await desk.ask("c")  # the room of "b" is free, "a" is still worked on

    asyncio.run(ask())
    slow.go.set()
    desk.close()


@pytest.mark.parametrize(("wanted", "got"), [(None, 120), (30, 30), (10_000, 120)])
def test_nobody_gets_more_words_than_the_setting_allows(wanted: int | None, got: int) -> None:
    slow = Slow()
    slow.go.set()
    desk = answering(slow)
    _, more = asyncio.run(desk.ask("a", max_words=wanted))  # type: ignore[misc]
    assert more["max_words"] == got
    desk.close()


def test_a_question_that_cannot_be_asked_is_no_fault_of_the_server() -> None:
    desk = answering(Slow(), questions_waiting=0, questions_at_once=1)
    for _ in range(3):
        with pytest.raises(QuestionError, match="this is wrong"):
            asyncio.run(desk.ask("wrong"))
    desk.close()
