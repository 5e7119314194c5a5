"""Retrieval: fused scores by hand, order by rule, bare names and years found."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histqa import retrieval
from histqa.embedders.hashing import HashingEmbedder
from histqa.errors import QuestionError
from histqa.periods import overlap, periods_in
from histqa.rarity import coverage, term_weights
from histqa.retrieval import PERIOD_BONUS, HybridRetriever, doc_ids_of, fuse
from histqa.stages import Store
from histqa.stores.exact import ExactStore
from histqa.text import terms
from histqa.types import Document, Period, Question

PARAGRAPHS = {
    "war": [
        "# Vladivostok in 1918",
        "Japanese warships landed at the port in January. The admiral sent 72,000 soldiers inland.",
        "Kolchak led the White Army from Omsk. The Bolsheviks executed him in February 1920.",
    ],
    "peace": [
        "The treaty of Portsmouth ended the war in 1905. Witte and Komura signed it.",
        "Siberian railways carried grain and prisoners. Winters there are long and hard.",
    ],
}


@pytest.fixture(scope="module")
def store(make_document: Callable[..., Document], make_store: Callable[..., ExactStore]) -> Store:
    return make_store([make_document(name, texts) for name, texts in PARAGRAPHS.items()])


def retriever_over(store: Store, *, hits: int = 20) -> HybridRetriever:
    return HybridRetriever(store, HashingEmbedder(), candidates=100, dense_weight=0.3, hits=hits)


def asked(text: str, *readings: str, periods: tuple[Period, ...] = ()) -> Question:
    return Question(text, text, readings, periods=periods)


def test_fused_scores_are_the_convex_sum_of_normalised_ones() -> None:
    # dense: (.8-.2)/.6 = 1, 0 and .5; lexical from 0: 5/10 = .5 and 1.
    fused = fuse({1: 0.8, 2: 0.2, 3: 0.5}, {2: 5.0, 3: 10.0}, dense_weight=0.3)
    assert fused == pytest.approx({1: 0.3, 2: 0.35, 3: 0.3 * 0.5 + 0.7})


def test_nothing_found_by_either_search_fuses_to_nothing() -> None:
    assert fuse({}, {}, dense_weight=0.3) == {}


def test_coverage_is_the_share_of_weight() -> None:
    assert coverage({"kolchak"}, {"kolchak": 3.0, "war": 1.0}) == pytest.approx(0.75)
    assert coverage({"kolchak"}, {}) == 0.0


def test_a_rare_word_weighs_more_and_a_missing_one_most(store: Store) -> None:
    weights = term_weights(("kolchak", "the", "zanzibar"), store)
    assert weights["zanzibar"] > weights["kolchak"] > weights["the"] > 0


@pytest.mark.parametrize(
    ("query", "wanted"),
    [("Kolchak", "Kolchak"), ("1905", "1905"), ("Komura", "Komura"), ("72,000", "72,000")],
)
def test_a_bare_name_or_year_is_found_first(store: Store, query: str, wanted: str) -> None:
    assert wanted in retriever_over(store).retrieve(asked(query))[0].passage.text


NAMES = st.sampled_from(["Omsk", "Chita", "Irkutsk", "Wilson", "1918", "1922", "treaty", "army"])


@settings(deadline=None)
@given(
    texts=st.lists(st.lists(NAMES, min_size=1, max_size=12), min_size=1, max_size=25),
    data=st.data(),
)
def test_every_word_of_the_corpus_is_among_the_first_five_hits(
    make_document: Callable[..., Document],
    make_store: Callable[..., ExactStore],
    texts: list[list[str]],
    data: st.DataObject,
) -> None:
    store = make_store([make_document("d", [" ".join(words) for words in texts])])
    word = data.draw(st.sampled_from(sorted({word for words in texts for word in words})))
    found = retriever_over(store).retrieve(asked(word))[:5]
    assert any(set(terms(word)) <= set(terms(hit.passage.text)) for hit in found)


def test_heading_and_title_are_searched_but_not_in_the_text(store: Store) -> None:
    hit = retriever_over(store).retrieve(asked("Vladivostok"))[0]
    assert hit.passage.heading == "Vladivostok in 1918"
    assert "Vladivostok" not in hit.passage.text


def test_hits_come_best_first_and_ties_by_place(
    make_document: Callable[..., Document], make_store: Callable[..., ExactStore]
) -> None:
    store = make_store([make_document("d", ["The same words again."] * 6)])
    found = retriever_over(store).retrieve(asked("same words"))
    assert [hit.passage.span.start for hit in found] == sorted(h.passage.span.start for h in found)
    assert len({hit.score for hit in found}) == 1


def test_equal_passages_go_by_reading_also_where_more_are_found_than_read(
    make_document: Callable[..., Document], make_store: Callable[..., ExactStore]
) -> None:
    names = [f"r{number:02}" for number in range(40)]
    documents = [make_document(name, ["The army came."], title="One") for name in reversed(names)]
    found = retriever_over(make_store(documents), hits=5).retrieve(asked("army"))
    assert [hit.passage.doc_id for hit in found] == names[:5]


def test_scores_lie_between_0_and_1_and_fall(store: Store) -> None:
    scores = [hit.score for hit in retriever_over(store).retrieve(asked("When did the war end?"))]
    assert scores == sorted(scores, reverse=True)
    assert all(0.0 <= score <= 1.0 for score in scores)


def test_no_score_passes_1_by_the_rounding_of_vectors(
    make_document: Callable[..., Document], make_store: Callable[..., ExactStore]
) -> None:
    words = "rice army debt harbour strike treaty".split()
    texts = [" ".join(words[: 2 + number % 5] * (1 + number // 5)) + "." for number in range(25)]
    store = make_store([make_document("d", texts)])
    scores = [hit.score for text in texts for hit in retriever_over(store).retrieve(asked(text))]
    assert max(scores) <= 1.0


def test_the_shares_of_a_score_add_up_to_1() -> None:
    names = ("FUSED_SHARE", "DENSE_SHARE", "SENTENCE_SHARE", "COVERAGE_SHARE")
    assert sum(getattr(retrieval, name) for name in names) == pytest.approx(1.0)


def test_the_nearness_of_a_passage_counts_by_its_share(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = asked("When did the war end?")
    before = {hit.passage: hit for hit in retriever_over(store).retrieve(question)}
    monkeypatch.setattr(retrieval, "DENSE_SHARE", retrieval.DENSE_SHARE + 0.1)
    after = retriever_over(store).retrieve(question)
    assert any(hit.dense > 0 for hit in after)
    for hit in after:
        gain = 0.1 * max(0.0, hit.dense)
        assert hit.score == pytest.approx(before[hit.passage].score + gain)


def test_no_more_hits_than_asked_for(store: Store) -> None:
    assert len(retriever_over(store, hits=2).retrieve(asked("war"))) == 2


def test_a_question_can_be_restricted_to_a_reading(store: Store) -> None:
    found = retriever_over(store).retrieve(asked("Kolchak", "peace"))
    assert {hit.passage.doc_id for hit in found} == {"peace"}


def test_readings_are_named_by_id_path_or_folder() -> None:
    documents = [
        Document("one-1", "week 1/one.txt", "", ""),
        Document("two-2", "week 1/deep/two.txt", "", ""),
        Document("ten-3", "week 10/ten.txt", "", "On Siberia"),
    ]
    assert doc_ids_of(["one-1"], documents) == {"one-1"}
    assert doc_ids_of(["week 10/ten.txt"], documents) == {"ten-3"}
    assert doc_ids_of(["week 1/"], documents) == {"one-1", "two-2"}
    assert doc_ids_of(["Week 10", "ONE.txt"], documents) == {"one-1", "ten-3"}
    assert doc_ids_of(["On Siberia"], documents) == {"ten-3"}
    assert doc_ids_of([], documents) is None


def test_an_unknown_reading_is_named_with_those_that_exist(store: Store) -> None:
    with pytest.raises(QuestionError, match=r"'atlantis'; some that are: peace\.txt, war\.txt"):
        retriever_over(store).retrieve(asked("war", "atlantis"))


@settings(deadline=None)
@given(
    texts=st.lists(st.lists(NAMES, min_size=1, max_size=8), min_size=1, max_size=20),
    first=st.integers(1915, 1925),
    length=st.none() | st.integers(0, 5),
)
def test_time_raises_what_fits_and_lowers_nothing(
    make_document: Callable[..., Document],
    make_store: Callable[..., ExactStore],
    texts: list[list[str]],
    first: int,
    length: int | None,
) -> None:
    retriever = retriever_over(make_store([make_document("d", [" ".join(t) for t in texts])]))
    period = Period(first, None if length is None else first + length)
    plain = {h.passage.span: h.score for h in retriever.retrieve(asked("the army in Omsk"))}
    timed = retriever.retrieve(asked("the army in Omsk", periods=(period,)))
    ranked = [hit.score + hit.bonus for hit in timed]
    assert ranked == sorted(ranked, reverse=True)
    assert {hit.passage.span for hit in timed} == plain.keys()
    for hit in timed:
        fits = overlap(periods_in(hit.passage.text), [period])
        assert hit.score == plain[hit.passage.span]
        assert hit.bonus == (PERIOD_BONUS if fits else 0.0)


def test_a_passage_of_the_time_comes_before_one_that_is_as_near(
    make_document: Callable[..., Document], make_store: Callable[..., ExactStore]
) -> None:
    texts = ["Troops left the port in 1903.", "Troops left the port in 1921.", "Troops left."]
    retriever = retriever_over(make_store([make_document("d", texts)]))
    found = retriever.retrieve(asked("troops port", periods=(Period(1920, None),)))
    assert "1921" in found[0].passage.text
    assert len(found) == 3


def test_a_slip_of_the_source_loses_nothing(
    make_document: Callable[..., Document], make_store: Callable[..., ExactStore]
) -> None:
    texts = ["Warships landed in January 1917.", "In 181, troops took the island.", "Rain in 1918."]
    retriever = retriever_over(make_store([make_document("d", texts)]))
    question = "When did warships land and troops take the island?"
    plain = {h.passage.span: h.score for h in retriever.retrieve(asked(question))}
    timed = retriever.retrieve(asked(question, periods=(Period(1918, 1918),)))
    assert {hit.passage.span: hit.score for hit in timed} == plain
    assert "warships" in timed[0].passage.text.casefold()
