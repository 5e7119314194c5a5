"""What suggestions.toml says, and what is said of its mistakes."""

from pathlib import Path

import pytest

from histqa.corpus.suggestions import load_suggestions
from histqa.types import Problem


def loaded(folder: Path, text: str) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    (folder / "suggestions.toml").write_text(text, encoding="utf-8")
    return load_suggestions(folder)


def test_no_file_says_nothing(tmp_path: Path) -> None:
    assert load_suggestions(tmp_path) == ((), ())


def test_questions_are_read_in_order_each_once(tmp_path: Path) -> None:
    text = 'questions = ["Who  ruled?", "When?", "Who ruled?", "Wh\\u202Ey?"]'
    assert loaded(tmp_path, text) == (("Who ruled?", "When?", "Why?"), ())


@pytest.mark.parametrize(
    ("text", "kept", "reason", "cure"),
    [
        ("questions = [\n", (), "cannot be read", "TOML in UTF-8"),
        ('question = ["Who?"]', (), "'question' is not known here", "did you mean questions?"),
        ('questions = "Who?"', (), "must be a list", 'questions = ["'),
        ('questions = ["Who?", 7]', ("Who?",), "7 is no text", 'questions = ["'),
        ('questions = ["Who?", " "]', ("Who?",), "' ' is no text", 'questions = ["'),
    ],
)
def test_a_mistake_is_named_with_its_cure_and_the_rest_is_used(
    tmp_path: Path, text: str, kept: tuple[str, ...], reason: str, cure: str
) -> None:
    questions, (problem,) = loaded(tmp_path, text)
    assert questions == kept
    assert (problem.path, problem.severity) == ("suggestions.toml", "warning")
    assert reason in problem.reason
    assert cure in problem.cure
