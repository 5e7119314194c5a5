"""docs/question-files.md names every format and suffix, and its examples run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from histqa.evaluation.formats import FORMATS, SUFFIXES
from histqa.evaluation.formats.quiz import UNANSWERABLE_TAGS

TEXT = (Path(__file__).parents[3] / "docs" / "question-files.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"```(\S+)\n(.*?)```", TEXT, re.DOTALL))
COUNTS = {"csv": 3, "yaml": 3, "gift": 8, "aiken": 1, "moodle-xml": 1, "qti": 1}


def test_every_format_and_suffix_is_named() -> None:
    named = dict(re.findall(r"^\| `(\S+)` \| ([^|]+) \|", TEXT, re.MULTILINE))
    assert set(named) == set(FORMATS)
    assert set(" ".join(named.values()).split()) - {".xml"} == set(SUFFIXES) - {".xml"}


def test_every_format_with_a_form_of_its_own_has_an_example() -> None:
    assert set(EXAMPLES) == set(COUNTS)


@pytest.mark.parametrize("format_name", COUNTS)
def test_the_examples_run(format_name: str) -> None:
    file = FORMATS[format_name]("example", EXAMPLES[format_name].encode())
    assert (file.bad_rows, file.skipped) == ((), ())
    assert len(file.questions) == COUNTS[format_name]
    assert all(column.meaning for column in file.columns)


def test_the_tags_that_mean_unanswerable_are_named() -> None:
    assert sum(f"`{tag}`" in TEXT for tag in UNANSWERABLE_TAGS) >= 2
