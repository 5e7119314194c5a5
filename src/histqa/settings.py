"""Settings: the one home of every default; file and environment in -> a frozen value out."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from histqa.errors import SettingsError
from histqa.types import Limits

SETTINGS_FILE = "histqa.toml"
ENVIRONMENT_PREFIX = "HISTQA_"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be tuned. ``docs/settings.md`` explains each."""

    corpus: str = "docs_corpus"
    index: str = "index"

    embedder: str = "minilm"
    reader: str = "similarity"
    composer: str = "quotes"

    passage_words: int = 120
    embedding_batch: int = 64
    max_file_megabytes: int = 200
    max_unpacked_megabytes: int = 500
    max_nesting: int = 200
    max_pages: int = 5000
    max_file_seconds: float = 300.0

    candidates: int = 100
    dense_weight: float = 0.3
    hits: int = 20
    max_words: int = 120
    answer_threshold: float = 0.5
    related_passages: int = 3
    max_question_characters: int = 2000
    max_history_turns: int = 20

    host: str = "127.0.0.1"
    port: int = 7860

    @property
    def limits(self) -> Limits:
        """The bounds on one file, in bytes and seconds."""
        return Limits(
            file_bytes=self.max_file_megabytes * 1_000_000,
            unpacked_bytes=self.max_unpacked_megabytes * 1_000_000,
            nesting=self.max_nesting,
            pages=self.max_pages,
            seconds=self.max_file_seconds,
        )

    def with_values(self, values: Mapping[str, Any], *, origin: str) -> Settings:
        """These settings with some replaced; ``origin`` names the file or variable in errors."""
        known = {field.name: type(getattr(self, field.name)) for field in fields(self)}
        checked = {}
        for name, value in values.items():
            if name not in known:
                raise SettingsError(
                    f"{origin}: unknown setting {name!r}; known settings: {', '.join(known)}"
                )
            checked[name] = _converted(name, value, known[name], origin=origin)
        settings = replace(self, **checked)
        _check_ranges(settings, origin=origin)
        return settings


def load_settings(
    folder: Path = Path(), *, environment: Mapping[str, str] = os.environ, **given: Any
) -> Settings:
    """Defaults, then ``histqa.toml`` in ``folder``, then HISTQA_* variables, then ``given``.

    Raises SettingsError for a broken file, an unknown name or a value out of range.
    """
    settings = Settings()
    path = folder / SETTINGS_FILE
    if path.is_file():
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise SettingsError(
                f"{path}: not readable as TOML ({error}); mend or remove it"
            ) from error
        settings = settings.with_values(values, origin=str(path))
    for variable, value in sorted(environment.items()):
        if variable.startswith(ENVIRONMENT_PREFIX):
            name = variable.removeprefix(ENVIRONMENT_PREFIX).lower()
            settings = settings.with_values({name: value}, origin=f"environment {variable}")
    wanted = {name: value for name, value in given.items() if value is not None}
    return settings.with_values(wanted, origin="command line")


def _converted(name: str, value: Any, wanted: type, *, origin: str) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise SettingsError(f"{origin}: {name} must be {_kind(wanted)}, not {value!r}")
    if wanted is str and not isinstance(value, str):
        raise SettingsError(f"{origin}: {name} must be {_kind(wanted)}, not {value!r}")
    if wanted is int and isinstance(value, float):
        raise SettingsError(f"{origin}: {name} must be {_kind(wanted)}, not {value!r}")
    try:
        return wanted(value)
    except ValueError as error:
        raise SettingsError(f"{origin}: {name} must be {_kind(wanted)}, not {value!r}") from error


def _kind(wanted: type) -> str:
    return {str: "a text", int: "a whole number", float: "a number"}[wanted]


def _check_ranges(settings: Settings, *, origin: str) -> None:
    at_least_one = (
        "passage_words", "embedding_batch", "max_file_megabytes", "max_unpacked_megabytes",
        "max_nesting", "max_pages", "candidates", "hits", "max_words", "max_question_characters",
    )  # fmt: skip
    for name in at_least_one:
        if getattr(settings, name) < 1:
            raise SettingsError(
                f"{origin}: {name} must be at least 1, not {getattr(settings, name)}"
            )
    for name in ("related_passages", "max_history_turns"):
        if getattr(settings, name) < 0:
            raise SettingsError(f"{origin}: {name} must not be negative")
    for name in ("dense_weight", "answer_threshold"):
        if not 0.0 <= getattr(settings, name) <= 1.0:
            raise SettingsError(
                f"{origin}: {name} must be between 0 and 1, not {getattr(settings, name)}"
            )
    if not settings.max_file_seconds > 0:
        raise SettingsError(f"{origin}: max_file_seconds must be above 0")
    if not 0 <= settings.port <= 65535:
        raise SettingsError(f"{origin}: port must be between 0 and 65535, not {settings.port}")
