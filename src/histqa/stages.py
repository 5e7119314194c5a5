"""The verbs of histqa: one Protocol a stage, in the order in which a reading becomes an answer.

build   Source -> Loader -> Document -> chunking -> Passage -> Embedder -> Store
ask     FollowUps -> Question -> Retriever -> Hits -> Reader -> Finding -> Composer -> Answer
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from histqa.types import (
    Answer,
    Document,
    Finding,
    Hit,
    Passage,
    Question,
    SentenceReading,
    Source,
    Turn,
)

Vectors = npt.NDArray[np.float32]


class Loader(Protocol):
    """Reads one file format."""

    def load(self, source: Source) -> Document:
        """The canonical text with pages, headings and repairs.

        Title and author are those that the file itself states ("" where it states none).
        Raises LoadError, with reason and cure, for a file that cannot be read.
        """
        ...


class Embedder(Protocol):
    """Turns texts into unit vectors whose inner product is their similarity in meaning."""

    @property
    def name(self) -> str:
        """What the manifest records, so that vectors of two models never mix."""
        ...

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the weights (or of whatever decides the vectors)."""
        ...

    @property
    def dimension(self) -> int:
        """Length of each vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension), in the order of ``texts``."""
        ...


class Store(Protocol):
    """The read side of an index: passages, their words and their vectors.

    ``within`` restricts to these doc_ids; None means all. Passage ids are opaque integers,
    stable within one generation. Ties are broken by (doc_id, start).
    """

    @property
    def generation(self) -> int:
        """Grows by one with every update; equal generations answer equally."""
        ...

    def documents(self) -> tuple[Document, ...]:
        """All readings sorted by path, *without* text, pages, headings and repairs."""
        ...

    def document(self, doc_id: str) -> Document:
        """One reading, whole. Raises KeyError for an unknown id."""
        ...

    def nearest(
        self, vector: Vectors, count: int, *, within: Collection[str] | None = None
    ) -> tuple[tuple[int, float], ...]:
        """The ids and cosines of the passages nearest to ``vector`` (shape (dimension,))."""
        ...

    def matching(
        self, terms: Sequence[str], count: int, *, within: Collection[str] | None = None
    ) -> tuple[tuple[int, float], ...]:
        """The ids and BM25 scores (above 0) of passages with any of ``terms``, best first.

        ``terms`` are as ``text.terms`` makes them; what is searched is ``searched_text``.
        """
        ...

    def document_frequencies(self, terms: Sequence[str]) -> tuple[int, ...]:
        """In how many passages (searched text) each of ``terms`` occurs."""
        ...

    def spellings(self) -> tuple[tuple[str, int], ...]:
        """Every word as written (``text.spellings``), and how many passages write it so.

        Sorted by the word; "army", "Army" and "armies" are three. A word that stands in titles
        and headings alone counts once for each reading.
        """
        ...

    def passage_count(self) -> int:
        """How many passages there are in all."""
        ...

    def passages(self, ids: Sequence[int]) -> tuple[Passage, ...]:
        """The passages with these ids, in the order asked. Raises KeyError for an unknown id."""
        ...

    def similarities(
        self, vector: Vectors, ids: Sequence[int]
    ) -> tuple[tuple[float, tuple[float, ...]], ...]:
        """Per passage id: cosine of ``vector`` with the passage and with each of its sentences.

        Equal vectors have equal cosines, so that equal texts tie.
        """
        ...

    def close(self) -> None:
        """Let go of the files."""
        ...


class FollowUps(Protocol):
    """Makes a question that stands alone from one that leans on the conversation."""

    def standalone(self, text: str, history: Sequence[Turn]) -> str:
        """``text`` itself where it needs no context."""
        ...


class Retriever(Protocol):
    """Finds the passages worth reading."""

    def retrieve(self, question: Question) -> tuple[Hit, ...]:
        """Best first, ties broken by (doc_id, start)."""
        ...


class Reader(Protocol):
    """Reads the hits: which sentences answer, and do they answer at all?"""

    def read(self, question: Question, hits: Sequence[Hit]) -> Finding:
        """Evidence best first, and the calibrated confidence."""
        ...


class PassageModel(Protocol):
    """A network that reads passages with a question in mind; what a reader may lean on."""

    def read(
        self, question: str, passages: Sequence[Passage]
    ) -> tuple[tuple[SentenceReading, ...], ...]:
        """For each passage a reading of each of its sentences, in order."""
        ...


class Composer(Protocol):
    """Makes the answer that people see."""

    def compose(
        self, question: Question, finding: Finding, documents: Mapping[str, Document]
    ) -> Answer:
        """An Answer whose quotes are cut from ``documents``."""
        ...
