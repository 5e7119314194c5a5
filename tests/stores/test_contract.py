"""What every store promises; a new one joins by standing in the table."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from histqa.stores import STORES
from histqa.stores.exact import ExactStore
from histqa.text import spellings, terms
from histqa.types import Heading, Span

ODD_TERMS = (
    "", " ", '"', "'", "*", "a b", "army OR rice", "NEAR(army rice)", "terms:army", "-army",
    "army*", "^army", "\x00", "\ud800", "'; DROP TABLE words; --", "{terms}", "(", "\U0001f600",
)  # fmt: skip


@pytest.fixture(params=sorted(STORES))
def build(request, folder):
    """Stores readings with the store that is tested, and closes it in the end."""
    opened = []

    def build(readings):
        store = STORES[request.param](folder, readings)
        opened.append(store)
        return store

    yield build
    for store in opened:
        store.close()


@pytest.fixture
def store(build, readings):
    return build(readings)


def places(store, found):
    passages = store.passages([number for number, _ in found])
    return [(passage.doc_id, passage.span.start) for passage in passages]


def every_id(store, query):
    return [number for number, _ in store.nearest(query("army"), store.passage_count())]


def test_documents_are_listed_by_path_without_their_insides(store, readings):
    expected = sorted((reading.document for reading in readings), key=lambda one: one.path)
    assert store.documents() == tuple(
        replace(one, text="", pages=(), headings=(), repairs=()) for one in expected
    )


def test_a_document_comes_back_whole(store, readings):
    for reading in readings:
        assert store.document(reading.document.doc_id) == reading.document


def test_an_unknown_document_is_a_key_error(store):
    with pytest.raises(KeyError):
        store.document("week9/nothing")


def test_passages_come_back_whole_in_the_order_asked_and_as_often(store, readings, query):
    ids = every_id(store, query)
    asked = [*reversed(ids), ids[0], ids[0]]
    expected = {p for reading in readings for p in reading.passages}
    found = store.passages(asked)
    assert set(found) == expected
    assert store.passage_count() == len(expected)
    assert found == tuple(store.passages([number])[0] for number in asked)
    assert store.passages([]) == ()


def test_an_unknown_passage_is_a_key_error(store, query):
    with pytest.raises(KeyError):
        store.passages([987654])
    with pytest.raises(KeyError):
        store.similarities(query("army"), [987654])


def test_the_nearest_passage_to_its_own_vector_is_the_passage_itself(store, readings):
    for reading in readings:
        for passage, vector in zip(reading.passages, reading.passage_vectors, strict=True):
            ((number, cosine),) = store.nearest(vector, 1)
            assert store.passages([number]) == (passage,)
            assert cosine == pytest.approx(1.0, abs=1e-3)


def test_as_many_are_found_as_there_are_and_as_were_asked(store, query):
    total = store.passage_count()
    for count in range(total + 3):
        found = store.nearest(query("army rice winter"), count)
        assert len(found) == min(count, total)
        assert [score for _, score in found] == sorted((s for _, s in found), reverse=True)


def test_within_restricts_before_the_cut(store, query):
    wanted = {"week2/rice", "week2/strikes", "no such reading"}
    found = store.nearest(query("The army came in winter."), 3, within=wanted)
    assert {doc_id for doc_id, _ in places(store, found)} == {"week2/rice", "week2/strikes"}
    assert len(found) == 3
    (only,) = store.matching(terms("army"), 1, within=["week2/rice"])
    assert places(store, [only])[0][0] == "week2/rice"
    assert only in store.matching(terms("army"), 10)


def test_nothing_is_found_within_nothing(store, query):
    for within in ((), ["no such reading"], ["empty"]):
        assert store.nearest(query("army"), 5, within=within) == ()
        assert store.matching(["armi"], 5, within=within) == ()


def test_a_count_of_nothing_finds_nothing(store, query):
    assert store.nearest(query("army"), 0) == store.matching(["armi"], 0) == ()


def test_words_find_the_passages_that_hold_one_of_them_also_in_title_or_heading(store, readings):
    for word in ("army", "harbour", "siberia", "landing", "1918", "title"):
        (term,) = terms(word)
        expected = {
            (passage.doc_id, passage.span.start)
            for reading in readings
            for passage in reading.passages
            if term in terms(passage.searched_text)
        }
        found = store.matching([term], 100)
        assert set(places(store, found)) == expected != set()
        assert all(score > 0 for _, score in found)
        assert store.document_frequencies([term]) == (len(expected),)


def test_every_word_of_a_text_is_told_as_written_with_the_passages_that_write_it_so(
    store, readings
):
    texts = [passage.text for one in readings for passage in one.passages]
    written = {word for text in texts for word in spellings(text)} - {"A"}  # "A title"
    told = dict(store.spellings())
    assert {word: told[word] for word in written} == {
        word: sum(word in spellings(text) for text in texts) for word in written
    }
    assert (told["The"], told["army"], told["harbour"]) == (4, 3, 2)
    assert "1918" not in told
    assert [word for word, _ in store.spellings()] == sorted(told)


def test_a_word_of_titles_and_headings_alone_is_told_once_for_each_reading(build, reading_of):
    text = "The End\n\nKolchak led.\n\nHe was shot."
    heading = (Heading("The End", 1, Span(0, 7)),)
    store = build(
        [
            reading_of("a", text, title="kolchak in omsk", headings=heading),
            reading_of("b", "Kolchak was shot.", title="omsk"),
        ]
    )
    told = dict(store.spellings())
    assert (told["omsk"], told["End"], told["Kolchak"]) == (2, 1, 2)
    assert "kolchak" not in told


def test_words_are_told_apart_by_case_and_accent_and_without_possessives(build, reading_of):
    text = "Kolchak's army. The Army of Kyōto. Петроград fell, and l’Orient; it isn't 72,000."
    told = dict(build([reading_of("a", text, title="")]).spellings())
    assert told == dict.fromkeys(
        "Kolchak army The Army of Kyōto Петроград fell and l’Orient it isn't".split(), 1
    )


@pytest.mark.parametrize("odd", ODD_TERMS)
def test_what_is_no_term_matches_nothing_and_harms_nothing(store, odd):
    assert store.matching([odd], 10) == ()
    assert store.document_frequencies([odd, "armi"])[0] == 0
    assert store.matching([odd, "armi"], 10) == store.matching(["armi"], 10) != ()


def test_operators_of_search_languages_are_ordinary_words(build, reading_of):
    store = build([reading_of("a", "Neither near nor far."), reading_of("b", "The army did not.")])
    for word, doc_id in (("near", "a"), ("not", "b")):
        assert [place[0] for place in places(store, store.matching([word], 10))] == [doc_id]
    assert store.matching(["and"], 10) == store.matching(["or"], 10) == ()
    assert len(store.matching(["near", "and", "not"], 10)) == 2
    assert len(store.matching(["near", "AND", "OR", "NEAR", "not"], 10)) == 2


def test_thousands_of_terms_are_one_question(store):
    many = [f"word{number}" for number in range(5000)]
    assert store.matching([*many, "armi"], 10) == store.matching(["armi"], 10)


def test_a_term_asked_twice_counts_once(store):
    assert store.matching(["armi", "armi", "rice"], 9) == store.matching(["armi", "rice"], 9)


def test_ties_go_by_document_and_start_also_at_the_cut(build, reading_of, query):
    text = "The army came.\n\nThe army came."
    names = [f"r{number}" for number in (7, 3, 9, 1, 5, 2, 8, 4, 6)]
    store = build([reading_of(name, text) for name in [*names, *(f"s{n}" for n in names)]])
    expected = [(name, start) for name in sorted(names) for start in (0, 16)]
    for count in (1, 2, 3, 10, 18):
        assert places(store, store.nearest(query("army"), count)) == expected[:count]
        assert places(store, store.matching(["armi"], count)) == expected[:count]


def test_similarities_are_those_of_the_vectors(store, readings, query):
    vector = query("the army left the harbour")
    by_passage = {
        passage: (passage_vector, sentences)
        for reading in readings
        for passage, passage_vector, sentences in zip(
            reading.passages, reading.passage_vectors, _grouped(reading), strict=True
        )
    }
    ids = every_id(store, query)
    found = store.similarities(vector, [*ids, ids[0]])
    for passage, (cosine, of_sentences) in zip(store.passages([*ids, ids[0]]), found, strict=True):
        expected, sentences = by_passage[passage]
        assert cosine == pytest.approx(float(expected @ vector), abs=1e-3)
        assert of_sentences == pytest.approx((sentences @ vector).tolist(), abs=1e-3)
    assert store.similarities(vector, []) == ()


def test_equal_vectors_have_equal_similarities_wherever_they_stand(build, reading_of):
    paragraphs = [" ".join(["The army came."] * (1 + number % 5)) for number in range(60)]
    reading = reading_of("a", "\n\n".join(paragraphs))
    one, vector = np.random.default_rng(7).normal(size=(2, 384)).astype(np.float32) / 20
    store = build(
        [
            replace(
                reading,
                passage_vectors=np.tile(one, (len(reading.passage_vectors), 1)),
                sentence_vectors=np.tile(one, (len(reading.sentence_vectors), 1)),
            )
        ]
    )
    ids = [number for number, _ in store.nearest(vector, 100)]
    assert len(ids) == 60
    for found in (store.similarities(vector, ids[:7]), store.similarities(vector, ids)):
        assert len({cosine for pair in found for cosine in (pair[0], *pair[1])}) == 1


def _grouped(reading):
    first = 0
    for passage in reading.passages:
        yield reading.sentence_vectors[first : first + len(passage.sentences)]
        first += len(passage.sentences)


def test_a_vector_of_another_length_is_refused(store):
    with pytest.raises(ValueError, match=r"shape|size|dimension"):
        store.nearest(np.zeros(3, dtype=np.float32), 1)


@pytest.mark.parametrize("only_empty_readings", [False, True])
def test_a_store_without_passages_answers_nothing(build, reading_of, query, only_empty_readings):
    store = build([reading_of("empty", "")] if only_empty_readings else [])
    assert len(store.documents()) == int(only_empty_readings)
    assert store.passage_count() == 0
    assert store.nearest(query("army"), 5) == store.matching(["armi"], 5) == ()
    assert store.document_frequencies(["armi"]) == (0,)
    assert store.similarities(query("army"), []) == ()
    assert store.spellings() == ()


def test_32_callers_at_once_get_what_one_gets(store, query):
    texts = ["army", "rice harvest", "strike", "treaty signed", "winter 1918", "minister"]

    def answer(text):
        found = store.nearest(query(text), 4)
        ids = [number for number, _ in found]
        words = terms(text)
        return (
            found,
            store.matching(words, 3),
            store.document_frequencies(words),
            store.passages(ids),
            store.similarities(query(text), ids),
        )

    expected = [answer(text) for text in texts]
    with ThreadPoolExecutor(32) as pool:
        assert list(pool.map(answer, texts * 30)) == expected * 30


@pytest.mark.parametrize("seed", range(6))
def test_the_exact_store_agrees_on_rows_and_scores(build, random_readings, query, seed):
    readings = random_readings(seed)
    store = build(readings)
    with closing(ExactStore(readings)) as oracle:
        subsets = (None, sorted(one.document.doc_id for one in readings)[::3])
        for text in ("army", "1920 rice", "The emperor's debt", "Kyoto harbour island strike"):
            words, vector = terms(text), query(text)
            for within in subsets:
                for count in (1, 4, 1000):
                    _same(
                        store.nearest(vector, count, within=within),
                        oracle.nearest(vector, count, within=within),
                    )
                    _same(
                        store.matching(words, count, within=within),
                        oracle.matching(words, count, within=within),
                    )
            assert store.document_frequencies(words) == oracle.document_frequencies(words)
        assert store.spellings() == oracle.spellings()


def _same(found, expected):
    assert [number for number, _ in found] == [number for number, _ in expected]
    assert [score for _, score in found] == pytest.approx([s for _, s in expected], abs=2e-6)
