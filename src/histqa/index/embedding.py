"""Prepared files -> the same with vectors: many files' texts embedded together, each text once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from histqa.corpus.preparing import Prepared
from histqa.stages import Embedder, Vectors

# Enough for batches of texts of nearly equal length, few enough to take little memory.
_TEXTS_AT_ONCE = 2_000


def embedded(
    files: Iterable[Prepared], embedder: Embedder, tell_embedded: Callable[[int], None]
) -> Iterator[tuple[Prepared, Vectors, Vectors]]:
    """Each file with the vectors of its passages and of all their sentences, in order.

    ``tell_embedded`` is called with the number of texts that were embedded since the last call.
    """
    group: list[Prepared] = []
    text_count = 0
    for file in files:
        group.append(file)
        text_count += len(_texts(file))
        if text_count >= _TEXTS_AT_ONCE:
            yield from _embedded(group, embedder)
            tell_embedded(text_count)
            group, text_count = [], 0
    yield from _embedded(group, embedder)
    tell_embedded(text_count)


def _embedded(
    group: list[Prepared], embedder: Embedder
) -> Iterator[tuple[Prepared, Vectors, Vectors]]:
    texts = [_texts(file) for file in group]
    distinct = sorted({text for some in texts for text in some}, key=lambda text: (len(text), text))
    vectors = embedder.embed(distinct) if distinct else np.empty((0, embedder.dimension))
    row_of = {text: row for row, text in enumerate(distinct)}
    for file, some in zip(group, texts, strict=True):
        rows = np.array([row_of[text] for text in some], dtype=np.intp)
        passage_count = len(file.passages)
        ours = np.asarray(vectors[rows], dtype=np.float32)
        yield file, ours[:passage_count], ours[passage_count:]


def _texts(file: Prepared) -> list[str]:
    """What is embedded of a file: first its passages with title and heading, then the sentences."""
    sentences = [
        passage.sentence_text(sentence)
        for passage in file.passages
        for sentence in passage.sentences
    ]
    return [passage.searched_text for passage in file.passages] + sentences
