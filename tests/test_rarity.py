"""Weights and coverage of terms that have other renderings, by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from histqa.rarity import coverage, renderings_of, searched_terms, term_weights
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
