"""Aiken, the plainest of the formats of quizzes."""

from __future__ import annotations

import pytest

from histqa.errors import QuestionFileError
from histqa.evaluation.formats.aiken import read_aiken
from histqa.evaluation.records import QuestionFile


def read(text: str) -> QuestionFile:
    return read_aiken("a.txt", text.encode())


def test_questions_with_both_ways_of_writing_options() -> None:
    file = read(
        "Who led the legion?\nA. Kolchak\nB. Gajda\nANSWER: B\n\n"
        "When did\nit end?\na) 1918\nb) 1922\nAnswer: b.\n"
        "Japan came in 1918.\nA. True\nB. False\nANSWER: A\n"
        "Who sent troops?\nA. Japan\nB. Brazil\nC. France\nANSWER: A, C\n"
    )
    assert file.bad_rows == ()
    assert [(q.question, q.answers) for q in file.questions] == [
        ("Who led the legion?", ("Gajda",)),
        ("When did it end?", ("1922",)),
        ("Japan came in 1918.", ("yes",)),
        ("Who sent troops?", ("Japan", "France")),
    ]
    assert file.questions[1].origin == "a.txt, line 6"


def test_a_question_may_begin_like_an_option() -> None:
    file = read("A. J. P. Taylor wrote what?\nA. x\nB. y\nANSWER: A\n")
    assert file.questions[0].question == "A. J. P. Taylor wrote what?"


@pytest.mark.parametrize(
    ("broken", "column", "says"),
    [
        ("Who?\nA. x\nB. y\n", "", "then \"ANSWER: A\""),
        ("Who?\nA. x\nB. y\nANSWER: D\n", "ANSWER", "one of A, B"),
        ("Who?\nA. x\nB. y\nANSWER:\n", "ANSWER", "one of A, B"),
        ("Who?\nANSWER: A\n", "", 'lines such as "A. option"'),
        ("ANSWER: A\n", "", 'lines such as "A. option"'),
    ],
)  # fmt: skip
def test_a_broken_question_is_named_and_the_rest_runs(broken: str, column: str, says: str) -> None:
    good = "When?\nA. 1918\nB. 1922\nANSWER: A\n"
    file = read(f"{good}\n{broken}\n{good.replace('When', 'Since when')}")
    assert [question.question for question in file.questions] == ["When?", "Since when?"]
    (bad,) = file.bad_rows
    assert (bad.origin, bad.column) == ("a.txt, line 6", column)
    assert says in bad.expected


def test_a_question_at_the_end_without_answer_is_bad() -> None:
    file = read("When?\nA. 1918\nB. 1922\nANSWER: A\nWho?\nA. x\n")
    assert file.bad_rows[0].origin == "a.txt, line 5"


def test_a_text_without_answers_is_no_aiken() -> None:
    with pytest.raises(QuestionFileError, match="not Aiken"):
        read("Who came?\nA. Japan\n")
