"""Workbooks as people type them, made by openpyxl."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from histqa.errors import QuestionFileError
from histqa.evaluation.formats.xlsx import read_xlsx
from histqa.evaluation.records import Number, QuestionFile

Rows = Sequence[Sequence[Any]]


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def read(rows: Rows, change: Callable[[Worksheet], object] = lambda _: None) -> QuestionFile:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    change(book.active)
    return read_xlsx("a.xlsx", saved(book))


def replaced(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return stream.getvalue()


def test_titles_extra_columns_and_blank_rows_do_no_harm() -> None:
    file = read(
        [
            ["Test questions for unit 5"],
            [],
            ["No.", "Question", "Expected answer", "Points", "Evidence", "Page"],
            [1, "Who led?", "Gajda", 2.5, "the Czech legion", None],
            [],
            [None, "  ", None, 3],
            [2, "When did it end?", 1922, 1, None, None],
            [3, "", "an answer", None, None],
        ]
    )
    assert [(q.id, q.question, q.answers) for q in file.questions] == [
        ("1", "Who led?", ("Gajda",)),
        ("2", "When did it end?", ("1922",)),
    ]
    assert [str(row) for row in file.bad_rows] == [
        "a.xlsx, row 8, column 'Question': expected a question"
    ]
    assert ("Points", "") in [(column.name, column.meaning) for column in file.columns]


def test_dates_booleans_and_percentages_are_read_as_people_see_them() -> None:
    def formats(sheet: Worksheet) -> None:
        sheet["B3"].number_format = "0%"
        sheet["B5"].number_format = "yyyy"

    file = read(
        [
            ["question", "answer"],
            ["When was the armistice?", datetime.date(1918, 11, 11)],
            ["How many?", 0.25],
            ["Was it so?", True],
            ["Which year?", datetime.datetime(1922, 1, 1)],
        ],
        formats,
    )
    assert [question.answers for question in file.questions] == [
        ("11 November 1918", "November 11, 1918", "1918-11-11"),
        ("25%",),
        ("yes",),
        ("1922",),
    ]


def test_numbers_and_answerable_keep_their_types() -> None:
    file = read(
        [["question", "expected number", "tolerance", "answerable"], ["When?", 1920, 5, None],
         ["Who?", None, None, False]]
    )  # fmt: skip
    assert file.questions[0].numbers == (Number(1920, 5),)
    assert [question.answerable for question in file.questions] == [True, False]


def test_a_document_merged_over_rows_holds_for_all_of_them() -> None:
    file = read(
        [["document", "question", "answer"], ["a.pdf", "Who?", "x"], [None, "When?", "y"],
         [None, None, None], ["b.pdf", "Why?", "z"]],
        lambda sheet: sheet.merge_cells("A2:A4"),
    )  # fmt: skip
    assert [q.document for q in file.questions] == ["a.pdf", "a.pdf", "b.pdf"]
    assert file.bad_rows == ()


def test_answers_beside_a_merged_question_belong_to_it() -> None:
    file = read(
        [["question", "answer", "quote", "kind"], ["Who?", "x", "first", "who"],
         [None, "y", "second", None], ["When?", "z", None, None]],
        lambda sheet: sheet.merge_cells("A2:A3"),
    )  # fmt: skip
    assert [(q.question, q.answers, q.quote_groups) for q in file.questions] == [
        ("Who?", ("x", "y"), (("first",), ("second",))),
        ("When?", ("z",), ()),
    ]


def test_every_sheet_with_questions_is_read_and_the_others_are_told() -> None:
    book = openpyxl.Workbook()
    book.active.append(["question", "answer"])
    book.active.append(["Who?", "x"])
    notes = book.create_sheet("Notes")
    notes.append(["to do", "nothing"])
    german = book.create_sheet("Fragen")
    german.append(["Frage", "Antwort"])
    german.append(["Wer?", None])
    book.create_sheet("Empty")
    file = read_xlsx("a.xlsx", saved(book))
    assert [question.origin for question in file.questions] == ["a.xlsx, sheet 'Sheet', row 2"]
    assert [row.origin for row in file.bad_rows] == ["a.xlsx, sheet 'Fragen', row 2"]
    assert [str(sheet) for sheet in file.skipped] == [
        "a.xlsx, sheet 'Notes': skipped, no column of this sheet is the question"
    ]


def test_a_formula_counts_as_its_stored_value() -> None:
    book = openpyxl.Workbook()
    for row in (["question", "answer", "points"], ["Who?", '="Gaj"&"da"', "=1+1"]):
        book.active.append(row)
    without = saved(book)
    file = read_xlsx("a.xlsx", without)
    assert str(file.bad_rows[0]).startswith(
        "a.xlsx, row 2, column 'answer': expected a value: no result of this formula is stored"
    )
    stored = replaced(
        without,
        "xl/worksheets/sheet1.xml",
        lambda part: re.sub(
            rb'<c r="B2">(<f>.*?</f>)<v ?(?:/>|></v>)', rb'<c r="B2" t="str">\1<v>Gajda</v>', part
        ),
    )
    assert read_xlsx("a.xlsx", stored).questions[0].answers == ("Gajda",)


def test_a_formula_that_fails_makes_its_row_bad() -> None:
    def fail(sheet: Worksheet) -> None:
        sheet["B2"].value = "#REF!"
        sheet["B2"].data_type = "e"

    file = read([["question", "answer"], ["Who?", "x"], ["When?", "y"]], fail)
    assert str(file.bad_rows[0]) == (
        "a.xlsx, row 2, column 'answer': expected a value, found '#REF!'"
    )
    assert len(file.questions) == 1


def test_one_cell_at_the_far_end_of_the_sheet_does_not_hold_anything_up() -> None:
    file = read(
        [["question", "answer"], ["Who?", "x"]],
        lambda sheet: sheet.cell(1_048_576, 16_384, value="stray"),
    )
    assert len(file.questions) == 1


def test_a_workbook_without_questions_says_what_its_columns_are() -> None:
    with pytest.raises(QuestionFileError, match=r"no column of any sheet.*found Name, Mark"):
        read([["Name", "Mark"], ["Ann", 2]])


def test_entities_are_refused() -> None:
    book = openpyxl.Workbook()
    book.active.append(["question"])
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    for part in ("xl/workbook.xml", "xl/worksheets/sheet1.xml"):
        hostile = replaced(saved(book), part, lambda old: bomb + old.split(b"?>", 1)[-1])
        with pytest.raises(QuestionFileError, match="entities"):
            read_xlsx("a.xlsx", hostile)


def test_old_and_locked_workbooks_are_told_apart_from_junk() -> None:
    with pytest.raises(QuestionFileError, match="locked with a password, or made by an Excel"):
        read_xlsx("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
