"""names.toml -> the names that mean the same in the readings, and what is wrong with the file."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from histqa.canonical import clean
from histqa.text import carries_meaning
from histqa.types import Alias, Problem

NAMES_FILE = "names.toml"
_TABLE = "name"
_KEYS = ("names", "renderings")
_CURE = 'write it as [[name]] and, below, names = ["one name", "another"]'


def load_aliases(folder: Path) -> tuple[tuple[Alias, ...], tuple[Problem, ...]]:
    """The entries in order; an entry with a mistake is reported and left out."""
    try:
        tables = tomllib.loads((folder / NAMES_FILE).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return (), ()
    except (OSError, ValueError, RecursionError) as error:
        reason = f"cannot be read ({clean(str(error))}), so nothing in it is used"
        return (), (_problem(reason, "mend it (it must be TOML in UTF-8)"),)
    problems = [
        _problem(f"{key!r} is not known here", _nearest(key, (f"[[{_TABLE}]]",), _CURE))
        for key in tables
        if key != _TABLE
    ]
    entries = tables.get(_TABLE, [])
    if not isinstance(entries, list):
        return (), (*problems, _problem(f"[{_TABLE}] is one table, not a list of them", _CURE))
    aliases = []
    for number, entry in enumerate(entries, 1):
        found = list(_mistakes(f"entry {number}", entry))
        problems += found
        if not found:
            aliases.append(Alias(*(tuple(map(_plain, entry.get(key, ()))) for key in _KEYS)))
    return tuple(aliases), tuple(problems)


def _mistakes(place: str, entry: object) -> list[Problem]:
    """What is wrong with one entry, the number of which ``place`` gives."""
    if not isinstance(entry, dict):
        return [_problem(f"{place} is no table", _CURE)]
    if unknown := [key for key in entry if key not in _KEYS]:
        cure = _nearest(unknown[0], _KEYS, f"known are {', '.join(_KEYS)}")
        return [_problem(f"{place}: unknown key {unknown[0]!r}", cure)]
    for key in _KEYS:
        if mistake := _mistake(entry.get(key, [])):
            return [_problem(f"{place}: {key} {mistake}", f'write {key} = ["...", "..."]')]
    if not entry.get("names") or _count(entry) < 2:
        return [_problem(f"{place} has fewer than two names for its thing", _CURE)]
    return []


def _mistake(names: object) -> str:
    """Why ``names`` is no list of names, "" where it is one."""
    if not isinstance(names, list):
        return f"must be a list of texts, not {names!r}"
    for name in names:
        if not isinstance(name, str):
            return f"must hold texts only, not {name!r}"
        if not carries_meaning(name):
            return f"has {name!r}, which any question may have"
    return ""


def _count(entry: Mapping[str, Any]) -> int:
    return len({_plain(name).casefold() for key in _KEYS for name in entry.get(key, [])})


def _plain(name: str) -> str:
    return " ".join(clean(name).split())


def _nearest(word: str, known: Collection[str], otherwise: str) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {close[0]}?" if close else otherwise


def _problem(reason: str, cure: str) -> Problem:
    return Problem(NAMES_FILE, "warning", reason, cure)
