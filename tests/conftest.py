"""Shared by all tests: the seed article and small libraries over the hashing embedder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from histqa.canonical import TextBuilder
from histqa.chunking import passages
from histqa.embedders.hashing import HashingEmbedder
from histqa.stores.exact import ExactStore
from histqa.stores.records import Reading
from histqa.types import Document, Source

SEED_CORPUS = Path(__file__).parent.parent / "docs_corpus"

Paragraphs = Sequence[str]


@pytest.fixture(scope="session")
def make_document() -> Callable[..., Document]:
    """Paragraphs -> a document; one that begins with "# " is a heading."""

    def make(name: str, paragraphs: Paragraphs, *, title: str = "") -> Document:
        builder = TextBuilder()
        for paragraph in paragraphs:
            if paragraph.startswith("# "):
                builder.heading(paragraph[2:], 1)
            else:
                builder.paragraph(paragraph)
        return builder.build(Source(name, f"{name}.txt", b""), title=title or name)

    return make


@pytest.fixture(scope="session")
def make_store() -> Callable[..., ExactStore]:
    """Documents -> the exact store over the hashing embedder."""

    def make(documents: Sequence[Document], *, max_words: int = 120) -> ExactStore:
        embedder = HashingEmbedder()
        readings = []
        for document in documents:
            found = passages(document, max_words=max_words)
            sentences = [piece.sentence_text(span) for piece in found for span in piece.sentences]
            searched = [piece.searched_text for piece in found]
            readings.append(
                Reading(document, found, embedder.embed(searched), embedder.embed(sentences))
            )
        return ExactStore(readings)

    return make
