"""Questions of many at once -> answers, as many side by side as the machine can bear."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore

from starlette.exceptions import HTTPException

from histqa.assistant import Assistant
from histqa.settings import Settings
from histqa.types import AUTO, Answer, Turn

_BUSY = "Too many questions are waiting for an answer. Please ask again in a moment."
_SLOW = "The answer took too long, for the server is busy. Please ask again in a moment."
_RETRY = {"Retry-After": "5"}


class Answering:
    """Works on ``questions_at_once``; ``questions_waiting`` more stand in line."""

    def __init__(self, provider: Callable[[], Assistant], settings: Settings) -> None:
        self._provider = provider
        self._settings = settings
        self._pool = ThreadPoolExecutor(settings.questions_at_once, thread_name_prefix="answering")
        self._room = BoundedSemaphore(settings.questions_at_once + settings.questions_waiting)

    async def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        readings: Sequence[str] = (),
        period: str | None = AUTO,
        max_words: int | None = None,
        variants: bool = True,
    ) -> Answer:
        """As ``Assistant.ask``; ``max_words`` can lower the setting of that name, not raise it.

        Raises QuestionError, and HTTPException 503 where the line is full or the time is up. What
        is worked on then is worked on to its end, in its place: a thread cannot be stopped.
        """
        if not self._room.acquire(blocking=False):
            raise HTTPException(503, _BUSY, headers=_RETRY)
        most = self._settings.max_words
        work = self._pool.submit(
            lambda: self._provider().ask(
                question,
                history=history,
                readings=readings,
                period=period,
                max_words=most if max_words is None else min(max_words, most),
                variants=variants,
            )
        )
        work.add_done_callback(lambda _: self._room.release())
        try:
            waiting = asyncio.wrap_future(work)
            return await asyncio.wait_for(waiting, self._settings.answer_seconds)
        except TimeoutError as error:
            raise HTTPException(503, _SLOW, headers=_RETRY) from error

    def close(self) -> None:
        """Let what is worked on end, and nothing new begin."""
        self._pool.shutdown(wait=False, cancel_futures=True)
