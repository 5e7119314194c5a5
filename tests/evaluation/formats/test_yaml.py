"""YAML without its surprises."""

from __future__ import annotations

import time

import pytest

from histqa.errors import QuestionFileError
from histqa.evaluation.formats.yaml import read_yaml
from histqa.evaluation.records import Number


def test_values_are_texts_whatever_yaml_would_make_of_them() -> None:
    content = b"""
questions:
- id: 007
  question: When did it end?
  numbers: [1920:5, 1918..1922]
- question: Did Japan stay?
  answers: [yes]
  tags: [1918-11-11, no, ~]
- question: What did Mars do?
  answerable: no
"""
    first, second, third = read_yaml("a.yaml", content).questions
    assert (first.id, first.numbers) == ("007", (Number(1920, 5), Number(1920, 2)))
    assert (second.answers, second.tags) == (("yes",), ("1918-11-11", "no"))
    assert third.answerable is False


def test_a_plain_list_and_several_documents_are_questions_too() -> None:
    content = b"- {question: 'Who?', answer: x}\n---\nquestion: When?\nanswer: y\n---\n"
    assert [q.answers for q in read_yaml("a.yaml", content).questions] == [("x",), ("y",)]


def test_groups_of_quotes_and_history_keep_their_shape() -> None:
    content = b"""
- question: Why?
  history: ['Who came?', 'When?']
  quotes:
  - [one, another]
  - third
"""
    question = read_yaml("a.yaml", content).questions[0]
    assert question.quote_groups == (("one", "another"), ("third",))
    assert question.history == ("Who came?", "When?")


def test_a_bad_entry_is_named_by_its_line_and_the_rest_runs() -> None:
    content = b"""- question: Who?
  answer: x
- just text
- answer: y
- question: !!python/name:os.system
"""
    file = read_yaml("a.yaml", content)
    assert len(file.questions) == 1
    assert [row.origin for row in file.bad_rows] == [
        "a.yaml, line 3", "a.yaml, line 4", "a.yaml, line 5",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"- question: [a, b", "line 1"),
        (b"question\n", "no list of questions"),
        (b"answers: 1\n", "no list of questions"),
        (b"- question: &a x\n- question: *a\n", r"line 2.*alias"),
        (b"[" * 20_000, "nested too deeply"),
        (b"\t- x\n", "not YAML"),
    ],
)
def test_what_is_no_list_of_questions_is_told_with_its_place(content: bytes, says: str) -> None:
    with pytest.raises(QuestionFileError, match=says):
        read_yaml("a.yaml", content)


def test_a_bomb_of_aliases_is_refused_at_once() -> None:
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    started = time.monotonic()
    with pytest.raises(QuestionFileError, match="alias"):
        read_yaml("a.yaml", "\n".join(lines).encode())
    assert time.monotonic() - started < 5
