"""Settings: the one home of every default; file and environment in -> a frozen value out."""

from __future__ import annotations

import os
import re
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
    reader: str = "mpnet"
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
    passages_read: int = 6
    max_words: int = 120
    answer_threshold: float = 0.1
    related_passages: int = 3
    max_question_characters: int = 2000
    max_history_turns: int = 20

    host: str = "127.0.0.1"
    port: int = 7860
    language: str = "en"
    feedback: str = "feedback/votes.sqlite"
    feedback_days: int = 365

    root_path: str = ""
    trusted_proxies: str = "127.0.0.1"

    access: str = "open"
    secret: str = ""
    secret_file: str = "histqa.secret"
    context_words: int = 60
    page_picture_seconds: float = 10.0
    allowed_origins: str = ""

    questions_per_minute: int = 120
    questions_at_once: int = 8
    questions_waiting: int = 64
    answer_seconds: float = 30.0
    request_log: str = "off"

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

    @property
    def origins(self) -> tuple[str, ...]:
        """The sites that may frame and call the server, beside itself."""
        return tuple(self.allowed_origins.replace(",", " ").split())

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
            values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except (ValueError, RecursionError, OSError) as error:
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
    fault = f"{origin}: {name} must be {_KINDS[wanted]}, not {value!r}"
    if isinstance(value, bool) or not isinstance(value, _ACCEPTED[wanted]):
        raise SettingsError(fault)
    try:
        return wanted(value)
    except (ValueError, OverflowError) as error:
        raise SettingsError(fault) from error


_KINDS = {str: "a text", int: "a whole number", float: "a number"}
_ACCEPTED = {str: (str,), int: (str, int), float: (str, int, float)}
_MANY = 1_000_000_000
_A_DAY = 86_400

RANGES = {
    "passage_words": (1, _MANY),
    "embedding_batch": (1, _MANY),
    "max_file_megabytes": (1, _MANY),
    "max_unpacked_megabytes": (1, _MANY),
    "max_nesting": (1, _MANY),
    "max_pages": (1, _MANY),
    "max_file_seconds": (0.001, _A_DAY),
    "candidates": (1, _MANY),
    "dense_weight": (0, 1),
    "hits": (1, _MANY),
    "passages_read": (1, _MANY),
    "max_words": (1, _MANY),
    "answer_threshold": (0, 1),
    "related_passages": (0, _MANY),
    "max_question_characters": (1, _MANY),
    "max_history_turns": (0, _MANY),
    "port": (0, 65_535),
    "feedback_days": (0, 36_500),
    "context_words": (0, 1_000),
    "page_picture_seconds": (0, _A_DAY),
    "questions_per_minute": (0, _MANY),
    "questions_at_once": (1, 1_000),
    "questions_waiting": (0, _MANY),
    "answer_seconds": (0.001, _A_DAY),
}
"""The least and the most that each number may be."""

CHOICES = {"access": ("open", "link"), "request_log": ("off", "requests", "questions")}
"""What a text may be, where only a few are understood."""

_ORIGIN = re.compile(r"https?://(?:[\w-]+(?:\.[\w-]+)*|\[[0-9a-f:]+\])(?::\d{1,5})?", re.ASCII)
_ROOT_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)*")


def _check_ranges(settings: Settings, *, origin: str) -> None:
    for name, (least, most) in RANGES.items():
        value = getattr(settings, name)
        if not least <= value <= most:  # also where it is not a number (NaN)
            raise SettingsError(
                f"{origin}: {name} must be between {least:,} and {most:,}, not {value}"
            )
    _check_texts(settings, origin=origin)
    for name in ("corpus", "index"):
        if not getattr(settings, name).strip():
            raise SettingsError(
                f'{origin}: {name} must not be empty: name a folder, or "." for the current one'
            )


def _check_texts(settings: Settings, *, origin: str) -> None:
    for name, choices in CHOICES.items():
        value = getattr(settings, name)
        if value not in choices:
            raise SettingsError(f"{origin}: {name} must be {' or '.join(choices)}, not {value!r}")
    for site in settings.origins:
        if not _ORIGIN.fullmatch(site):
            raise SettingsError(
                f"{origin}: allowed_origins: {site!r} is no origin; write it as "
                "https://moodle.example.edu, without a path"
            )
    if not _ROOT_PATH.fullmatch(settings.root_path):
        raise SettingsError(
            f"{origin}: root_path must be empty or like /histqa, not {settings.root_path!r}"
        )
