"""What the benchmarks count with, held to numbers worked out by hand."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parent.parent.parent / "benchmarks"


@pytest.fixture
def load(monkeypatch):
    """Import a script of benchmarks/, which is no package."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(BENCHMARKS)
    yield importlib.import_module
    for name in set(sys.modules) - before:
        if (BENCHMARKS / f"{name}.py").exists():
            del sys.modules[name]


def test_coverage_counts_groups_that_stand_within_the_words_read(load):
    coverage = load("answers").coverage
    quotes = ["The war ended\nin 1905.", "Japan kept the port."]
    groups = [["ended in  1905"], ["lost the port", "kept the port"], ["never said"]]
    assert coverage(groups, quotes, 60) == pytest.approx(2 / 3)
    assert coverage(groups, quotes, 5) == pytest.approx(1 / 3)
    assert coverage(groups, [], 60) == 0.0


def test_the_area_is_the_share_of_pairs_in_the_right_order_and_a_tie_is_half(load):
    area = load("answers").area
    assert area(np.array([0.9, 0.4]), np.array([0.4, 0.1])) == pytest.approx((2 + 1.5) / 4)


def test_a_hit_is_a_passage_of_the_own_context_that_holds_an_answer(load):
    retrieval = load("retrieval")
    passage = type("P", (), {"__init__": lambda self, d, t: self.__dict__.update(doc_id=d, text=t)})
    ranked = [
        passage("other", "it was in 1905"),
        passage("own", "nothing of the kind"),
        passage("own", "it was\nin 1905"),
    ]
    found = retrieval.measures(ranked, "own", ["was in 1905"])
    assert found["hit@1"] == 0.0
    assert found["hit@5"] == 1.0
    assert found["MRR"] == pytest.approx(1 / 3)
    assert found["context@1"] == 0.0
    assert found["context@5"] == 1.0
    long = [passage("other", "word " * 299), *ranked[2:]]
    assert retrieval.measures(long, "own", ["was in 1905"])["300 words"] == 0.0


def test_an_interval_holds_its_value_and_is_a_point_where_nothing_varies(load):
    interval = load("measuring").interval
    assert interval([1.0, 1.0, 1.0]) == {"value": 1.0, "low": 1.0, "high": 1.0}
    wide = interval([0.0, 1.0] * 50)
    # The normal approximation: 0.5 ± 1.96 · 0.5 / √100.
    assert (wide["low"], wide["value"], wide["high"]) == pytest.approx(
        (0.402, 0.5, 0.598), abs=0.02
    )
    assert np.isnan(interval([])["value"])


def test_a_made_up_index_has_as_many_passages_as_asked_for_and_keeps_the_real_ones(load, tmp_path):
    from histqa.index import build_index, open_index
    from histqa.settings import Settings

    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "real.txt").write_text("Japan kept the port of Vladivostok.", encoding="utf-8")
    settings = Settings(corpus=str(corpus), index=str(tmp_path / "index"), embedder="hashing")
    build_index(settings)
    prose = load("synthetic").enlarge(tmp_path / "index", 120, dimension=512)
    with open_index(settings) as store:
        assert store.passage_count() == 120
        assert any(document.path == "real.txt" for document in store.documents())
        assert len(store.documents()) == 3
    assert len({prose.question() for _ in range(5)}) == 5
