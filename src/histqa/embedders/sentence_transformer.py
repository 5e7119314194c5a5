"""A model folder of sentence-transformers -> an embedder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from histqa.errors import ModelError
from histqa.stages import Vectors
from histqa.weights import weights_sha256


class SentenceTransformerEmbedder:
    """An ``Embedder`` around any model that sentence-transformers loads from a folder.

    Any number of threads may call it at once. A text that is longer than the model reads (256
    tokens for MiniLM) is cut by the model. Raises ModelError where the folder does not load.
    """

    def __init__(self, name: str, folder: Path, *, batch_size: int) -> None:
        self._name = name
        self._batch_size = batch_size
        self._fingerprint = weights_sha256(folder)
        self._model = _loaded(name, folder)
        self._dimension = _dimension_of(name, self._model)
        # Tokenizers written in Rust refuse ("Already borrowed") when two threads enter at once.
        self._tokenizer_lock = Lock()

    @property
    def name(self) -> str:
        """What the manifest records, so that vectors of two models never mix."""
        return self._name

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the weights."""
        return self._fingerprint

    @property
    def dimension(self) -> int:
        """Length of each vector."""
        return self._dimension

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension), in the order of ``texts``."""
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        # Texts of like length share a batch, so that little of it is padding.
        order = sorted(range(len(texts)), key=lambda number: (len(texts[number]), number))
        for first in range(0, len(order), self._batch_size):
            batch = order[first : first + self._batch_size]
            vectors[batch] = self._embed_batch([_speakable(texts[number]) for number in batch])
        return vectors

    def _embed_batch(self, texts: list[str]) -> Vectors:
        with self._tokenizer_lock:
            features = self._model.preprocess(texts)
        device = self._model.device
        with torch.inference_mode():
            tensors = {
                name: value.to(device) if isinstance(value, torch.Tensor) else value
                for name, value in features.items()
            }
            embeddings = self._model(tensors)["sentence_embedding"].float()
            unit = torch.nn.functional.normalize(embeddings, p=2, dim=1)
            return np.asarray(unit.cpu().numpy(), dtype=np.float32)


def _loaded(name: str, folder: Path) -> SentenceTransformer:
    try:
        return SentenceTransformer(str(folder), local_files_only=True).eval()
    except Exception as error:  # a broken model fails with whatever it meets first
        raise ModelError(
            f"embedder: the model {name!r} in {folder} cannot be loaded ({error}); set `embedder`"
            " to the folder of a whole sentence-transformers model"
        ) from error


def _dimension_of(name: str, model: SentenceTransformer) -> int:
    dimension = model.get_embedding_dimension()
    if not dimension:
        raise ModelError(f"embedder: the model {name!r} does not say how long its vectors are")
    return int(dimension)


def _speakable(text: str) -> str:
    """``text`` without lone surrogates, which tokenizers refuse."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
