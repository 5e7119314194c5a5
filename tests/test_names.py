"""Names in a question: what they are held to stand for, and what they are not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histqa.names import NameFinder, Vocabulary
from histqa.stages import Store
from histqa.stores.exact import ExactStore
from histqa.text import content_terms
from histqa.types import Alias, Document, Question, Variant

TEXT = (
    "Russia occupied the island of Sushima, and later Shakhalin. The Bolsheviks killed Nikolai II."
    " Semyonov ruled in Transbaikalia. Kolchak's army was beaten; the branch lines were cut."
    " Japan left the northern branch in 1925. The government made concessions to Ōyama."
)
SAKHALIN = Alias(("northern Sakhalin", "the northern branch"), ("concessions",))


@pytest.fixture(scope="module")
def store(make_document: Callable[..., Document], make_store: Callable[..., ExactStore]) -> Store:
    return make_store([make_document("article", [TEXT])])


def variants(store: Store, text: str, *aliases: Alias) -> tuple[Variant, ...]:
    return NameFinder(store, aliases).with_variants(Question(text, text)).variants


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Tsushima", "Sushima"),
        ("Sakhalin", "Shakhalin"),
        ("Nicholas", "Nikolai"),
        ("nicholas", "Nikolai"),
        ("Semenov", "Semyonov"),
        ("Transbaikal", "Transbaikalia"),
        ("Kolchack", "Kolchak"),
        ("kolhcak", "Kolchak"),
        ("Oyamma", "Ōyama"),
        ("goverment", "government"),
        ("concesions", "concessions"),
    ],
)
def test_another_spelling_or_a_slip_is_found(store: Store, asked: str, found: str) -> None:
    assert variants(store, f"what about {asked}'s end") == (Variant(asked, found),)


@pytest.mark.parametrize(
    "asked",
    [
        "Kolchak", "kolchak", "Bolshevik", "Oyama", "1952", "island", "Hirohito", "Iran",
        "what did they do then", "governor", "sand", "army2", "brunch", "ruler", "xoncessions",
    ],
)  # fmt: skip
def test_what_stands_there_or_is_like_nothing_stays_as_it_is(store: Store, asked: str) -> None:
    assert variants(store, asked) == ()


def test_words_in_double_quotes_are_searched_as_typed(store: Store) -> None:
    assert variants(store, 'where is "Tsushima" or “northern Sakhalin”', SAKHALIN) == ()


def test_of_two_that_are_as_near_the_more_frequent_is_found() -> None:
    assert Vocabulary([("Johann", 2), ("Johans", 1)]).meant_by("Johanb") == "Johann"
    assert Vocabulary([("Johann", 1), ("Johans", 2)]).meant_by("Johanb") == "Johans"


def test_a_name_is_what_has_a_capital_more_often_than_not() -> None:
    two_slips = "settelmant"
    assert Vocabulary([("settlement", 3), ("Settlement", 1)]).meant_by(two_slips) == ""
    assert Vocabulary([("settlement", 1), ("Settlement", 3)]).meant_by(two_slips) == "Settlement"


def test_a_name_is_asked_for_and_its_other_names_are_searched(store: Store) -> None:
    asked = "who got Northern  Sakhalin in 1925"
    assert variants(store, asked, SAKHALIN) == (
        Variant("Northern  Sakhalin", "the northern branch"),
        Variant("Northern  Sakhalin", "concessions"),
        Variant("Sakhalin", "Shakhalin"),
    )
    assert variants(store, "The northern branch?", SAKHALIN) == (
        Variant("northern branch", "concessions", is_written=True),
    )
    assert variants(store, "which concessions", SAKHALIN) == ()
    assert variants(store, "the northern branches of it", SAKHALIN) == ()


def test_a_name_may_end_in_a_full_stop_and_odd_capitals_do_no_harm(store: Store) -> None:
    entry = Alias(("U.S.", "Ili", "Kolchak"))
    assert [one.found for one in variants(store, "the U.S. fleet", entry)] == ["Kolchak"]
    assert variants(store, "the U.S.A. fleet", entry) == ()
    assert variants(store, "\u0130l\u0130", entry) == ()


def test_the_longest_name_counts(store: Store) -> None:
    short, long = Alias(("Sakhalin", "Sushima")), Alias(("northern Sakhalin", "Transbaikalia"))
    found = variants(store, "northern Sakhalin", short, long)
    assert found[0] == Variant("northern Sakhalin", "Transbaikalia")
    assert "Sushima" not in [one.found for one in found]


def test_names_of_two_entries_are_all_searched(store: Store) -> None:
    entries = Alias(("Witte", "Kolchak")), Alias(("Witte", "Semyonov"))
    assert [one.found for one in variants(store, "Witte", *entries)] == ["Kolchak", "Semyonov"]


LETTERS = st.text("aeiknoIKÅéŷйﬁſİß’'", max_size=9)


@given(words=st.lists(LETTERS, max_size=8), asked=LETTERS)
def test_what_is_found_stands_in_the_corpus(words: list[str], asked: str) -> None:
    found = Vocabulary((word, 1) for word in set(words) if word).meant_by(asked)
    assert found in {*words, ""}


def missing(store: Store, text: str, *aliases: Alias, as_typed: bool = False) -> tuple[str, ...]:
    finder, question = NameFinder(store, aliases), Question(text, text)
    return finder.missing(question if as_typed else finder.with_variants(question))


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("What did Lenin say about Japan?", ("Lenin",)),
        ("What did Woodrow Wilson and Lenin's wife say, or Wilson?",
         ("Woodrow Wilson", "Lenin", "Wilson")),
        ("Did President Kolchak rule Shakhalin?", ()),
        ("Did Émile Zola see Été-sur-Mer?", ("Émile Zola", "Été-sur-Mer")),
        ("did Zola and école meet, été", ("Zola",)),
        ("Hirohito said what about Japan?", ()),
        ("Why? Lenin knew.", ()),
        ("WHAT DID LENIN SAY", ()),
        ("What Did Lenin Say", ()),
        ("what did lenin say", ()),
        ("Was it the US or the UK?", ()),
        ("Lenin", ()),
        ("and Lenin?", ("Lenin",)),
        ("so When did Japan leave?", ()),
        ("", ()),
    ],
)  # fmt: skip
def test_a_name_that_no_reading_has_is_told(
    store: Store, asked: str, names: tuple[str, ...]
) -> None:
    assert missing(store, asked) == names


def test_a_name_that_is_found_in_another_spelling_is_not_missing(store: Store) -> None:
    asked = "When did Russia lose Sakhalin and Tsushima?"
    assert missing(store, asked) == ()
    assert missing(store, asked, as_typed=True) == ("Sakhalin", "Tsushima")
    asked = "When was Karafuto given back?"
    assert missing(store, asked) == ("Karafuto",)
    assert missing(store, asked, Alias(("Karafuto", "the northern branch"), ())) == ()


@given(text=st.text(alphabet=st.sampled_from("AaÉé KLenijapn'?-,"), max_size=40))
def test_no_name_that_is_missing_has_all_its_words_in_the_readings(store: Store, text: str) -> None:
    for name in missing(store, text):
        assert name in text
        assert not all(store.document_frequencies(content_terms(name)))
