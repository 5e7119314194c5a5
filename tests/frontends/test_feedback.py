"""Votes: kept, replaced, read as test questions, and not taken where they cannot be kept."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from histqa.errors import FeedbackError
from histqa.evaluation.formats import read_questions
from histqa.frontends.cli import run
from histqa.frontends.feedback import REMARK_CHARACTERS, Feedback, Vote
from histqa.types import Answer, Document, Quote, Span, Verdict

TEXT = "Troops left in 1922. They came in 1918."
READING = Document("a", "a.txt", TEXT, "A")
QUOTES = (Quote.cut(READING, Span(0, 20)), Quote.cut(READING, Span(21, len(TEXT))))
FOUND = Answer("When?", "When?", Verdict.ANSWERED, "“…” [1]", 0.9, QUOTES)
NOT_FOUND = Answer("Who?", "Who?", Verdict.NOT_FOUND, "The readings do not say.", 0.1)


@pytest.fixture
def feedback(tmp_path: Path) -> Feedback:
    return Feedback(tmp_path / "new folder" / "votes.sqlite")


def vote(answer: Answer = FOUND, *, helpful: bool = True, key: str = "k", **others: object) -> Vote:
    return Vote(key, helpful, answer, **others)  # type: ignore[arg-type]


def test_a_vote_is_kept_with_question_answer_quotes_and_index(feedback: Feedback) -> None:
    assert feedback.takes_votes
    feedback.record(vote(history=("Before?",), readings=("a",), index_version="abc"))
    (question,) = feedback.questions()
    told = question["feedback"]
    assert (question["question"], question["history"]) == ("When?", ["Before?"])
    assert (told["vote"], told["readings"], told["index_version"]) == ("up", ["a"], "abc")
    assert [quote["start"] for quote in told["answer"]["quotes"]] == [0, 21]


def test_a_later_vote_on_the_same_answer_replaces_it(feedback: Feedback) -> None:
    assert feedback.takes_votes
    feedback.record(vote())
    feedback.record(vote(helpful=False, reason="other", remark="x" * 5000))
    (question,) = feedback.questions()
    assert question["feedback"]["vote"] == "down"
    assert len(question["feedback"]["remark"]) == REMARK_CHARACTERS
    feedback.withdraw("k")
    assert list(feedback.questions()) == []


def test_a_reason_that_nobody_can_choose_is_none(feedback: Feedback) -> None:
    assert feedback.takes_votes
    feedback.record(vote(helpful=False, reason="'; DROP TABLE votes"))
    assert next(feedback.questions())["feedback"]["reason"] == ""


@pytest.mark.parametrize(
    ("answer", "helpful", "reason", "answerable"),
    [(FOUND, True, "", True), (FOUND, False, "beside", True), (FOUND, False, "not_said", False),
     (NOT_FOUND, True, "", False), (NOT_FOUND, False, "said", True)],
)  # fmt: skip
def test_what_is_exported_is_read_by_the_evaluation(
    feedback: Feedback, tmp_path: Path, answer: Answer, helpful: bool, reason: str, answerable: bool
) -> None:
    assert feedback.takes_votes
    feedback.record(vote(answer, helpful=helpful, reason=reason, history=("Before?",)))
    file = tmp_path / "votes.jsonl"
    file.write_text("\n".join(json.dumps(one) for one in feedback.questions()), encoding="utf-8")
    read = read_questions(file)
    assert (read.bad_rows, read.skipped) == ((), ())
    (question,) = read.questions
    assert (question.question, question.history) == (answer.question, ("Before?",))
    assert question.answerable is answerable
    quotes = tuple(quote.text for quote in answer.quotes)
    assert question.quote_groups == ((quotes,) if helpful and quotes else ())


def test_many_can_vote_at_once(feedback: Feedback) -> None:
    assert feedback.takes_votes
    with ThreadPoolExecutor(8) as people:
        list(people.map(lambda n: feedback.record(vote(key=f"k{n}")), range(40)))
    assert len(list(feedback.questions())) == 40


def test_where_nothing_can_be_kept_no_votes_are_taken(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "other.sqlite").write_text("no database " * 100, encoding="utf-8")
    for path in (tmp_path / "file/votes.sqlite", tmp_path / "other.sqlite", tmp_path):
        feedback = Feedback(path)
        assert not feedback.takes_votes
        with pytest.raises(FeedbackError, match="cannot be written"):
            feedback.record(vote())


def test_a_file_without_votes_is_named(tmp_path: Path) -> None:
    with pytest.raises(FeedbackError, match=r"none\.sqlite: there are no votes yet"):
        list(Feedback(tmp_path / "none.sqlite").questions())
    assert not (tmp_path / "none.sqlite").exists()


# --- forgetting ---


def test_a_vote_is_kept_so_many_days_and_then_overwritten(tmp_path: Path) -> None:
    path, time = tmp_path / "votes.sqlite", [datetime(2026, 1, 1, tzinfo=UTC)]
    feedback = Feedback(path, 30, now=lambda: time[0])
    assert feedback.takes_votes
    feedback.record(vote(key="first", helpful=False, remark="a remark to be forgotten"))
    time[0] += timedelta(days=30)
    feedback.record(vote(key="second"))
    assert [one["id"] for one in feedback.questions()] == ["first", "second"]
    assert b"a remark to be forgotten" in path.read_bytes()
    time[0] += timedelta(seconds=1)
    assert [one["id"] for one in feedback.questions()] == ["second"]
    assert feedback.takes_votes  # as when a server starts
    assert b"a remark to be forgotten" not in path.read_bytes()
    assert [one["id"] for one in Feedback(path).questions()] == ["second"]


def test_votes_are_deleted_by_their_id_or_their_day(tmp_path: Path) -> None:
    time = [datetime(2026, 1, 1, tzinfo=UTC)]
    feedback = Feedback(tmp_path / "votes.sqlite", now=lambda: time[0])
    with pytest.raises(FeedbackError, match="no votes yet"):
        feedback.delete("a")
    for key in "abc":
        feedback.record(vote(key=key))
        time[0] += timedelta(days=1)
    assert feedback.delete_before(datetime(2026, 1, 2, tzinfo=UTC)) == 1
    assert feedback.delete("c") == 1
    assert [one["id"] for one in feedback.questions()] == ["b"]
    with pytest.raises(FeedbackError, match="no vote with the id 'c'"):
        feedback.delete("c")


def test_votes_that_are_too_old_anyway_are_counted_among_the_deleted(tmp_path: Path) -> None:
    time = [datetime(2026, 1, 1, tzinfo=UTC)]
    feedback = Feedback(tmp_path / "votes.sqlite", 30, now=lambda: time[0])
    feedback.record(vote())
    time[0] += timedelta(days=31)
    assert feedback.delete_before(datetime(2020, 1, 1, tzinfo=UTC)) == 1


@pytest.mark.parametrize(
    ("arguments", "left"),
    [(["--all"], []), (["--before", "2100-01-01"], []), (["--before", "2020-01-01"], ["a", "b"]),
     (["--id", "b"], ["a"])],
)  # fmt: skip
def test_the_command_deletes_what_it_is_told(
    arguments: list[str], left: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    feedback = Feedback(tmp_path / "feedback/votes.sqlite")
    assert feedback.takes_votes
    for key in "ab":
        feedback.record(vote(key=key))
    assert run(["feedback", "delete", *arguments]) == 0
    assert [one["id"] for one in feedback.questions()] == left


@pytest.mark.parametrize("arguments", [[], ["--before", "yesterday"], ["--all", "--id", "a"]])
def test_the_command_deletes_nothing_by_mistake(arguments: list[str]) -> None:
    with pytest.raises(SystemExit):
        run(["feedback", "delete", *arguments])
