"""What the command line writes: text and JSON on stdout, remarks and progress on stderr."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from histqa.frontends.view import printable

WIDEST = 100


def make_streams_safe() -> None:
    """A character that the console's encoding lacks (cp1252, ASCII) becomes "?", not a crash.

    A stream that was closed before the start (`histqa ... >&-`) leads nowhere.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def say(text: str) -> None:
    """Write ``text``, which ends its own lines, to stdout at once."""
    sys.stdout.write(text)
    sys.stdout.flush()


def say_json(value: Mapping[str, Any]) -> None:
    """Write one JSON object; what the encoding of stdout lacks is escaped, so nothing is lost."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        text = json.dumps(value, ensure_ascii=True, indent=2)
    say(text + "\n")


def remark(text: str) -> None:
    """Tell the user something beside the output."""
    sys.stderr.write(printable(text) + "\n")
    sys.stderr.flush()


def complain(message: str) -> None:
    """One line about a fault."""
    remark(f"histqa: {message}")


def width() -> int:
    """The columns that text is wrapped to."""
    return min(shutil.get_terminal_size((WIDEST, 24)).columns, WIDEST)


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """A bar on stderr, where that is a terminal; call it with (stage, done, total)."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    )  # fmt: skip
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        tasks: dict[str, Any] = {}

        def report(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(escape(printable(stage)), total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield report
