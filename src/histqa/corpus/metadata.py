"""readings.toml -> what the teacher says about each reading, and what is wrong with it."""

from __future__ import annotations

import datetime
import difflib
import hashlib
import tomllib
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from histqa.canonical import clean
from histqa.types import Document, Problem

METADATA_FILE = "readings.toml"
_SHOWN = ("", "whole", "passage")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What ``readings.toml`` says about one reading; "" where it says nothing."""

    title: str = ""
    author: str = ""
    date: str = ""
    kind: str = ""
    address: str = ""
    licence: str = ""
    show: str = ""

    @property
    def hash(self) -> str:
        """Changes when, and only when, something that is said changes."""
        return hashlib.sha256("\0".join(asdict(self).values()).encode()).hexdigest()

    def applied_to(self, document: Document) -> Document:
        """``document`` with what is said here in place of what its file states."""
        return replace(document, **{name: value for name, value in asdict(self).items() if value})


_KEYS = tuple(field.name for field in fields(Metadata))


def load_metadata(folder: Path) -> tuple[dict[str, Metadata], tuple[Problem, ...]]:
    """Path of a reading -> what is said about it; broken parts are reported and left out."""
    try:
        tables = tomllib.loads((folder / METADATA_FILE).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}, ()
    except (OSError, ValueError, RecursionError) as error:
        reason = f"cannot be read ({clean(str(error))}), so nothing in it is used"
        return {}, (_problem(reason, "mend it (it must be TOML in UTF-8)"),)
    said: dict[str, Metadata] = {}
    problems: list[Problem] = []
    for name, table in tables.items():
        path = _as_path(name)
        if not isinstance(table, dict):
            problems.append(_problem(f"{name!r} stands outside any table", _table_cure(name)))
        elif "." not in name and any(isinstance(value, dict) for value in table.values()):
            problems.append(_problem(f"[{name}. ...] is not the name of a file", _quotes_cure()))
        else:
            said[path] = _metadata(name, table, problems)
    return said, tuple(problems)


def said_of(path: str, said: Mapping[str, Metadata]) -> Metadata:
    """What is said about the reading at ``path``, whichever way its slashes were written."""
    return said.get(_as_path(path), Metadata())


def unknown_readings(said: Mapping[str, Metadata], paths: Collection[str]) -> tuple[Problem, ...]:
    """A warning for each reading in ``readings.toml`` that is not among ``paths``."""
    known = set(map(_as_path, paths))
    return tuple(
        _problem(f"there is no readable file {path!r}", _nearest(path, paths, "name the file"))
        for path in said
        if path not in known
    )


def _metadata(name: str, table: Mapping[str, Any], problems: list[Problem]) -> Metadata:
    values: dict[str, str] = {}
    for key, value in table.items():
        if key not in _KEYS:
            cure = _nearest(key, _KEYS, f"known are {', '.join(_KEYS)}")
            problems.append(_problem(f"{name!r}: unknown key {key!r}", cure))
        elif key == "show" and value not in _SHOWN:
            reason = f"{name!r}: show must be whole or passage, not {value!r}"
            problems.append(_problem(reason, 'write show = "passage", or leave it out'))
        elif isinstance(value, str):
            values[key] = clean(value).replace("\n", " ")
        elif key == "date" and _is_date(value):
            values[key] = value.isoformat() if hasattr(value, "isoformat") else str(value)
        else:
            wanted = "a date or a text" if key == "date" else "a text"
            reason = f"{name!r}: {key} must be {wanted}, not {value!r}"
            problems.append(_problem(reason, f'write {key} = "..."'))
    return Metadata(**values)


def _is_date(value: object) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int | datetime.date | datetime.time)


def _as_path(name: str) -> str:
    path = unicodedata.normalize("NFC", name.replace("\\", "/"))
    return path.removeprefix("./")


def _nearest(word: str, known: Collection[str], otherwise: str) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {close[0]!r}?" if close else otherwise


def _table_cure(name: str) -> str:
    return f'put it under the reading it belongs to: ["a file.txt"], then {name} = ...'


def _quotes_cure() -> str:
    return 'write the name of the file in quotes: ["folder/name.txt"]'


def _problem(reason: str, cure: str) -> Problem:
    return Problem(METADATA_FILE, "warning", reason, cure)
