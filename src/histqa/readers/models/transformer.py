"""Any question-answering model or cross-encoder of the transformers library as a PassageModel.

The kind is read off ``architectures`` in the model's config.json: ``…ForQuestionAnswering`` marks
exact answers, ``…ForSequenceClassification`` scores each sentence against the question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import torch
from transformers import (
    AutoConfig,
    AutoModelForQuestionAnswering,
    AutoModelForSequenceClassification,
    AutoTokenizer,
)

from histqa.errors import ModelError
from histqa.readers.models.spans import sentence_readings
from histqa.stages import PassageModel
from histqa.types import Passage, SentenceReading

LONGEST_INPUT = 512
"""Tokens, unless the model says less."""


@lru_cache(maxsize=1)
def transformer_model(folder: Path) -> PassageModel:
    """The model in ``folder``. Raises ModelError where it is no reader or does not load."""
    try:
        kinds = AutoConfig.from_pretrained(folder, local_files_only=True).architectures or []
        make = next((KINDS[end] for end in KINDS for kind in kinds if kind.endswith(end)), None)
        if make is not None:
            return make(folder)
    except Exception as error:  # a broken model fails with whatever it meets first
        raise ModelError(
            f"reader: the model in {folder} cannot be loaded ({error}); set `reader` to the folder"
            " of a whole model"
        ) from error
    raise ModelError(
        f"reader: the model in {folder} is a {', '.join(kinds) or 'model of no known kind'}; needed"
        f' is one for {" or ".join(KINDS)}; set `reader` to such a model, or to "none"'
    )


class QuestionAnsweringModel:
    """Start and end logits; its first token stands for "no answer" (Devlin et al. 2019, 4.3)."""

    def __init__(self, folder: Path) -> None:
        self._tokenizer, self._longest = _tokenizer(folder)
        if not self._tokenizer.is_fast:
            raise ValueError("its tokenizer tells no offsets; save it as a fast one")
        self._model = AutoModelForQuestionAnswering.from_pretrained(
            folder, local_files_only=True
        ).eval()
        self._lock = Lock()

    def read(
        self, question: str, passages: Sequence[Passage]
    ) -> tuple[tuple[SentenceReading, ...], ...]:
        """For each passage a reading of each of its sentences."""
        return tuple(self._read_one(question, passage) for passage in passages)

    def _read_one(self, question: str, passage: Passage) -> tuple[SentenceReading, ...]:
        with self._lock:
            features = self._tokenizer(
                question,
                passage.text,
                truncation="longest_first",
                max_length=self._longest,
                return_offsets_mapping=True,
                return_tensors="pt",
            )
            parts = features.sequence_ids(0)
        offsets = features.pop("offset_mapping")[0].tolist()
        with torch.inference_mode():
            found = self._model(**features)
        starts, ends = (one[0].float().numpy() for one in (found.start_logits, found.end_logits))
        own = [number for number, part in enumerate(parts) if part == 1]
        nothing = float(starts[0] + ends[0])
        readings = sentence_readings(
            passage,
            [offsets[number] for number in own],
            starts[own],
            ends[own],
            np.zeros(len(own), dtype=np.float32),
            (nothing, 0.0),
        )
        return tuple(SentenceReading(one.span_odds, one.span_odds, one.span) for one in readings)


class CrossEncoderModel:
    """A score for each sentence; of several classes, the last one is "answers"."""

    def __init__(self, folder: Path) -> None:
        self._tokenizer, self._longest = _tokenizer(folder)
        self._model = AutoModelForSequenceClassification.from_pretrained(
            folder, local_files_only=True
        ).eval()
        self._lock = Lock()

    def read(
        self, question: str, passages: Sequence[Passage]
    ) -> tuple[tuple[SentenceReading, ...], ...]:
        """For each passage a reading of each of its sentences, without exact answers."""
        return tuple(self._read_one(question, passage) for passage in passages)

    def _read_one(self, question: str, passage: Passage) -> tuple[SentenceReading, ...]:
        texts = [passage.sentence_text(sentence) for sentence in passage.sentences]
        with self._lock:
            features = self._tokenizer(
                [question] * len(texts),
                texts,
                truncation="longest_first",
                max_length=self._longest,
                padding=True,
                return_tensors="pt",
            )
        with torch.inference_mode():
            logits = self._model(**features).logits.float()
        odds = logits[:, -1] - (torch.logsumexp(logits[:, :-1], 1) if logits.shape[1] > 1 else 0.0)
        return tuple(SentenceReading(one, one, None) for one in odds.tolist())


KINDS: dict[str, Callable[[Path], PassageModel]] = {
    "ForQuestionAnswering": QuestionAnsweringModel,
    "ForSequenceClassification": CrossEncoderModel,
}
"""How the name of an architecture ends -> what reads with it."""


def _tokenizer(folder: Path) -> tuple[Any, int]:
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    return tokenizer, min(LONGEST_INPUT, tokenizer.model_max_length)
