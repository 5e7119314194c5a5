"""Votes on answers: a thumb, a reason, a remark -> a SQLite file -> questions for ``histqa eval``.

The file lies outside the index, which may be deleted at any time. What a person found helpful or
not is a draft of a test question: somebody has to read it before figures from it mean anything.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from histqa.errors import FeedbackError
from histqa.frontends.view import answer_as_json
from histqa.types import Answer

logger = logging.getLogger(__name__)

REASONS = ("beside", "incomplete", "not_said", "said", "other")
"""Why an answer did not help; ``languages/`` has what people choose (``vote.beside``)."""
REMARK_CHARACTERS = 1000
_SECONDS_TO_WAIT = 5.0
_TABLE = """
CREATE TABLE IF NOT EXISTS votes (
    key TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    vote TEXT NOT NULL CHECK (vote IN ('up', 'down')),
    reason TEXT NOT NULL,
    remark TEXT NOT NULL,
    question TEXT NOT NULL,
    history TEXT NOT NULL,
    readings TEXT NOT NULL,
    answer TEXT NOT NULL,
    index_version TEXT NOT NULL
) STRICT
"""
_OLD = "DELETE FROM votes WHERE at < ?"
_COLUMNS = (
    "key", "at", "vote", "reason", "remark", "question", "history", "readings", "answer",
    "index_version",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Vote:
    """What one person said of one answer; ``key`` tells the asking, and a later vote replaces it.

    ``history``: the earlier questions. ``index_version``: which index gave the answer.
    """

    key: str
    is_helpful: bool
    answer: Answer
    reason: str = ""
    remark: str = ""
    history: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()
    index_version: str = ""


class Feedback:
    """The votes in one file. Any number of threads and processes may use it.

    A vote is kept for ``days``, or until it is deleted where that is 0: older ones are never given
    out, and go with the next vote or when a server starts. ``now`` tells the time.
    """

    def __init__(
        self, path: Path, days: int = 0, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._path = path
        self._days = days
        self._now = now

    @property
    def takes_votes(self) -> bool:
        """Whether votes can be written; where they cannot, nobody is asked for one.

        It is tried by deleting those that are too old.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._connected()) as database, database:
                database.execute("BEGIN IMMEDIATE")
                database.execute(_OLD, (self._oldest,))
        except (OSError, sqlite3.Error) as error:
            logger.warning(
                "%s: votes cannot be kept here (%s), so none are taken", self._path, error
            )
            return False
        return True

    def record(self, vote: Vote) -> None:
        """Keep ``vote``. Raises FeedbackError where it cannot be written."""
        row = (
            vote.key,
            _written(self._now()),
            "up" if vote.is_helpful else "down",
            vote.reason if vote.reason in REASONS else "",
            vote.remark[:REMARK_CHARACTERS],
            vote.answer.question,
            json.dumps(vote.history),
            json.dumps(vote.readings),
            json.dumps(answer_as_json(vote.answer)),
            vote.index_version,
        )
        self._write(f"INSERT OR REPLACE INTO votes VALUES ({', '.join('?' * len(row))})", row)

    def withdraw(self, key: str) -> int:
        """Forget the vote of one asking: how many went, 0 or 1.

        Raises FeedbackError where it cannot be written.
        """
        return self._write("DELETE FROM votes WHERE key = ?", (key,))

    def delete(self, key: str) -> int:
        """The same, of a vote that must be there: how many went, which is 1.

        Raises FeedbackError where there is no such vote, or it cannot be deleted.
        """
        self._check_is_there()
        count = self.withdraw(key)
        if not count:
            raise FeedbackError(f"{self._path}: there is no vote with the id {key!r}")
        return count

    def delete_before(self, moment: datetime) -> int:
        """Delete the votes before ``moment`` (in UTC), and those too old anyway: how many went.

        Raises FeedbackError where there is no such file or it cannot be written.
        """
        self._check_is_there()
        return self._write(_OLD, (max(_written(moment), self._oldest),))

    def questions(self) -> Iterator[dict[str, Any]]:
        """The votes, oldest first, as test questions in the form of ``histqa eval``.

        Raises FeedbackError where there is no such file or it cannot be read.
        """
        self._check_is_there()
        try:
            with closing(self._connected()) as database:
                rows = database.execute(
                    f"SELECT {', '.join(_COLUMNS)} FROM votes WHERE at >= ? ORDER BY at, key",
                    (self._oldest,),
                ).fetchall()
        except sqlite3.Error as error:
            raise FeedbackError(f"{self._path}: no votes can be read from it ({error})") from error
        for row in rows:
            yield _question(dict(zip(_COLUMNS, row, strict=True)))

    @property
    def _oldest(self) -> str:
        """When the oldest vote that is still kept can have been given."""
        return _written(self._now() - timedelta(self._days)) if self._days else ""

    def _check_is_there(self) -> None:
        if not self._path.is_file():
            raise FeedbackError(
                f"{self._path}: there are no votes yet; the setting feedback names the file"
            )

    def _connected(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=_SECONDS_TO_WAIT)
        database.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
        database.execute(_TABLE)
        return database

    def _write(self, statement: str, values: Sequence[str]) -> int:
        """How many rows it was about; what has become too old goes with it."""
        try:
            with closing(self._connected()) as database, database:
                count = database.execute(statement, values).rowcount
                database.execute(_OLD, (self._oldest,))
                return count
        except (OSError, sqlite3.Error) as error:
            raise FeedbackError(
                f"{self._path}: cannot be written ({error}); check the rights and the disk"
            ) from error


def _written(moment: datetime) -> str:
    """As it stands in the table: such texts have the order of their times."""
    return moment.isoformat(timespec="seconds")


def _question(row: dict[str, str]) -> dict[str, Any]:
    answer = json.loads(row["answer"])
    is_helpful, is_answered = row["vote"] == "up", answer["verdict"] == "answered"
    question: dict[str, Any] = {
        "id": row["key"],
        "question": row["question"],
        "history": json.loads(row["history"]),
        "answerable": _is_answerable(row["reason"], is_helpful=is_helpful, is_answered=is_answered),
        "tags": ["feedback", "helpful" if is_helpful else "unhelpful"],
    }
    if is_helpful and is_answered:
        question["quote_groups"] = [[quote["text"] for quote in answer["quotes"]]]
    told = ("at", "vote", "reason", "remark", "index_version")
    return {
        **question,
        "feedback": {
            **{name: row[name] for name in told},
            "readings": json.loads(row["readings"]),
            "answer": answer,
        },
    }


def _is_answerable(reason: str, *, is_helpful: bool, is_answered: bool) -> bool:
    """What the person holds to be true: an unhelpful refusal means that there is an answer."""
    if is_helpful:
        return is_answered
    return reason != "not_said"
