"""Our own test questions: what they expect stands in the readings, and none is there twice."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from histqa.evaluation.formats import read_questions
from histqa.evaluation.records import QuestionFile
from histqa.loaders import LOADERS
from histqa.settings import Settings
from histqa.text import terms
from histqa.types import Source

ROOT = Path(__file__).parent.parent.parent
QUESTIONS = ROOT / "benchmarks" / "questions"
READING = ROOT / "docs_corpus" / "why-did-japan-invade-soviet-russia.txt"
FIELDS = {"id", "kind", "question", "history", "groups", "answerable", "note"}
FEWEST = {
    "why": 8,
    "when": 8,
    "who": 8,
    "where": 8,
    "what": 8,
    "list": 5,
    "how many": 5,
    "yes/no": 5,
    "comparison": 5,
    "follow-up": 5,
    "near miss": 15,
    "far": 5,
}
LONGEST_QUOTE = 20  # words; a gold quote is the clause that carries the fact
COPIED = 6  # words in a row that make a question a copy of the reading


def folded(text: str) -> str:
    return " ".join(text.split())


def runs(text: str) -> set[tuple[str, ...]]:
    """Every run of COPIED words, as they are compared."""
    words = terms(text)
    return {words[start : start + COPIED] for start in range(len(words) - COPIED + 1)}


@pytest.fixture(scope="module")
def lines() -> list[dict[str, Any]]:
    text = (QUESTIONS / "seed.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def as_read() -> QuestionFile:
    return read_questions(QUESTIONS / "seed.jsonl")


@pytest.fixture(scope="module")
def reading() -> str:
    source = Source("seed", READING.name, READING.read_bytes())
    return folded(LOADERS["txt"](Settings().limits).load(source).text)


def test_every_expected_quote_stands_in_the_reading(
    lines: list[dict[str, Any]], reading: str
) -> None:
    quotes = [quote for line in lines for group in line["groups"] for quote in group]
    assert len(quotes) > len(lines) / 2
    assert [quote for quote in quotes if folded(quote) not in reading] == []


def test_expected_quotes_are_short_and_differ_within_a_group(lines: list[dict[str, Any]]) -> None:
    groups = [group for line in lines for group in line["groups"]]
    assert all(group and len(set(group)) == len(group) for group in groups)
    assert [
        quote for group in groups for quote in group if len(quote.split()) > LONGEST_QUOTE
    ] == []


def test_every_line_has_the_same_fields(lines: list[dict[str, Any]]) -> None:
    assert all(line.keys() == FIELDS for line in lines)


def test_ids_are_unique(lines: list[dict[str, Any]]) -> None:
    assert [key for key, count in Counter(line["id"] for line in lines).items() if count > 1] == []


def test_no_question_equals_another_whatever_its_case_and_marks(
    lines: list[dict[str, Any]],
) -> None:
    asked = Counter((*terms(line["question"]), *line["history"]) for line in lines)
    assert [question for question, count in asked.items() if count > 1] == []


def test_no_question_repeats_the_wording_of_the_reading(
    lines: list[dict[str, Any]], reading: str
) -> None:
    held = runs(reading)
    assert [line["id"] for line in lines if runs(line["question"]) & held] == []


def test_there_are_enough_questions_of_every_kind(lines: list[dict[str, Any]]) -> None:
    counted = Counter(line["kind"] for line in lines)
    assert counted.keys() == FEWEST.keys()
    assert {kind: counted[kind] for kind in FEWEST if counted[kind] < FEWEST[kind]} == {}


def test_what_is_answerable_expects_quotes_and_nothing_else_does(
    lines: list[dict[str, Any]],
) -> None:
    assert all(line["answerable"] == bool(line["groups"]) for line in lines)
    assert all(line["answerable"] == (line["kind"] not in {"near miss", "far"}) for line in lines)


def test_follow_ups_have_a_history_and_near_misses_say_what_the_reading_lacks(
    lines: list[dict[str, Any]],
) -> None:
    assert all(line["history"] for line in lines if line["kind"] == "follow-up")
    assert all(line["note"] for line in lines if line["kind"] == "near miss")


def test_evaluation_reads_every_line_as_it_is_meant(
    lines: list[dict[str, Any]], as_read: QuestionFile
) -> None:
    assert (as_read.bad_rows, as_read.skipped) == ((), ())
    assert [
        (one.id, one.kind, one.history, one.answerable, len(one.quote_groups))
        for one in as_read.questions
    ] == [
        (line["id"], line["kind"], tuple(line["history"]), line["answerable"], len(line["groups"]))
        for line in lines
    ]


def test_the_table_of_kinds_in_the_readme_counts_what_there_is(lines: list[dict[str, Any]]) -> None:
    readme = (QUESTIONS / "README.md").read_text(encoding="utf-8")
    rows = [row.split("|")[1:3] for row in readme.splitlines() if row.startswith("| ")]
    stated = {kind.strip(): int(count) for kind, count in rows if count.strip().isdigit()}
    assert stated == Counter(line["kind"] for line in lines)


@pytest.fixture(scope="module")
def learned_from() -> dict[str, list[dict[str, Any]]]:
    return {
        path.stem: [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for path in sorted((ROOT / "training" / "questions").glob("*.jsonl"))
    }


def test_no_question_to_learn_from_is_asked_twice_or_by_the_sets_that_judge(
    learned_from: dict[str, list[dict[str, Any]]],
) -> None:
    judging = {
        terms(json.loads(line)["question"])
        for path in QUESTIONS.glob("*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    }
    asked = Counter(terms(line["question"]) for lines in learned_from.values() for line in lines)
    assert [question for question, count in asked.items() if count > 1 or question in judging] == []


def test_exact_answers_to_learn_from_stand_in_the_first_quote_and_near_misses_have_none(
    learned_from: dict[str, list[dict[str, Any]]],
) -> None:
    for line in (line for lines in learned_from.values() for line in lines):
        assert line["answerable"] == bool(line["groups"]) == (line["kind"] != "near miss")
        assert line["short"] in (line["groups"][0][0] if line["groups"] else ""), line["id"]


def test_the_table_of_questions_to_learn_from_counts_what_there_is(
    learned_from: dict[str, list[dict[str, Any]]],
) -> None:
    readme = (ROOT / "training" / "questions" / "README.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in row.split("|")[1:4]] for row in readme.splitlines()]
    stated = {row[0].strip("`"): row[1:] for row in rows if row and row[0].startswith("`")}
    assert stated == {
        name: [str(len(lines)), str(sum(not line["answerable"] for line in lines))]
        for name, lines in learned_from.items()
    }
