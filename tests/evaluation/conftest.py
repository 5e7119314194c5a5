"""A small library to be examined on, and outcomes made by really asking it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from histqa.assistant import Assistant
from histqa.canonical import TextBuilder
from histqa.embedders.hashing import HashingEmbedder
from histqa.evaluation.readings import Readings
from histqa.evaluation.records import EvaluationReport, ExamQuestion, QuestionFile
from histqa.evaluation.running import Evaluation
from histqa.settings import Settings
from histqa.stores.exact import ExactStore
from histqa.types import Document, Source


def book() -> Document:
    """Two pages with printed labels; the first ends inside the paragraph on Admiral Kolchak."""
    builder = TextBuilder()
    builder.page("iv")
    builder.paragraph("The harbour of Vladivostok freezes for three months of every winter.")
    builder.paragraph("Admiral Kolchak ruled Siberia from the city of Omsk.")
    builder.page("v")
    builder.paragraph("Omsk fell in November 1919, and the admiral’s train went east.")
    return builder.build(Source("book", "unit/book.pdf", b"b"), title="The White Admiral")


@pytest.fixture(scope="session")
def library(make_document: Callable[..., Document]) -> tuple[Document, ...]:
    siberia = make_document(
        "siberia",
        [
            "# The Intervention",
            "Japan sent seventy thousand soldiers to Siberia in 1918. The last of them left "
            "Vladivostok in October 1922.",
            "The Allies wanted to rescue the Czech Legion.",
        ],
    )
    tea = make_document("tea", ["Colonists threw the tea into Boston harbour in December 1773."])
    return siberia, tea, book()


@pytest.fixture
def make_assistant(
    make_store: Callable[..., ExactStore], library: Sequence[Document]
) -> Callable[..., Assistant]:
    def make(**settings: Any) -> Assistant:
        values = Settings(embedder="hashing", **settings)
        return Assistant(make_store(library), HashingEmbedder(), values)

    return make


@pytest.fixture
def readings(library: Sequence[Document]) -> Readings:
    texts = {document.doc_id: document for document in library}
    return Readings(library, texts, passage_words=120)


@pytest.fixture
def examined(make_assistant: Callable[..., Assistant]) -> Callable[..., EvaluationReport]:
    """Questions -> the report of asking them; everything is answered unless a threshold is set."""

    def examine(
        *questions: ExamQuestion, threshold: float = 0.0, **options: Any
    ) -> EvaluationReport:
        assistant = make_assistant(answer_threshold=threshold)
        return Evaluation(assistant, **options).run(
            QuestionFile("exam.jsonl", "jsonl", "", questions)
        )

    return examine
