"""Tiny readings with meaningful vectors, made in a moment."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from histqa.chunking import passages
from histqa.embedders.hashing import HashingEmbedder
from histqa.stores.records import Reading
from histqa.types import Document, Heading, Page, Repair, Span

WORDS = (
    "army emperor harbour rice treaty railway winter landing consul island strike debt harvest"
    " minister Kyōto 1918 1920 72,000 Петроград l’Orient don't"
).split()


@pytest.fixture(scope="session")
def reading_of() -> Callable[..., Reading]:
    """A function of doc_id and text (and fields of Document) that gives the reading."""

    def make(doc_id: str, text: str, **values: object) -> Reading:
        details: dict[str, object] = {"path": f"{doc_id}.txt", "title": "A title", **values}
        document = Document(doc_id=doc_id, text=text, **details)  # type: ignore[arg-type]
        cut = passages(document, max_words=25)
        embedder = HashingEmbedder()
        return Reading(
            document,
            cut,
            embedder.embed([passage.searched_text for passage in cut]),
            embedder.embed(
                [passage.sentence_text(span) for passage in cut for span in passage.sentences]
            ),
        )

    return make


@pytest.fixture(scope="session")
def readings(reading_of: Callable[..., Reading]) -> tuple[Reading, ...]:
    """Five readings in two units with pages, a heading, a repair, and one without passages."""
    text = "The landing\n\nThe army came in winter. It stayed for long.\n\nRice was dear in 1918."
    rich = reading_of(
        "week1/landing",
        text,
        title="Siberia",
        author="A. Author",
        date="1955",
        kind="article",
        address="https://example.org/a",
        licence="CC0",
        show="passage",
        language="en",
        sha256="0" * 64,
        headings=(Heading("The landing", 1, Span(0, 11)),),
        pages=(Page(1, "ix", Span(0, 40)), Page(2, "", Span(40, len(text)))),
        repairs=(Repair("rejoined hyphen", 20, "ar-\nmy", "army"),),
    )
    return (
        rich,
        reading_of(
            "week2/strikes", "A strike began in the harbour. The minister fell.\n\nDebt grew."
        ),
        reading_of("week1/treaty", "The treaty was signed. The army left the harbour at last."),
        reading_of("empty", ""),
        reading_of("week2/rice", "The harvest was poor and rice was dear. The army was called."),
    )


@pytest.fixture(scope="session")
def random_readings(reading_of: Callable[..., Reading]) -> Callable[[int], tuple[Reading, ...]]:
    """A function of a seed that gives a corpus of few words, and so with many ties."""

    def make(seed: int) -> tuple[Reading, ...]:
        chance = random.Random(seed)

        def sentence() -> str:
            return " ".join(chance.choices(WORDS, k=chance.randint(1, 9))).capitalize() + "."

        def paragraph() -> str:
            return " ".join(sentence() for _ in range(chance.randint(1, 6)))

        texts = ["\n\n".join(paragraph() for _ in range(chance.randint(0, 4))) for _ in range(12)]
        texts += chance.choices(texts, k=4)
        names = chance.sample(range(100), len(texts))
        return tuple(reading_of(f"r{name}", text) for name, text in zip(names, texts, strict=True))

    return make


@pytest.fixture(scope="session")
def query() -> Callable[[str], np.ndarray]:
    """A function that gives the vector of a question."""
    return lambda text: HashingEmbedder().embed([text])[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"
