"""Shared by the tests of models that read: passages made of short paragraphs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from histqa.chunking import passages
from histqa.types import Document, Passage


@pytest.fixture(scope="session")
def make_passages(
    make_document: Callable[..., Document],
) -> Callable[[Sequence[str]], tuple[Passage, ...]]:
    """Paragraphs -> their passages; titles are those of the documents, "The war"."""

    def make(paragraphs: Sequence[str]) -> tuple[Passage, ...]:
        return passages(make_document("d", paragraphs, title="The war"), max_words=120)

    return make
