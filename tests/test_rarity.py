"""Weights and coverage of terms that have other renderings, by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from histqa.rarity import coverage, known_share, renderings_of, searched_terms, term_weights
from histqa.stores.exact import ExactStore
from histqa.types import Document, Question, Variant

SAKHALIN = Variant("northern Sakhalin", "the northern branch")
RARITY = {"sakhalin": 3.0, "northern": 1.0, "treati": 4.0}


def test_terms_of_variants_are_searched_after_those_of_the_question() -> None:
    question = Question("northern Sakhalin", "", variants=(SAKHALIN, Variant("x", "Shakhalin")))
    assert searched_terms(question) == ("northern", "sakhalin", "branch", "shakhalin")


@pytest.mark.parametrize(
    ("words", "share"),
    [
        ({"sakhalin"}, 3 / 8),
        ({"northern", "branch"}, 4 / 8),
        ({"branch"}, 0.0),
        ({"northern", "manchuria"}, 1 / 8),
        ({"northern", "branch", "treati"}, 1.0),
    ],
)
def test_a_text_with_a_whole_rendering_covers_what_is_asked(words: set[str], share: float) -> None:
    assert coverage(words, RARITY, renderings_of((SAKHALIN,))) == pytest.approx(share)


def test_a_term_is_as_frequent_as_the_rarest_word_of_its_rendering(
    make_document: Callable[..., Document], make_store: Callable[..., ExactStore]
) -> None:
    texts = ["northern branch", "northern lights", "northern treaty", "a treaty"]
    store = make_store([make_document("d", texts, title="T")])
    known = term_weights(("branch", "northern"), store)
    found = term_weights(("sakhalin", "northern"), store, renderings_of((SAKHALIN,)))
    assert found == {"sakhalin": known["branch"], "northern": known["northern"]}
    assert term_weights(("sakhalin",), store)["sakhalin"] > known["branch"]


def test_a_word_that_stands_in_no_reading_is_not_known(
    make_document: Callable[..., Document], make_store: Callable[..., ExactStore]
) -> None:
    store = make_store([make_document("d", ["northern branch", "a treaty"], title="T")])
    weights = term_weights(("napoleon", "treati"), store)
    total = weights["napoleon"] + weights["treati"]
    assert known_share(weights, store) == pytest.approx(weights["treati"] / total)
    assert known_share(term_weights(("treati",), store), store) == 1.0
    assert known_share(term_weights(("napoleon",), store), store) == 0.0
    also = term_weights(("sakhalin",), store, renderings_of((SAKHALIN,)))
    assert known_share(also, store) == 1.0  # under another name
    assert known_share({}, store) == 1.0
