"""Pages drawn in a child process: late, dead and busy ones end as sentences, the next is drawn."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from histqa.pictures.drawing import BUSY, DIED, LATE, Drawing
from histqa.pictures.values import Picture, PictureJob

LINES = ("The Allies withdrew from Siberia.",)
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="stops a process by signal")


@pytest.fixture
def drawing() -> Iterator[Drawing]:
    made = Drawing(60.0)
    yield made
    made.close()


@pytest.fixture
def job(make_pdf) -> PictureJob:
    return PictureJob(make_pdf([LINES]), 1, 300, "withdrew from")


def child_of(drawing: Drawing) -> int:
    process = drawing._pictures._child._process
    assert process is not None
    return process.pid


def test_a_picture_is_drawn_once_and_then_remembered(drawing: Drawing, job: PictureJob) -> None:
    asked: list[int] = []

    def ask() -> PictureJob:
        asked.append(1)
        return job

    first, second = drawing.picture("key", ask), drawing.picture("key", ask)
    assert first == second
    assert first.boxes
    assert len(asked) == 1
    assert drawing.place("key", lambda: Picture(problem="other")).problem == "other"


def test_only_the_last_pictures_are_remembered(drawing: Drawing) -> None:
    for number in range(100):
        drawing.picture(number, lambda: Picture(problem="none"))
    assert len(drawing._pictures._answers) == 24
    assert 99 in drawing._pictures._answers


@posix_only
def test_a_page_that_hangs_ends_as_a_sentence_and_is_not_tried_again(job: PictureJob) -> None:
    drawing = Drawing(60.0)
    drawing.picture("first", lambda: job)
    os.kill(child_of(drawing), signal.SIGSTOP)  # a file over which the library never ends
    drawing._pictures._seconds = 0.3
    assert drawing.picture("hangs", lambda: job).problem == LATE
    drawing._pictures._seconds = 60.0
    assert drawing.picture("hangs", lambda: job).problem == LATE
    assert drawing.picture("next", lambda: job).content
    drawing.close()


@posix_only
def test_a_child_that_dies_over_a_page_is_replaced(drawing: Drawing, job: PictureJob) -> None:
    drawing.picture("first", lambda: job)
    os.kill(child_of(drawing), signal.SIGSTOP)
    threading.Timer(0.2, os.kill, (child_of(drawing), signal.SIGKILL)).start()
    assert drawing.picture("dies", lambda: job).problem == DIED
    assert drawing.picture("next", lambda: job).content


def test_whoever_comes_when_too_many_wait_is_told_so(drawing: Drawing, job: PictureJob) -> None:
    go_on = threading.Event()

    def slow() -> PictureJob:
        go_on.wait()
        return job

    waiting = [threading.Thread(target=drawing.picture, args=(n, slow)) for n in range(8)]
    for thread in waiting:
        thread.start()
    while drawing._pictures._room._value:  # type: ignore[attr-defined]
        time.sleep(0.01)
    refused = drawing.picture("late", lambda: job)
    go_on.set()
    for thread in waiting:
        thread.join()
    assert refused == Picture(problem=BUSY)
    assert drawing.picture("late", lambda: job).content


@posix_only
def test_the_child_has_bounds_on_its_memory(drawing: Drawing, job: PictureJob) -> None:
    drawing.picture("first", lambda: job)
    if sys.platform == "linux":
        with open(f"/proc/{child_of(drawing)}/limits") as limits:  # noqa: PTH123
            line = next(line for line in limits if line.startswith("Max address space"))
        assert line.split()[3] == "2000000000"


def test_closing_leaves_no_child(job: PictureJob) -> None:
    drawing = Drawing(60.0)
    drawing.picture("first", lambda: job)
    process = drawing._pictures._child._process
    assert process is not None
    drawing.close()
    assert process.poll() is not None
    assert drawing.picture("after", lambda: job).problem == DIED
