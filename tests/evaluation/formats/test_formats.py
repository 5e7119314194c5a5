"""Test-question files as people write them: understood, or named by row and column."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from histqa.errors import QuestionFileError
from histqa.evaluation.formats import FORMATS, SUFFIXES, read_questions
from histqa.evaluation.formats.columns import MEANINGS, columns_of
from histqa.evaluation.records import BadRow, Number, QuestionFile


def written(folder: Path, text: str | bytes, name: str = "exam.jsonl") -> QuestionFile:
    content = text.encode() if isinstance(text, str) else text
    (folder / name).write_bytes(content)
    return read_questions(folder / name)


def one(folder: Path, **fields: Any) -> Any:
    file = written(folder, json.dumps(fields))
    return file.questions[0] if file.questions else file.bad_rows[0]


def test_every_field_of_the_form_is_read(tmp_path: Path) -> None:
    row = {
        "id": 7,
        "question": "When did  it end?",
        "history": ["What was it?"],
        "answers": ["1922", "in 1922"],
        "numbers": ["1922:1", 5, {"value": 3, "tolerance": 0.5}],
        "quote_groups": [["left in 1922", "went in 1922"], "at last"],
        "document": "siberia",
        "pages": [3, "iv"],
        "kind": "when",
        "tags": ["easy"],
    }
    schema = json.loads(files("histqa.evaluation").joinpath("schemas/question.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(row)
    question = one(tmp_path, **row)
    assert question.id == "7"
    assert question.question == "When did it end?"
    assert question.history == ("What was it?",)
    assert question.answers == ("1922", "in 1922")
    assert question.numbers == (Number(1922, 1), Number(5), Number(3, 0.5))
    assert question.quote_groups == (("left in 1922", "went in 1922"), ("at last",))
    assert (question.document, question.pages) == ("siberia", ("3", "iv"))
    assert (question.answerable, question.kind, question.tags) == (True, "when", ("easy",))
    assert question.origin == "exam.jsonl, line 1"


def test_one_broken_line_is_named_and_the_rest_runs(tmp_path: Path) -> None:
    good, broken = '{"question": "Why?", "answerable": true}', '{"question": "Who'
    file = written(tmp_path, f'{good}\n\n{broken}\n{{"question":"When?","answer":"1922"}}')
    assert [question.question for question in file.questions] == ["Why?", "When?"]
    (bad,) = file.bad_rows
    assert bad.origin == "exam.jsonl, line 3"
    assert "one JSON object" in bad.expected


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_the_encoding_is_found(tmp_path: Path, encoding: str) -> None:
    line = '{"question": "Où est l’Amour?", "answers": ["Sibérie"]}\n'
    assert written(tmp_path, line.encode(encoding)).questions[0].question == "Où est l’Amour?"


def test_columns_are_understood_as_people_name_them() -> None:
    names = ["Question Text", "Expected quote 2", "Correct Answer", "PAGE", "In the readings?", "x"]
    meanings = [column.meaning for column in columns_of(names)]
    assert meanings == ["question", "quote_groups", "answers", "pages", "answerable", ""]


def test_no_name_of_a_column_has_two_meanings() -> None:
    meanings: dict[str, set[str]] = {}
    for meaning, names in MEANINGS.items():
        for name in names:
            meanings.setdefault("".join(filter(str.isalpha, name)), set()).add(meaning)
    assert {name: found for name, found in meanings.items() if len(found) > 1} == {}


@pytest.mark.parametrize("typed", [True, "true", " TRUE ", "Wahr", [True], ["true"]])
def test_a_truth_among_the_answers_is_yes_or_no(tmp_path: Path, typed: Any) -> None:
    assert one(tmp_path, question="Did it end?", answers=typed).answers == ("yes",)


def test_a_truth_in_a_cell_of_a_table_is_yes_or_no(tmp_path: Path) -> None:
    file = written(tmp_path, "question,answer\nDid it end?,FALSE\nWas it so?,True\n", "exam.csv")
    assert [question.answers for question in file.questions] == [("no",), ("yes",)]


def test_a_fault_is_named_by_the_name_that_the_file_gives_its_column(tmp_path: Path) -> None:
    (bad,) = written(tmp_path, "Frage;Antwort\n;1922\n", "exam.csv").bad_rows
    assert str(bad) == "exam.csv, row 2, column 'Frage': expected a question"


def test_what_is_not_seen_in_a_copied_quote_does_not_count(tmp_path: Path) -> None:
    copied = "the ha\u00adrbour of\u200b A\u0301lamo"
    assert one(tmp_path, question="Q?", quote=copied).quote_groups == (("the harbour of Álamo",),)
    assert isinstance(one(tmp_path, question="Q?", quote="\u200b"), BadRow)


def test_a_truth_beside_other_words_is_a_word(tmp_path: Path) -> None:
    assert one(tmp_path, question="Which?", answers="true|north").answers == ("true", "north")


def test_numbered_columns_add_to_each_other(tmp_path: Path) -> None:
    question = one(tmp_path, **{"question": "Q?", "quote 1": "a", "quote 2": "b | c"})
    assert question.quote_groups == (("a",), ("b", "c"))


@pytest.mark.parametrize(
    ("cell", "groups"),
    [
        ("one quote", (("one quote",),)),
        ("a | b", (("a", "b"),)),
        ("a | b || c", (("a", "b"), ("c",))),
        ("a\nb", (("a",), ("b",))),
    ],
)
def test_groups_in_one_cell(tmp_path: Path, cell: str, groups: object) -> None:
    assert one(tmp_path, question="Q?", quotes=cell).quote_groups == groups


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1920", Number(1920)),
        ("1920:5", Number(1920, 5)),
        ("1920 ± 5", Number(1920, 5)),
        ("1918..1922", Number(1920, 2)),
        ("72,000", Number(72_000)),
        ("200:10%", Number(200, 20)),
        ("-3.5", Number(-3.5)),
    ],
)
def test_numbers_as_people_write_them(tmp_path: Path, cell: str, number: Number) -> None:
    assert one(tmp_path, question="Q?", numbers=cell).numbers == (number,)


@pytest.mark.parametrize(
    ("fields", "column", "expected"),
    [
        ({"question": " ", "answer": "x"}, "question", "a question"),
        ({"question": "Q?"}, "", "answerable"),
        ({"question": "Q?", "answerable": "maybe"}, "answerable", "yes or no"),
        ({"question": "Q?", "answerable": False, "answer": "x"}, "answerable", "says both"),
        ({"question": "Q?", "numbers": "about ten"}, "numbers", "a number such as 1920"),
        ({"question": "Q?", "answer": {"a": 1}}, "answer", "a text"),
        ({"question": "Q?", "answer": "x", "page": 3}, "document", "the document"),
        ({"question": "Q?", "answerable": True, "impossible": True}, "answerable", "the opposite"),
    ],
)
def test_a_bad_row_names_the_column_and_what_was_expected(
    tmp_path: Path, fields: dict[str, Any], column: str, expected: str
) -> None:
    bad = one(tmp_path, **fields)
    assert bad.column == column
    assert expected in bad.expected
    assert "line 1" in str(bad)


def test_ids_are_unique_and_outlive_rows_that_are_added(tmp_path: Path) -> None:
    rows = '{"question":"A?","answer":"x"}\n{"question":"A?","answer":"x"}\n'
    first = [question.id for question in written(tmp_path, rows).questions]
    assert len(set(first)) == 2
    more = '{"question":"B?","answer":"x"}\n' + rows
    assert [question.id for question in written(tmp_path, more).questions][1:] == first


def test_an_id_that_stands_twice_is_a_bad_row(tmp_path: Path) -> None:
    rows = '{"id":1,"question":"A?","answer":"x"}\n{"id":1,"question":"B?","answer":"x"}\n'
    file = written(tmp_path, rows)
    assert [question.question for question in file.questions] == ["A?"]
    assert "line 1 has it too" in str(file.bad_rows[0])


def test_a_json_list_and_a_list_of_questions_are_read(tmp_path: Path) -> None:
    rows = [{"question": "A?", "answer": "x"}]
    for value in (rows, {"questions": rows}):
        assert len(written(tmp_path, json.dumps(value), "exam.json").questions) == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("exam.json", b"{}", "docs/evaluation.md"),
        ("exam.json", b"[1,\n2", "line 2"),
        ("exam.json", b"[" * 100_000, "exam.json"),
        ("exam.jsonl", b"\n", "--init"),
        ("exam.docx", b"x", ".docx is no known format"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    with pytest.raises(QuestionFileError, match="exam") as caught:
        written(tmp_path, content, name)
    assert said in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionFileError, match=r"none\.json: cannot be read"):
        read_questions(tmp_path / "none.json")


def test_every_suffix_leads_to_a_format() -> None:
    assert set(SUFFIXES.values()) <= set(FORMATS)


SQUAD = {
    "version": "v2.0",
    "data": [
        {
            "title": "Siberian_Intervention",
            "paragraphs": [
                {
                    "context": "Japan sent troops. They left in 1922. All was over.",
                    "qas": [
                        {
                            "id": "a",
                            "question": "When did they leave?",
                            "answers": [
                                {"text": "in 1922", "answer_start": 29},
                                {"text": "1922", "answer_start": 32},
                            ],
                        },
                        {
                            "id": "b",
                            "question": "Why?",
                            "answers": [],
                            "plausible_answers": [{"text": "Japan", "answer_start": 0}],
                            "is_impossible": True,
                        },
                        {"id": "c", "answers": []},
                    ],
                }
            ],
        },
        {"title": "Broken"},
    ],
}


def test_squad_becomes_questions_with_the_sentence_as_quote(tmp_path: Path) -> None:
    file = written(tmp_path, json.dumps(SQUAD), "dev.json")
    assert file.format == "squad"
    first, second = file.questions
    assert first.answers == ("in 1922", "1922")
    assert first.quote_groups == (("They left in 1922.",),)
    assert first.tags == ("Siberian Intervention",)
    assert second.answerable is False
    assert second.answers == ()
    assert len(file.bad_rows) == 2
