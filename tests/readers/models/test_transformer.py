"""Any QA model or cross-encoder from a folder: tiny ones, made here with random weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from histqa.errors import ModelError
from histqa.readers import build_reader
from histqa.readers.learned import LearnedReader
from histqa.readers.models.shipped import FOLDER
from histqa.settings import Settings
from histqa.stores.exact import ExactStore
from histqa.types import Document, Passage

pytestmark = pytest.mark.slow

PARAGRAPHS = ["The war began in 1904. It ended in 1905.", "Winters were hard there."]


@pytest.fixture(scope="module")
def make_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """The name of a class of transformers -> the folder of a tiny model of it."""
    import torch
    import transformers

    def make(kind: str, **options: int) -> Path:
        folder = tmp_path_factory.mktemp(kind)
        torch.manual_seed(0)
        tokenizer = transformers.PreTrainedTokenizerFast(
            tokenizer_file=str(FOLDER / "tokenizer.json"),
            cls_token="[CLS]",
            sep_token="[SEP]",
            pad_token="[PAD]",
            unk_token="[UNK]",
            mask_token="[MASK]",
            model_max_length=64,
        )
        config = transformers.BertConfig(
            vocab_size=tokenizer.vocab_size,
            hidden_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=16,
            **options,
        )
        getattr(transformers, kind)(config).save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        return folder

    return make


@pytest.mark.parametrize(
    ("kind", "options", "marks"),
    [
        ("BertForQuestionAnswering", {}, True),
        ("BertForSequenceClassification", {"num_labels": 1}, False),
        ("BertForSequenceClassification", {"num_labels": 2}, False),
    ],
)
def test_every_sentence_gets_odds_and_qa_models_mark_words(
    make_model: Callable[..., Path],
    make_passages: Callable[..., tuple[Passage, ...]],
    kind: str,
    options: dict[str, int],
    marks: bool,
) -> None:
    from histqa.readers.models.transformer import transformer_model

    model = transformer_model(make_model(kind, **options))
    passages = make_passages([*PARAGRAPHS, "One more sentence. " * 40])
    readings = model.read("When did the war end?", passages)
    assert [len(found) for found in readings] == [len(one.sentences) for one in passages]
    assert readings == model.read("When did the war end?", passages)
    assert len(model.read("word " * 300, passages)) == len(passages)
    first, second = readings[0]
    assert first.sentence_odds != second.sentence_odds
    assert (first.span is not None) is marks
    assert (second.span is not None) is marks
    if second.span:
        assert passages[0].sentences[1].start <= second.span.start < second.span.end


def test_one_setting_replaces_the_reader(
    make_model: Callable[..., Path],
    make_document: Callable[..., Document],
    make_store: Callable[..., ExactStore],
) -> None:
    folder = make_model("BertForQuestionAnswering")
    store = make_store([make_document("d", PARAGRAPHS)])
    assert isinstance(build_reader(store, Settings(reader=str(folder))), LearnedReader)


def test_a_model_that_is_no_reader_is_named_with_what_is_needed(
    make_model: Callable[..., Path],
) -> None:
    from histqa.readers.models.transformer import transformer_model

    with pytest.raises(ModelError, match="ForQuestionAnswering or ForSequenceClassification"):
        transformer_model(make_model("BertModel"))


def test_a_broken_model_is_named(tmp_path: Path) -> None:
    from histqa.readers.models.transformer import transformer_model

    (tmp_path / "config.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match=r"cannot be loaded"):
        transformer_model(tmp_path)
