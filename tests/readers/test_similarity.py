"""The reader without a network: the right sentence first, questions never, confidence in 0..1."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pytest

from histqa.embedders.hashing import HashingEmbedder
from histqa.errors import ModelError
from histqa.kinds import Kind
from histqa.readers import READERS, build_reader
from histqa.readers.similarity import Calibration, is_caption
from histqa.retrieval import HybridRetriever
from histqa.settings import Settings
from histqa.stores.exact import ExactStore
from histqa.types import Document, Finding, Question

PARAGRAPHS = [
    "# Why did Japan invade Russia?",
    "Why did the troops leave Vladivostok? The campaign was costly. "
    "Japanese troops left Vladivostok in October 1922.",
    "The railway ran east of Lake Baikal. Winters were hard.",
    "The army of 72,000 men was sent by the emperor. It was the largest of all.",
]


@pytest.fixture(scope="module")
def read(
    make_document: Callable[..., Document], make_store: Callable[..., ExactStore]
) -> Callable[[str], tuple[Finding, Sequence[str]]]:
    document = make_document("d", PARAGRAPHS)
    store = make_store([document])
    retriever = HybridRetriever(store, HashingEmbedder(), 100, 0.3, 20)
    reader = build_reader(store, Settings(reader="similarity"))

    def ask(text: str) -> tuple[Finding, Sequence[str]]:
        question = Question(text, text)
        finding = reader.read(question, retriever.retrieve(question))
        return finding, [piece.span.of(document.text) for piece in finding.evidence]

    return ask


def test_the_sentence_that_answers_is_first(read: Callable[..., object]) -> None:
    assert read("When did Japanese troops leave Vladivostok?")[1][0].endswith("October 1922.")
    assert "72,000" in read("How many men did the army have?")[1][0]


def test_a_question_in_the_text_or_a_heading_is_never_evidence(read: Callable[..., object]) -> None:
    texts = read("Why did the troops leave Vladivostok?")[1]
    assert texts
    assert not any(text.endswith("?") for text in texts)


def test_a_caption_stands_behind_a_sentence(
    make_document: Callable[..., Document], make_store: Callable[..., ExactStore]
) -> None:
    caption = "Two Confederate envoys seized"
    sentence = "A Union captain seized the two Confederate envoys on the Trent."
    store = make_store([make_document("d", [caption, sentence])])
    question = Question("Who seized the Confederate envoys?", "")
    hits = HybridRetriever(store, HashingEmbedder(), 100, 0.3, 20).retrieve(question)
    reader = build_reader(store, Settings(reader="similarity"))
    evidence = reader.read(question, hits).evidence
    assert evidence[0].span.of(store.document("d").text) == sentence


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        (Kind.WHO, "Two Confederate envoys seized", True),
        (Kind.WHO, "Plate No. 12", True),
        (Kind.WHO, "The canal opened.", False),
        (Kind.WHO, "The canal opened in 1893.[3]", False),
        (Kind.WHO, "“The canal opened in 1893.”12", False),
        (Kind.WHO, "La ville fut prise en 1453. »", False),
        (Kind.WHO, "Er rief: »Ich gehe nach Berlin.«", False),
        (Kind.WHO, "日本军队于1922年撤离。", False),
        (Kind.WHO, "6 August 1945 – atomic bomb dropped on Hiroshima", True),
        (Kind.WHEN, "6 August 1945 – atomic bomb dropped on Hiroshima", False),
        (Kind.WHEN, "Hiroshima", True),
        (Kind.HOW_MANY, "Dead: 72,000", False),
        (Kind.WHO, " ".join(["word"] * 13), False),
    ],
)
def test_what_a_caption_is(kind: Kind, text: str, *, found: bool) -> None:
    assert is_caption(kind, text) == found


def test_a_question_about_something_else_is_less_likely_answered(
    read: Callable[..., object],
) -> None:
    near = read("When did Japanese troops leave Vladivostok?")[0].confidence
    far = read("What is photosynthesis in plants?")[0].confidence
    assert 0.0 <= far < near <= 1.0


def test_evidence_falls_in_score(read: Callable[..., object]) -> None:
    scores = [piece.score for piece in read("troops in October 1922")[0].evidence]
    assert scores == sorted(scores, reverse=True)


def test_nothing_in_sight_is_no_evidence(make_store: Callable[..., ExactStore]) -> None:
    reader = build_reader(make_store([]), Settings(reader="similarity"))
    assert reader.read(Question("why?", "why?"), ()) == Finding((), 0.0)


def test_the_probability_is_that_of_a_logistic_regression() -> None:
    calibration = Calibration({"top": 2.0, "lead": -1.0}, bias=0.5)
    expected = 1 / (1 + math.exp(-(0.5 + 2.0 * 1.5 - 0.25)))
    assert calibration.probability({"top": 1.5, "lead": 0.25, "other": 9}) == pytest.approx(
        expected
    )


def test_an_unknown_reader_is_named_with_the_known_ones(
    make_store: Callable[..., ExactStore],
) -> None:
    with pytest.raises(ModelError, match=f"set `reader` to one of {', '.join(READERS)}"):
        build_reader(make_store([]), Settings(reader="./oracle"))
