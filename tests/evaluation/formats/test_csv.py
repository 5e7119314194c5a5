"""CSV as spreadsheet programs of several countries write it."""

from __future__ import annotations

from pathlib import Path

import pytest

from histqa.errors import QuestionFileError
from histqa.evaluation.formats import read_questions
from histqa.evaluation.formats.csv import read_csv
from histqa.evaluation.records import Number

PLAIN = 'question,answer,quote\nWho led?,"Gajda, Radola",the Czech legion\n'


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_delimiter_and_encoding_are_found_out(delimiter: str, encoding: str, line_end: str) -> None:
    rows = [
        ["Frage", "erwartete Antwort", "Beleg", "Notiz", "Seite"],
        ["Wer führte, 1918; die Legion?", "Gajda", "die Tschechische „Legion“", "schön", "12"],
        ["Wann endete der Krieg?", "1918", "endete 1918 für die Völker Österreichs", "größer", ""],
    ]
    rows[0].append("Dokument")
    rows[1].append("krieg.pdf")
    rows[2].append("krieg.pdf")
    text = line_end.join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
    file = read_csv("fragen.csv", text.encode(encoding))
    assert file.bad_rows == ()
    assert {column.name: column.meaning for column in file.columns} == {
        "Frage": "question", "erwartete Antwort": "answers", "Beleg": "quote_groups",
        "Notiz": "", "Seite": "pages", "Dokument": "document",
    }  # fmt: skip
    first = file.questions[0]
    assert first.question == "Wer führte, 1918; die Legion?"
    assert first.quote_groups == (("die Tschechische „Legion“",),)
    assert (first.document, first.pages) == ("krieg.pdf", ("12",))


def test_excels_own_line_about_the_separator_is_obeyed() -> None:
    file = read_csv("a.csv", b"sep=;\r\nquestion;answer\r\nWho, when; where?\r\n;x\r\n")
    assert [str(row) for row in file.bad_rows]
    file = read_csv("a.csv", b"sep=|\r\nquestion|tags\r\nWho?|a,b\r\n")
    assert file.columns[1].meaning == "tags"


def test_a_quoted_cell_may_hold_line_ends_and_the_row_is_named_as_spreadsheets_do() -> None:
    file = read_csv("a.csv", b'question,quotes\n"Why\nthen?","first\nsecond|other"\nWho?,\n')
    assert file.questions[0].question == "Why then?"
    assert file.questions[0].quote_groups == (("first",), ("second", "other"))
    assert file.bad_rows[0].origin == "a.csv, row 3 (line 5)"


def test_a_row_with_a_loose_delimiter_is_bad_and_the_rest_runs() -> None:
    file = read_csv("a.csv", (PLAIN + "Who, then?,x,y\nWhen?,1918,\n").encode())
    assert [question.question for question in file.questions] == ["Who led?", "When?"]
    assert str(file.bad_rows[0]) == (
        "a.csv, row 3: expected at most 3 cells; put quotation marks around a cell that holds "
        "',', found '4 cells'"
    )


def test_an_unclosed_quotation_mark_costs_one_row() -> None:
    file = read_csv("a.csv", (PLAIN + '"Who,x,y\nWhen?,1918,\n').encode())
    assert [question.question for question in file.questions] == ["Who led?", "When?"]
    assert file.bad_rows[0].origin == "a.csv, row 3"


def test_thousands_of_unclosed_quotation_marks_are_read_in_linear_time() -> None:
    file = read_csv("a.csv", b"question,answer\n" + b'a "b\n"x"y,\n' * 3000)
    assert len(file.bad_rows) > 2000


def test_titles_above_the_header_and_blank_rows_are_passed_over() -> None:
    file = read_csv("a.csv", b"Unit 5;;\n;;\nNr;Question;Expected number\n1;When?;1920:5\n;;\n")
    assert file.questions[0].id == "1"
    assert file.questions[0].numbers == (Number(1920, 5),)
    assert file.bad_rows == ()


def test_two_columns_of_answers_add_to_each_other() -> None:
    file = read_csv("a.csv", b"Question,Answer,Answer\nWho?,Gajda,Kolchak\n")
    assert file.questions[0].answers == ("Gajda", "Kolchak")


def test_a_file_without_header_is_told_what_columns_are_called() -> None:
    with pytest.raises(QuestionFileError, match=r"a\.csv: no column of it is the question.*Who\?"):
        read_csv("a.csv", b"Who?,Gajda\nWhen?,1918\n")


def test_a_tsv_file_goes_by_its_suffix(tmp_path: Path) -> None:
    path = tmp_path / "a.tsv"
    path.write_text("pregunta\trespuesta\n¿Quién?\tGajda, Radola\n", encoding="utf-8")
    assert read_questions(path).questions[0].answers == ("Gajda, Radola",)
