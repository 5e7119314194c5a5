"""Settings, model and corpus -> the manifest of an index, and whether an index still fits them."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib import metadata
from pathlib import Path

from histqa.settings import Settings
from histqa.stages import Embedder
from histqa.types import Alias

# Raise it when what loaders or chunking make of a file changes so much that an old index must not
# be used any more. (Lesser changes are noticed by ``code`` and mended by the next build.)
TEXT_VERSION = "1"

_MODEL_KEYS = ("model", "model_sha256", "dimension")
_LIBRARIES = (
    "faiss-cpu", "lxml", "numpy", "py3langid", "pypdf", "python-docx", "sentence-transformers",
    "sentencex", "torch", "trafilatura",
)  # fmt: skip
_DECIDES_READINGS = (
    "canonical.py", "chunking.py", "text.py", "loaders", "extraction", "corpus", "index/facts.py",
)  # fmt: skip


def wanted_manifest(settings: Settings) -> dict[str, str]:
    """The part of a manifest that an index must share with ``settings`` to be used with them."""
    return {
        "embedder": settings.embedder,
        "passage_words": str(settings.passage_words),
        "text_version": TEXT_VERSION,
    }


def build_manifest(settings: Settings) -> dict[str, str]:
    """``wanted_manifest`` and what else makes a build read every file anew: changed code."""
    return {**wanted_manifest(settings), "code": _code_hash()}


def model_manifest(embedder: Embedder) -> dict[str, str]:
    """What the manifest says of the model: the name it gives itself, its weights, its size."""
    return {
        "model": embedder.name,
        "model_sha256": embedder.fingerprint,
        "dimension": str(embedder.dimension),
    }


def kept_model(manifest: Mapping[str, str]) -> dict[str, str]:
    """``model_manifest`` as an earlier build recorded it; nothing where it recorded none."""
    return {name: manifest[name] for name in _MODEL_KEYS if name in manifest}


def made_by() -> dict[str, str]:
    """For the record only: versions of histqa, Python and the libraries."""
    return {
        "created_by": f"histqa {_version('histqa') or 'unknown'}",
        "python": sys.version.split()[0],
        "libraries": "; ".join(
            f"{name} {found}" for name in _LIBRARIES if (found := _version(name))
        ),
    }


def names_manifest(aliases: Sequence[Alias]) -> dict[str, str]:
    """What ``names.toml`` says, so that an index is enough to ask by."""
    return {"names": json.dumps([asdict(alias) for alias in aliases], ensure_ascii=False)}


def aliases_in(manifest: Mapping[str, str]) -> tuple[Alias, ...]:
    """What ``names_manifest`` was given; nothing for a manifest that does not have it."""
    return tuple(
        Alias(tuple(alias["names"]), tuple(alias["renderings"]))
        for alias in json.loads(manifest.get("names", "[]"))
    )


def suggestions_manifest(questions: Sequence[str]) -> dict[str, str]:
    """What ``suggestions.toml`` says: to be asked of the index when it is finished."""
    return {"suggestions": json.dumps(list(questions), ensure_ascii=False)}


def suggestions_in(manifest: Mapping[str, str]) -> tuple[str, ...]:
    """What ``suggestions_manifest`` was given; nothing for a manifest that does not have it."""
    return tuple(json.loads(manifest.get("suggestions", "[]")))


def limits_mark(settings: Settings) -> str:
    """Changes with the bounds on one file: what failed under others is tried again."""
    limits = settings.limits
    numbers = (limits.file_bytes, limits.unpacked_bytes, limits.nesting, limits.pages)
    return " ".join(map(str, (*numbers, limits.seconds)))


def corpus_hash(files: Iterable[tuple[str, str, str]]) -> str:
    """One hash over path, content hash and metadata hash of every file."""
    lines = "\n".join("\0".join(file) for file in sorted(files))
    return hashlib.sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()


def differences(manifest: Mapping[str, str], wanted: Mapping[str, str]) -> tuple[str, ...]:
    """What differs, each as "embedder is 'a' in the index and 'b' now"."""
    return tuple(
        f"{name} is {manifest.get(name, '')!r} in the index and {value!r} now"
        for name, value in wanted.items()
        if manifest.get(name) != value
    )


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _code_hash() -> str:
    """Of the source of everything that decides what is remembered of a file."""
    digest = hashlib.sha256()
    for path in _source_files():
        digest.update(path.name.encode() + path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def _source_files() -> Iterator[Path]:
    root = Path(__file__).parents[1]
    for name in _DECIDES_READINGS:
        part = root / name
        yield from sorted(part.rglob("*.py")) if part.is_dir() else [part]
