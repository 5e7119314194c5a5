"""Sentences as exact spans, and the terms words are compared by."""

from __future__ import annotations

import itertools
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import snowballstemmer
from hypothesis import given
from hypothesis import strategies as st

from histqa.text import content_terms, sentences, terms


@given(st.text(max_size=300))
def test_sentences_are_ordered_and_lose_nothing_but_blanks_and_stray_stops(text: str) -> None:
    spans = sentences(text)
    assert all(one.end <= two.start for one, two in itertools.pairwise(spans))
    found = "".join(span.of(text) for span in spans)
    assert "".join(found.replace(".", "").split()) == "".join(text.replace(".", "").split())
    assert all(span.of(text) == span.of(text).strip() != "" for span in spans)


@pytest.mark.parametrize(
    "text",
    [
        "He was sent to St. Petersburg in 1875.",
        "Louis XIV. was king of France.",
        "See vol. 3 of the papers.",
        "It cost approx. 600 million yen.",
        "J. Edgar Hoover wrote to the U.S. government.",
        "Gen. graves commanded the troops.",
    ],
)
def test_an_abbreviation_does_not_end_a_sentence(text: str) -> None:
    assert len(sentences(text)) == 1


def test_a_text_of_nothing_but_abbreviations_is_divided_in_linear_time() -> None:
    text = "vol. a " * 20_000
    started = time.perf_counter()
    assert [span.of(text) for span in sentences(text)] == [text.strip()]
    assert time.perf_counter() - started < 10.0


def test_a_full_stop_that_stands_alone_belongs_to_no_sentence() -> None:
    text = "They sought to weaken it. . This was the reason."
    assert [span.of(text) for span in sentences(text)] == [
        "They sought to weaken it.",
        "This was the reason.",
    ]


def test_two_sentences_are_two() -> None:
    text = "The troops left on 25 October.  Two weeks later the republic was dissolved."
    assert [span.of(text) for span in sentences(text)] == [
        "The troops left on 25 October.",
        "Two weeks later the republic was dissolved.",
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Japan's", "japan"),
        ("Japan’s", "Japan"),
        ("troops", "troop"),
        ("72,000", "72000"),
        ("Généralité", "generalite"),
        ("withdrew troops", "Withdrew Troop"),
    ],
)
def test_spellings_of_one_word_are_one_term(one: str, other: str) -> None:
    assert terms(one) == terms(other)


def test_different_words_stay_different() -> None:
    assert terms("general") != terms("generation")
    assert terms("1918") != terms("1917")


def test_function_words_carry_no_meaning_unless_there_is_nothing_else() -> None:
    assert content_terms("When did the troops leave?") == terms("troops leave")
    assert content_terms("who is it") == terms("who is it")
    for contraction in ("couldn't", "couldn’t", "couldnt", "Couldnt"):
        assert content_terms(f"why {contraction} they stop Japan") == terms("stop Japan")


def test_words_are_compared_alike_in_every_thread() -> None:
    words = [
        f"{stem}{end}"
        for stem in ("nation", "relat", "hope", "oper", "organ", "vivid")
        for end in ("ally", "alization", "fulness", "ational", "izing", "ousli", "iveness")
    ]
    words = [f"{word}{number}{word}" for word in words for number in "abcdefgh"]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(terms, words * 2))
    finally:
        sys.setswitchinterval(interval)
    stemmer = snowballstemmer.stemmer("english")
    assert found == [(stemmer.stemWord(word),) for word in words * 2]
