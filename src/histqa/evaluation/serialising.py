"""EvaluationReport <-> JSON, as ``schemas/report.json`` describes it; nothing is lost."""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from histqa.errors import ReportError
from histqa.evaluation.records import EvaluationReport

FORMAT = "histqa-evaluation-1"
_PLAIN = frozenset((str, int, float, bool, type(None)))

T = TypeVar("T")


def as_json(value: Any) -> Any:
    """Dataclasses become objects, tuples lists, enums their values."""
    if type(value) in _PLAIN:  # nearly all values: the rest of the questions costs more
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: as_json(getattr(value, name)) for name in _fields(type(value))}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key: as_json(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [as_json(part) for part in value]
    return value


def from_json(wanted: type[T], value: Any) -> T:
    """The record of type ``wanted``; ValueError, TypeError or KeyError for another shape.

    Fields that are not known are passed over: a later version may have written them.
    """
    return cast(T, _read(wanted, value))


def report_as_json(report: EvaluationReport) -> dict[str, Any]:
    """The report as one JSON object."""
    return {"format": FORMAT, **as_json(report)}


def write_report(report: EvaluationReport, path: Path) -> None:
    """Raises ReportError where ``path`` cannot be written."""
    # Without indentation, for which the json module is four times slower.
    text = json.dumps(report_as_json(report), ensure_ascii=False, allow_nan=False)
    write_text(path, text + "\n")


def write_text(path: Path, text: str) -> None:
    """Raises ReportError where ``path`` cannot be written."""
    try:
        path.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        raise ReportError(
            f"{path}: cannot be written ({error.strerror or error}); check folder and rights"
        ) from error


def read_report(path: Path) -> EvaluationReport:
    """The report of an earlier run. Raises ReportError for anything else, with the cure."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReportError(
            f"{path}: cannot be read ({error.strerror or error}); name a file that "
            "`histqa eval --json` wrote"
        ) from error
    except (ValueError, RecursionError) as error:
        raise ReportError(
            f"{path}: not JSON ({error}); name a file that `histqa eval --json` wrote"
        ) from error
    found = value.get("format") if isinstance(value, dict) else None
    if found != FORMAT:
        raise ReportError(
            f"{path}: not an evaluation report of this version (format {found!r}, not {FORMAT!r}); "
            "make it anew with `histqa eval --json`"
        )
    try:
        return from_json(EvaluationReport, value)
    except (KeyError, TypeError, ValueError) as error:
        raise ReportError(
            f"{path}: the report is incomplete ({error!r}); make it anew with `histqa eval --json`"
        ) from error


@cache
def _fields(record: type) -> dict[str, Any]:
    return {
        field.name: hint
        for field, hint in zip(dataclasses.fields(record), _hints(record), strict=True)
    }


def _hints(record: type) -> Sequence[Any]:
    hints = typing.get_type_hints(record)
    return [hints[field.name] for field in dataclasses.fields(record)]


def _read(wanted: Any, value: Any) -> Any:
    origin = typing.get_origin(wanted)
    if dataclasses.is_dataclass(wanted):
        known = _fields(cast(type, wanted))
        return wanted(  # type: ignore[operator]
            **{name: _read(hint, value[name]) for name, hint in known.items() if name in value}
        )
    if origin is tuple:
        return _tuple(typing.get_args(wanted), value)
    if origin is types.UnionType:
        return value
    if origin is not None and issubclass(origin, Mapping):
        return {str(key): part for key, part in value.items()}
    if wanted is float:
        return float(value)
    return wanted(value) if issubclass(wanted, Enum) else _same(wanted, value)


def _tuple(members: tuple[Any, ...], value: Sequence[Any]) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise TypeError(f"a list was expected, not {value!r}")
    if members[-1] is Ellipsis:
        return tuple(_read(members[0], part) for part in value)
    return tuple(_read(member, part) for member, part in zip(members, value, strict=True))


def _same(wanted: type, value: Any) -> Any:
    if not isinstance(value, wanted):
        raise TypeError(f"{wanted.__name__} was expected, not {value!r}")
    return value
