"""The reader that is shipped, as it is: it reads, marks, and is the same whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from histqa.errors import ModelError
from histqa.readers.models.shipped import LONGEST_INPUT, ShippedModel, shipped_model
from histqa.types import Passage

PARAGRAPHS = [
    "In February 1904, Japan attacked the Russian naval base at Port Arthur. Russia was defeated, "
    "and the war ended with the Portsmouth Agreement.",
    "The railway ran east of the lake. Winters were hard. Most of the settlers raised cattle.",
]


@pytest.fixture(scope="module")
def model() -> ShippedModel:
    return shipped_model()


def test_the_sentence_and_the_words_that_answer_are_marked(
    model: ShippedModel, make_passages: Callable[..., tuple[Passage, ...]]
) -> None:
    passages = make_passages(PARAGRAPHS)
    (war, defeat), railway = model.read("When did Japan attack Port Arthur?", passages)
    assert war.span is not None
    assert passages[0].text[war.span.start : war.span.end] == "February 1904"
    assert war.sentence_odds > max(defeat.sentence_odds, *(one.sentence_odds for one in railway))
    assert war.span_odds > 0 > max(one.span_odds for one in railway)


def test_a_reading_does_not_depend_on_what_is_read_beside_it(
    model: ShippedModel, make_passages: Callable[..., tuple[Passage, ...]]
) -> None:
    passages = make_passages([*PARAGRAPHS, "A word. " * 60])
    together = model.read("Where did the railway run?", passages)
    alone = tuple(model.read("Where did the railway run?", [one])[0] for one in passages)
    assert together == alone


def test_every_sentence_has_a_reading_and_every_span_lies_in_its_sentence(
    model: ShippedModel, make_passages: Callable[..., tuple[Passage, ...]]
) -> None:
    long = " ".join(
        f"Sentence {number} tells of Zlín, Łódź and Ōsaka №{number}." for number in range(12)
    )
    for passage in make_passages([*PARAGRAPHS, long, "Ω.", "..."]):
        (readings,) = model.read("word " * 300, [passage])
        assert len(readings) == len(passage.sentences)
        for sentence, reading in zip(passage.sentences, readings, strict=True):
            if reading.span is not None:
                assert sentence.start <= reading.span.start < reading.span.end <= sentence.end


def test_what_is_longer_than_the_model_reads_is_cut_and_does_not_fail(
    model: ShippedModel, make_passages: Callable[..., tuple[Passage, ...]]
) -> None:
    (passage,) = make_passages([" ".join(f"extraterritoriality{n}" for n in range(100)) + "."])
    (readings,) = model.read("Why?", [passage])
    assert len(passage.text) > 4 * LONGEST_INPUT
    assert len(readings) == 1


def test_nothing_is_read_in_nothing(model: ShippedModel) -> None:
    assert model.read("Why?", []) == ()


def test_many_threads_read_the_same(
    model: ShippedModel, make_passages: Callable[..., tuple[Passage, ...]]
) -> None:
    passages = make_passages(PARAGRAPHS)
    questions = ["When was Port Arthur attacked?", "Who was defeated?", "What did settlers raise?"]
    expected = [model.read(question, passages) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        found = list(
            pool.map(lambda number: model.read(questions[number % 3], passages), range(24))
        )
    assert found == [expected[number % 3] for number in range(24)]


def test_damaged_weights_are_named_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "reader.onnx").write_bytes(b"not a model")
    with pytest.raises(ModelError, match="install histqa again") as caught:
        ShippedModel(tmp_path)
    assert str(tmp_path) in str(caught.value)
