"""A small library behind a real assistant, for what front ends do with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from histqa.assistant import Assistant
from histqa.embedders.hashing import HashingEmbedder
from histqa.settings import Settings
from histqa.stores.exact import ExactStore
from histqa.types import Document

CANAL = "The Corinth Canal was opened in 1893 after eleven years of digging."


@pytest.fixture(scope="module")
def make_assistant(
    make_document: Callable[..., Document], make_store: Callable[..., ExactStore]
) -> Callable[..., Assistant]:
    """Names and paragraphs of readings -> an assistant over them that answers readily."""

    def make(readings: dict[str, Sequence[str]], *, threshold: float = 0.2) -> Assistant:
        documents = [make_document(name, text) for name, text in readings.items()]
        settings = Settings(embedder="hashing", answer_threshold=threshold)
        return Assistant(make_store(documents), HashingEmbedder(), settings)

    return make


@pytest.fixture(scope="module")
def assistant(make_assistant: Callable[..., Assistant]) -> Assistant:
    return make_assistant(
        {
            "canal": ["# The canal", CANAL, "Its digging was begun under Nero, and given up."],
            "fortress": ["The fortress of Belgrade fell to its besiegers in 1456."],
        }
    )
