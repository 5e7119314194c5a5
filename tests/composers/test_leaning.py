"""A quote that points back is opened with the sentence before it, within its paragraph."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from histqa.composers.leaning import leans, opened
from histqa.types import Document, Span


@pytest.mark.parametrize(
    ("sentence", "does_lean"),
    [
        ("They established control over the railway.", True),
        ("This marked the end of the war.", True),
        ("That is why the Allies sent troops.", True),
        ("But they did not withdraw.", True),
        ("Two weeks later, the republic joined the union.", True),
        ("Therefore, the Allies feared for their stores.", False),
        ("“It was a failure,” he wrote.", True),
        ("The Allies withdrew, but the Japanese did not.", False),
        ("Both Russia and Japan claimed the islands.", False),
        ("Theirs is a story of its own.", False),
        ("Thessaly was conquered in 1881.", False),
    ],
)
def test_a_sentence_leans_when_it_opens_with_what_points_back(
    sentence: str, does_lean: bool
) -> None:
    assert leans(sentence) is does_lean


def test_a_leaning_quote_takes_in_the_sentence_before_it(
    make_document: Callable[..., Document],
) -> None:
    first = "Japanese troops reached Irkutsk."
    second = "They established control over the railway."
    text = make_document("d", ["An earlier paragraph.", f"{first} {second}", second]).text
    place = text.index(second)
    assert opened(Span(place, place + len(second)), text).of(text) == f"{first} {second}"
    alone = text.rindex(second)
    assert opened(Span(alone, alone + len(second)), text).of(text) == second
    own = text.index(first)
    assert opened(Span(own, own + len(first)), text).of(text) == first
