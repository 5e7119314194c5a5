"""Questions to suggest <-> suggestions-<generation>.json in the index folder, only a cache."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from uuid import uuid4

from histqa.settings import Settings
from histqa.types import Suggestion

_DECIDES = ("corpus_sha256", "names", "suggestions", "model_sha256")


def read_suggestions(
    settings: Settings, manifest: Mapping[str, str], generation: int
) -> tuple[Suggestion, ...] | None:
    """What was kept for this generation, as these settings answer; None where nothing was."""
    try:
        text = (Path(settings.index) / _name(generation)).read_text(encoding="utf-8")
        kept = json.loads(text)
        if kept["mark"] != suggestions_mark(settings, manifest):
            return None
        return tuple(Suggestion(one["question"], one["reading"]) for one in kept["questions"])
    except (OSError, ValueError, LookupError, TypeError):  # none, or not ours
        return None


def write_suggestions(
    settings: Settings,
    manifest: Mapping[str, str],
    generation: int,
    suggestions: Sequence[Suggestion],
) -> None:
    """The file of this generation, complete and on the disk before it gets its name.

    Those of earlier generations are removed. Raises OSError where folder or disk do not let it.
    """
    folder = Path(settings.index)
    rows = [{"question": one.question, "reading": one.doc_id} for one in suggestions]
    kept = {"mark": suggestions_mark(settings, manifest), "questions": rows}
    temporary = folder / f"{_name(generation)}.{uuid4().hex}.writing"
    try:
        with temporary.open("x", encoding="utf-8") as file:
            json.dump(kept, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(folder / _name(generation))
    finally:
        temporary.unlink(missing_ok=True)
    for path in folder.glob("suggestions-*.json*"):
        if _generation_of(path) < generation:
            path.unlink(missing_ok=True)


def suggestions_mark(settings: Settings, manifest: Mapping[str, str]) -> str:
    """Changes with whatever decides which questions are answered, and how surely."""
    parts = [manifest.get(name, "") for name in _DECIDES]
    parts += [settings.reader, settings.composer, str(settings.answer_threshold)]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _name(generation: int) -> str:
    return f"suggestions-{generation}.json"


def _generation_of(path: Path) -> int:
    number = path.name.removeprefix("suggestions-").partition(".")[0]
    return int(number) if number.isdecimal() else 0
