"""What the benchmark of follow-up questions counts with, held to numbers worked out by hand."""

import importlib
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent.parent.parent / "benchmarks"


@pytest.fixture
def bench(monkeypatch):
    """benchmarks/followups.py, which is in no package."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(BENCHMARKS)
    yield importlib.import_module("followups")
    for name in set(sys.modules) - before:
        if (BENCHMARKS / f"{name}.py").exists():
            del sys.modules[name]


def test_only_content_that_was_not_asked_counts_as_added(bench):
    assert bench.added("When did the Allies leave Siberia?", "When did they leave?") == {
        "alli",
        "siberia",
    }


def test_rouge_l_is_the_share_of_words_in_the_same_order(bench):
    assert bench.rouge_l("a b c d", "a c x") == pytest.approx(2 * 2 / 7)
    assert bench.rouge_l("A b?", "a b") == 1.0


def test_case_and_marks_are_no_change(bench):
    assert not bench.is_changed("why did Japan stay", "Why did Japan stay?")
    assert bench.is_changed("Why did Japan stay?", "Why?")


def test_a_text_without_any_word_of_the_query_is_not_found(bench):
    pool = bench.Pool(["Kolchak was shot in Irkutsk", "Japan left Vladivostok", "Japan stayed"])
    assert pool.reciprocal_rank("who shot Kolchak", 0) == 1.0
    assert pool.reciprocal_rank("Japan", 0) == 0.0
    assert pool.reciprocal_rank("Japan left", 2) == 0.5


def test_what_people_could_not_answer_is_an_unanswered_turn(bench):
    row = {"source": "canard_dev", "history": ["who?", "Zappa", "when?", bench.UNKNOWN]}
    assert [turn.is_answered for turn in bench.turns(row)] == [True, False]
