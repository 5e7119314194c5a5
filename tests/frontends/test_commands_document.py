"""docs/commands.md shows what --help says; run this file as a script to redraw it."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path
from unittest import mock

from histqa.frontends.cli import run
from histqa.frontends.cli.commands import COMMANDS

DOCUMENT = Path(__file__).parents[2] / "docs" / "commands.md"
ACTIONS = {"feedback": ("export", "delete")}
INTRODUCTION = """\
# Commands

What `histqa --help` and `histqa COMMAND --help` say. On a fresh clone `python3 run.py COMMAND ...`
sets everything up first and then does the same; `python3 run.py ask` also brings the index up to
date (`--update`), and `python3 run.py` alone is `histqa serve`. Status codes and JSON output:
[json.md](json.md).
"""


def document() -> str:
    sections = [
        f"\n## histqa {name}".rstrip() + f"\n\n```text\n{said(name)}```\n"
        for name in ("", *COMMANDS)
        for name in (name, *(f"{name} {action}" for action in ACTIONS.get(name, ())))
    ]
    return INTRODUCTION + "".join(sections)


def said(name: str) -> str:
    output = io.StringIO()
    arguments = [*name.split(), "--help"]
    with (
        mock.patch.dict(os.environ, {"COLUMNS": "90", "NO_COLOR": "1"}),
        contextlib.redirect_stdout(output),
        contextlib.suppress(SystemExit),
    ):
        run(arguments)
    return output.getvalue()


def test_the_document_shows_what_help_says() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document()


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
