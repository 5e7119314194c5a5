"""PictureJobs of many at once -> Pictures, drawn in child processes and kept for a while."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

from histqa.children import Child, ChildDied
from histqa.pictures.values import Picture, PictureJob

BUSY, LATE, DIED, UNREADABLE = "busy", "late", "died", "unreadable"
PASSING = (LATE, DIED, UNREADABLE)
"""Problems that may be over the next time; they are remembered for a minute."""

_WORKER = "histqa.pictures.worker"
_WAITING = 8
_PASSING_SECONDS = 60.0
_PLACES_KEPT = 512
_PICTURES_KEPT = 24


class Drawing:
    """Draws pages one after another, and beside that finds words on pages, which is faster."""

    def __init__(self, seconds: float) -> None:
        self._places = _Line(seconds, kept=_PLACES_KEPT)
        self._pictures = _Line(seconds, kept=_PICTURES_KEPT)

    def place(self, key: Hashable, job: Callable[[], PictureJob | Picture]) -> Picture:
        """The size of the picture and where the quote stands in it, without the picture."""
        return self._places.answer(key, job)

    def picture(self, key: Hashable, job: Callable[[], PictureJob | Picture]) -> Picture:
        """The picture itself."""
        return self._pictures.answer(key, job)

    def close(self) -> None:
        """Leave no child behind."""
        self._places.close()
        self._pictures.close()


class _Line:
    """A child process and those who wait for it; the last ``kept`` answers are remembered."""

    def __init__(self, seconds: float, *, kept: int) -> None:
        self._seconds = seconds
        self._kept = kept
        self._child = Child(_WORKER)
        self._working = threading.Lock()
        self._room = threading.BoundedSemaphore(_WAITING)
        self._answers: OrderedDict[Hashable, tuple[Picture, float]] = OrderedDict()
        self._remembering = threading.Lock()

    def answer(self, key: Hashable, job: Callable[[], PictureJob | Picture]) -> Picture:
        known = self._remembered(key)
        if known is not None:
            return known
        if not self._room.acquire(blocking=False):
            return Picture(problem=BUSY)
        try:
            with self._working:
                return self._remembered(key) or self._made(key, job())
        finally:
            self._room.release()

    def close(self) -> None:
        self._child.close()
        with self._working:
            self._child.release()

    def _made(self, key: Hashable, job: PictureJob | Picture) -> Picture:
        picture = job if isinstance(job, Picture) else self._drawn(job)
        until = time.monotonic() + _PASSING_SECONDS if picture.problem in PASSING else math.inf
        with self._remembering:
            self._answers[key] = picture, until
            while len(self._answers) > self._kept:
                self._answers.popitem(last=False)
        return picture

    def _drawn(self, job: PictureJob) -> Picture:
        try:
            picture = self._child.answer(job, self._seconds)
        except ChildDied as death:
            return Picture(problem=LATE if death.is_late else DIED)
        assert isinstance(picture, Picture)
        return picture

    def _remembered(self, key: Hashable) -> Picture | None:
        with self._remembering:
            picture, until = self._answers.get(key, (None, math.inf))
            if picture is None or time.monotonic() > until:
                return None
            self._answers.move_to_end(key)
            return picture
