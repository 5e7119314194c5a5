"""The reader that comes with histqa: MPNet with a span head and a sentence head, as ONNX.

How it was made, from what, and where it fails: ``MODEL_CARD.md`` beside its weights.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from pathlib import Path
from threading import Lock

import numpy as np
import onnxruntime
from tokenizers import Encoding, Tokenizer

from histqa.errors import ModelError
from histqa.readers.models.spans import sentence_readings
from histqa.types import Passage, SentenceReading

FOLDER = Path(str(resources.files("histqa.readers.models") / "mpnet"))
LONGEST_INPUT = 256
"""Tokens of question and passage together; the rest is not read."""
LONGEST_QUESTION, LONGEST_LEAD = 48, 16
"""Tokens, as in training."""


class ShippedModel:
    """A ``PassageModel``. Any number of threads may call it at once.

    Raises ModelError where the weights are missing or damaged.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = _core_count()
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                str(folder / "reader.onnx"), options, providers=["CPUExecutionProvider"]
            )
            inputs = {one.name for one in self._session.get_inputs()}
            self._tells_segments = "token_type_ids" in inputs  # as BERT does
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._tokenizer.no_padding()
            self._tokenizer.no_truncation()
            self._begin, self._end = self._tokenizer.encode("").ids
        except Exception as error:  # both libraries raise their own kinds
            raise ModelError(
                f"reader: the model in {folder} cannot be loaded ({error}); install histqa again,"
                ' or set `reader = "none"`'
            ) from error
        self._lock = Lock()  # a tokenizer in Rust refuses two threads at once

    def read(
        self, question: str, passages: Sequence[Passage]
    ) -> tuple[tuple[SentenceReading, ...], ...]:
        """For each passage a reading of each of its sentences."""
        if not passages:
            return ()
        with self._lock:
            asked, *rest = self._tokenizer.encode_batch(
                [question, *map(_lead, passages), *(passage.text for passage in passages)],
                add_special_tokens=False,
            )
        leads, texts = rest[: len(passages)], rest[len(passages) :]
        head = [self._begin, *asked.ids[:LONGEST_QUESTION], self._end]
        return tuple(
            self._read_one(passage, head, lead.ids[:LONGEST_LEAD], text)
            for passage, lead, text in zip(passages, leads, texts, strict=True)
        )

    def _read_one(
        self, passage: Passage, head: list[int], lead: list[int], text: Encoding
    ) -> tuple[SentenceReading, ...]:
        """One passage a call: no padding to compute, and no passage's neighbours change it."""
        first = len(head) + len(lead)
        count = min(len(text.ids), LONGEST_INPUT - 1 - first)
        ids = np.array([[*head, *lead, *text.ids[:count], self._end]], dtype=np.int64)
        given = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        if self._tells_segments:
            given["token_type_ids"] = np.ones_like(ids)
            given["token_type_ids"][0, : len(head)] = 0
        (logits,) = self._session.run(None, given)
        starts, ends, tokens = logits[0, first : first + count].T
        nothing = float(logits[0, 0, 0] + logits[0, 0, 1]), float(logits[0, 0, 2])
        return sentence_readings(passage, text.offsets[:count], starts, ends, tokens, nothing)


def _core_count() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _lead(passage: Passage) -> str:
    return f"{passage.title}." if passage.title else ""


@lru_cache(maxsize=1)
def shipped_model() -> ShippedModel:
    """The one of this process: it is loaded once, however many indexes are opened."""
    return ShippedModel()
