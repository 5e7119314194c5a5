"""Texts of many files are embedded together, and each vector ends where it belongs."""

import numpy as np
import pytest

from histqa.corpus.metadata import Metadata
from histqa.corpus.preparing import Job, Prepared, prepare
from histqa.embedders.hashing import HashingEmbedder
from histqa.index import embedding
from histqa.index.embedding import embedded
from histqa.index.facts import Facts
from histqa.types import Limits, Source

LIMITS = Limits(10_000_000, 50_000_000, 100, 100, seconds=60.0)


def file(number: int, paragraphs: int) -> Prepared:
    text = "\n\n".join(
        f"Soldier {number} of company {place} went east. He came back in 1922."
        for place in range(paragraphs)
    )
    return prepare(
        Job(Source(f"d{number}", f"{number}.txt", text.encode()), Metadata(), LIMITS, 120)
    )


@pytest.mark.parametrize("texts_at_once", [1, 7, 2000])
def test_each_vector_is_that_of_its_own_text(monkeypatch, texts_at_once):
    monkeypatch.setattr(embedding, "_TEXTS_AT_ONCE", texts_at_once)
    files = [file(number, number % 4) for number in range(1, 9)]
    embedder = HashingEmbedder()
    told: list[int] = []
    found = list(embedded(files, embedder, told.append))
    assert [one.path for one, _, _ in found] == [one.path for one in files]
    for one, passage_vectors, sentence_vectors in found:
        passages = [passage.searched_text for passage in one.passages]
        sentences = [
            passage.sentence_text(sentence)
            for passage in one.passages
            for sentence in passage.sentences
        ]
        for texts, vectors in ((passages, passage_vectors), (sentences, sentence_vectors)):
            assert vectors.shape == (len(texts), embedder.dimension)
            assert vectors.dtype == np.float32
            if texts:
                np.testing.assert_array_equal(vectors, embedder.embed(texts))
    assert sum(told) == sum(Facts.of(one).texts for one in files if one.document)


def test_nothing_to_embed_gives_nothing():
    assert list(embedded([], HashingEmbedder(), lambda _: None)) == []
