"""suggestions.toml -> the questions that a teacher would offer, and what is wrong with the file."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator
from pathlib import Path

from histqa.canonical import clean
from histqa.types import Problem

SUGGESTIONS_FILE = "suggestions.toml"
_KEY = "questions"
_CURE = f'write {_KEY} = ["Who ...?", "When ...?"]'


def load_suggestions(folder: Path) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """The questions in order, each once; what is no text is reported and left out."""
    try:
        said = tomllib.loads((folder / SUGGESTIONS_FILE).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return (), ()
    except (OSError, ValueError, RecursionError) as error:
        reason = f"cannot be read ({clean(str(error))}), so nothing in it is used"
        return (), (_problem(reason, "mend it (it must be TOML in UTF-8)"),)
    listed = said.get(_KEY, [])
    problems = [
        _problem(f"{key!r} is not known here", _nearest(key)) for key in said if key != _KEY
    ]
    if not isinstance(listed, list):
        return (), (*problems, _problem(f"{_KEY} must be a list of texts, not {listed!r}", _CURE))
    problems += [_problem(f"{one!r} is no text", _CURE) for one in listed if not _is_text(one)]
    return tuple(dict.fromkeys(_plain(listed))), tuple(problems)


def _plain(listed: list[object]) -> Iterator[str]:
    for question in listed:
        if isinstance(question, str) and _is_text(question):
            yield " ".join(clean(question).split())


def _is_text(question: object) -> bool:
    return isinstance(question, str) and bool(clean(question).strip())


def _nearest(key: str) -> str:
    close = difflib.get_close_matches(key, (_KEY,), n=1)
    return f"did you mean {close[0]}?" if close else _CURE


def _problem(reason: str, cure: str) -> Problem:
    return Problem(SUGGESTIONS_FILE, "warning", reason, cure)
