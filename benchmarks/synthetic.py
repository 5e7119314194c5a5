"""Made-up readings on top of real ones: an index of any size whose words are as rare as in prose.

Words are drawn by rank as in English (Zipf-Mandelbrot): function words first, then those of the
real readings by frequency, then pronounceable made-up ones. Vectors are random and of length 1:
what a search costs does not depend on what they mean.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

SENTENCES, WORDS, PER_DOCUMENT = 4, 20, 100
VOCABULARY, FUNCTION_COUNT = 100_000, 150
_SYLLABLES = [a + b for a, b in product("bdfgklmnprstvz", "aeiou")]


class Prose:
    """Draws sentences and questions from one vocabulary, always the same for one seed."""

    def __init__(self, texts: Sequence[str], seed: int = 0) -> None:
        from histqa.text import FUNCTION_WORDS

        found = Counter(word for text in texts for word in text.lower().split() if word.isalpha())
        real = [word for word, _ in found.most_common() if word not in FUNCTION_WORDS]
        made_up = ("".join(some) for some in product(_SYLLABLES, repeat=3))
        words = [*sorted(FUNCTION_WORDS)[:FUNCTION_COUNT], *real]
        self._words = np.array([*words, *made_up][:VOCABULARY], dtype=object)
        weights = 1.0 / (np.arange(len(self._words)) + 2.7) ** 1.07
        self._cumulated = np.cumsum(weights / weights.sum())
        self._generator = np.random.default_rng(seed)

    def sentence(self) -> str:
        """WORDS words, as often as in prose."""
        drawn = self._draw(WORDS)
        return f"{' '.join(self._words[drawn])}.".capitalize()

    def question(self) -> str:
        """One about five words that carry meaning, of which common ones are asked more often."""
        drawn = self._draw(40 * WORDS)
        words = list(dict.fromkeys(self._words[drawn[drawn >= FUNCTION_COUNT]]))[:5]
        return "Why did the {} {} in {} after the {} of {}?".format(*words)

    def vectors(self, count: int, dimension: int) -> np.ndarray:
        """Random unit vectors, shape (count, dimension)."""
        vectors = self._generator.standard_normal((count, dimension), dtype=np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def _draw(self, count: int) -> np.ndarray:
        drawn = np.searchsorted(self._cumulated, self._generator.random(count))
        return np.minimum(drawn, len(self._words) - 1)


def enlarge(folder: Path, count: int, dimension: int) -> Prose:
    """Add readings to the finished index in ``folder`` until it has ``count`` passages."""
    from histqa.stores.records import FileRecord
    from histqa.stores.sqlite.store import open_store
    from histqa.stores.sqlite.writer import IndexWriter

    with open_store(folder) as store:
        prose = Prose([store.document(one.doc_id).text for one in store.documents()])
        missing = count - store.passage_count()
    with IndexWriter(folder) as writer:
        manifest = writer.manifest
        for document, passages in _readings(prose, missing):
            vectors = prose.vectors(len(passages) * (1 + SENTENCES), dimension)
            record = FileRecord(document.path, "", "", document.doc_id)
            ours, theirs = vectors[: len(passages)], vectors[len(passages) :]
            writer.add(record, document, passages, ours, theirs)
        writer.commit(manifest)
    return prose


def _readings(prose: Prose, count: int) -> Iterator[tuple[Any, list[Any]]]:
    """Documents of PER_DOCUMENT passages, ``count`` passages in all."""
    from histqa.types import Document, Passage, Span

    for number, first in enumerate(range(0, count, PER_DOCUMENT)):
        name, passages, texts, start = f"made-up-{number:06}", [], [], 0
        for _ in range(min(PER_DOCUMENT, count - first)):
            spans, parts, position = [], [prose.sentence() for _ in range(SENTENCES)], start
            for part in parts:
                spans.append(Span(position, position + len(part)))
                position += len(part) + 1
            span, text = Span(start, position - 1), " ".join(parts)
            passages.append(Passage(name, span, text, f"Reading {number}", "", tuple(spans)))
            texts.append(text)
            start = span.end + 2
        document = Document(name, f"{name}.txt", "", f"Reading {number}")
        yield replace(document, text="\n\n".join(texts)), passages
