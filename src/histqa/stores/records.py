"""What goes into a store: readings with their passages and vectors, and notes about files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from histqa.stages import Vectors
from histqa.text import spellings
from histqa.types import Document, Passage, Problem


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What the index remembers about one file of the corpus, so that it is not read again.

    ``sha256`` is that of the file, ``metadata_hash`` that of what ``readings.toml`` says about it.
    ``doc_id`` is the reading that the file holds: "" where it failed; for a file that repeats
    another reading, the doc_id of that other one. ``problems`` are its lines of the report;
    ``facts`` is text that means something only to whoever builds the index (counts, likeness)
    and comes back as it was given.
    """

    path: str
    sha256: str
    metadata_hash: str
    doc_id: str = ""
    problems: tuple[Problem, ...] = ()
    facts: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One document with its passages and their unit vectors.

    ``passage_vectors`` has shape (passages, dimension); ``sentence_vectors`` has shape
    (sentences of all passages in order, dimension). Raises ValueError where they do not fit.
    """

    document: Document
    passages: tuple[Passage, ...]
    passage_vectors: Vectors
    sentence_vectors: Vectors

    def __post_init__(self) -> None:
        sentence_count = sum(len(passage.sentences) for passage in self.passages)
        for name, vectors, rows in (
            ("passage_vectors", self.passage_vectors, len(self.passages)),
            ("sentence_vectors", self.sentence_vectors, sentence_count),
        ):
            if vectors.ndim != 2 or len(vectors) != rows:
                raise ValueError(f"{name} of {self.document.doc_id!r}: {vectors.shape}, not {rows}")
            if not np.isfinite(vectors).all():
                raise ValueError(f"{name} of {self.document.doc_id!r} are not all finite")
        if self.passage_vectors.shape[1] != self.sentence_vectors.shape[1]:
            raise ValueError(f"vectors of {self.document.doc_id!r} differ in dimension")
        for passage in self.passages:
            if passage.doc_id != self.document.doc_id:
                raise ValueError(f"a passage of {passage.doc_id!r} in {self.document.doc_id!r}")
            if passage.text != passage.span.of(self.document.text):
                raise ValueError(f"{self.document.doc_id!r} does not hold its passage's text")


def spelling_counts(passages: Sequence[Passage]) -> Counter[str]:
    """Each word of one reading as written, with the number of passages that write it so.

    Title and heading stand in every passage, and many a title is a file name without capitals:
    their words count once, and only where no text of the reading has them.
    """
    counts = Counter(word for passage in passages for word in set(spellings(passage.text)))
    in_text = {word.casefold() for word in counts}
    leads = {f"{passage.title} {passage.heading}" for passage in passages}
    words = {word for lead in leads for word in spellings(lead)}
    counts.update(word for word in words if word.casefold() not in in_text)
    return counts
