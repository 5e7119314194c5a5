"""The reader with a model: what the model says is added to similarity, never alone in charge."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from histqa.embedders.hashing import HashingEmbedder
from histqa.readers import build_reader
from histqa.readers.learned import (
    MOST_SURE,
    LearnedReader,
    Weights,
    squashed,
)
from histqa.readers.similarity import Calibration
from histqa.retrieval import HybridRetriever
from histqa.settings import Settings
from histqa.stores.exact import ExactStore
from histqa.types import Document, Finding, Hit, Passage, Question, SentenceReading, Span

PARAGRAPHS = [
    "Japanese troops stayed in Vladivostok. The harbour of Vladivostok was closed. "
    "The fleet left in 1922.",
    "Japanese troops in Vladivostok were costly. Winters were hard in Vladivostok.",
    "The railway ran east of the lake.",
]
SURE, UNSURE = 4.0, -4.0


class WordModel:
    """Holds a sentence to answer when it has ``word``, and marks that word."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.passages_read = 0

    def read(
        self, question: str, passages: Sequence[Passage]
    ) -> tuple[tuple[SentenceReading, ...], ...]:
        self.passages_read += len(passages)
        return tuple(
            tuple(self._of(passage, sentence) for sentence in passage.sentences)
            for passage in passages
        )

    def _of(self, passage: Passage, sentence: Span) -> SentenceReading:
        place = passage.text.find(
            self.word, sentence.start - passage.span.start, sentence.end - passage.span.start
        )
        if place < 0:
            return SentenceReading(UNSURE, UNSURE, Span(sentence.start, sentence.start + 1))
        start = passage.span.start + place
        return SentenceReading(SURE, SURE, Span(start, start + len(self.word)))


@pytest.fixture(scope="module")
def document(make_document: Callable[..., Document]) -> Document:
    return make_document("d", PARAGRAPHS)


@pytest.fixture(scope="module")
def store(document: Document, make_store: Callable[..., ExactStore]) -> ExactStore:
    return make_store([document])


def weights(**signals: float) -> Weights:
    return Weights(1.0, 1.0, -1.0, Calibration(signals, 0.0))


def read(store: ExactStore, model: WordModel, text: str, *, passages: int = 12) -> Finding:
    confidence = weights(first_span_odds=1.0, holds=1.0)
    reader = LearnedReader(store, model, confidence, passages)
    return reader.read(Question(text, text), hits(store, text))


def hits(store: ExactStore, text: str) -> tuple[Hit, ...]:
    return HybridRetriever(store, HashingEmbedder(), 100, 0.3, 20).retrieve(Question(text, text))


def test_what_the_model_finds_comes_first_with_its_words(
    store: ExactStore, document: Document
) -> None:
    first, *_ = read(
        store, WordModel("1922"), "When did Japanese troops leave Vladivostok?"
    ).evidence
    assert first.span.of(document.text) == "The fleet left in 1922."
    assert first.short is not None
    assert first.short.of(document.text) == "1922"


def test_a_model_that_finds_nothing_leaves_the_order_to_similarity(store: ExactStore) -> None:
    asked = "Japanese troops in Vladivostok"
    nothing, something = (read(store, WordModel(word), asked) for word in ("nowhere", "costly"))
    similar = build_reader(store, Settings(reader="none")).read(
        Question(asked, asked), hits(store, asked)
    )
    order = [piece.span for piece in similar.evidence]
    assert len(order) > 1
    assert [piece.span for piece in nothing.evidence if piece.span in order] == order
    assert nothing.confidence < something.confidence


def test_a_question_of_time_without_a_time_in_the_answer_is_less_sure(store: ExactStore) -> None:
    asked = "When did Japanese troops leave Vladivostok?"
    assert (
        read(store, WordModel("1922"), asked).confidence
        > read(store, WordModel("harbour"), asked).confidence
    )


def test_only_the_first_hits_are_read(store: ExactStore) -> None:
    model = WordModel("1922")
    finding = read(store, model, "Japanese troops in Vladivostok", passages=1)
    assert model.passages_read == 1
    assert any(piece.short is None for piece in finding.evidence)


def test_an_exact_answer_that_the_model_is_not_sure_of_is_not_shown(store: ExactStore) -> None:
    sure, unsure = (
        read(store, WordModel(word), "When did Japanese troops leave Vladivostok?").evidence[0]
        for word in ("1922", "nowhere")
    )
    assert sure.short is not None
    assert unsure.short is None


def test_a_caption_proves_nothing(
    make_document: Callable[..., Document], make_store: Callable[..., ExactStore]
) -> None:
    asked = "Who was Tanaka the cook?"
    caption, claim = "Captain Tanaka of the fleet", "Captain Tanaka of the fleet cooked."

    def confidence(last: str, word: str) -> float:
        store = make_store([make_document("d", [*PARAGRAPHS, last])])
        return read(store, WordModel(word), asked).confidence

    assert confidence(caption, "Tanaka") == confidence(caption, "nowhere")
    assert confidence(claim, "Tanaka") > confidence(claim, "nowhere")


def test_a_line_of_a_timeline_proves_its_date(
    make_document: Callable[..., Document], make_store: Callable[..., ExactStore]
) -> None:
    store = make_store([make_document("d", [*PARAGRAPHS, "Captain Tanaka returned 1925"])])
    asked = "When did Captain Tanaka return?"
    sure, unsure = (read(store, WordModel(word), asked) for word in ("1925", "nowhere"))
    assert sure.confidence > unsure.confidence


def test_nothing_found_is_no_evidence_and_no_confidence(store: ExactStore) -> None:
    reader = LearnedReader(store, WordModel("1922"), weights(), 12)
    assert reader.read(Question("x", "x"), ()) == Finding((), 0.0)


@pytest.mark.parametrize(("odds", "value"), [(0.0, 0.0), (4.0, 0.5), (99.0, 1.0), (-99.0, -1.0)])
def test_odds_beyond_certainty_are_certainty(odds: float, value: float) -> None:
    assert squashed(odds) == value
    assert squashed(MOST_SURE) == 1.0


def test_the_shipped_weights_are_whole() -> None:
    shipped = Weights.shipped()
    assert shipped.sentence > 0
    assert shipped.unread < 0
    assert {"sentence_odds", "span_odds", "holds", "top"} <= set(shipped.confidence.weights)
