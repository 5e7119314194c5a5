"""An assistant that is served while others update its index -> the one over the newest index."""

from __future__ import annotations

import logging
import time
from threading import Lock

from histqa.assistant import Assistant
from histqa.errors import HistqaError

logger = logging.getLogger(__name__)

# An index that cannot be opened now is looked at again after this time, not at every question.
_SECONDS_BETWEEN_TRIES = 30.0


class Newest:
    """Call it for every request: it opens the index anew when another process has updated it.

    Any number of threads may call it, and none waits: while one of them opens the new index, the
    others get the old one. The old one is not closed but dropped, since requests that began with
    it end with it; its files are let go of with the last of them.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._opening = Lock()
        self._no_try_before = 0.0

    def __call__(self) -> Assistant:
        """The assistant for one request."""
        if self._is_to_be_opened() and self._opening.acquire(blocking=False):
            try:
                if self._is_to_be_opened():  # not by another thread in between
                    self._open()
            finally:
                self._opening.release()
        return self._assistant

    def close(self) -> None:
        """Let go of the index files."""
        self._assistant.close()

    def _is_to_be_opened(self) -> bool:
        return not self._assistant.is_current() and time.monotonic() >= self._no_try_before

    def _open(self) -> None:
        try:
            self._assistant = self._assistant.reopened()
        except HistqaError as error:
            self._no_try_before = time.monotonic() + _SECONDS_BETWEEN_TRIES
            logger.error("going on with the index as it was: %s", error)
