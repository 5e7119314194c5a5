"""Moodle XML as its question bank exports it."""

from __future__ import annotations

import pytest

from histqa.errors import QuestionFileError
from histqa.evaluation.formats.moodle import read_moodle
from histqa.evaluation.records import Number, QuestionFile


def question(kind: str, text: str, answers: str = "", *, name: str = "", more: str = "") -> str:
    return f"""
  <question type="{kind}">
    <name><text>{name or kind}</text></name>
    <questiontext format="html"><text><![CDATA[<p>{text}</p>]]></text></questiontext>
    <generalfeedback format="html"><text></text></generalfeedback>
    {answers}{more}
  </question>"""


def answer(text: str, fraction: str = "100", more: str = "") -> str:
    return (
        f'<answer fraction="{fraction}" format="html"><text><![CDATA[{text}]]></text>'
        f"<feedback><text>so so</text></feedback>{more}</answer>"
    )


def read(*questions: str) -> QuestionFile:
    text = '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>' + "".join(questions) + "\n</quiz>"
    return read_moodle("a.xml", text.encode())


CATEGORY = """<question type="category"><category>
<text>$course$/top/Default for HIST1/War</text></category></question>"""


def test_an_export_is_read_whole() -> None:
    file = read(
        CATEGORY,
        question("shortanswer", "Who <b>led</b>&nbsp;it?", answer("Gajda") + answer("R*", "50")),
        question("numerical", "When?",
                 answer("1920", more="<tolerance>5</tolerance>") + answer("*", "50")),
        question("truefalse", "Japan came.", answer("true", "0") + answer("false")),
        question("multichoice", "Where?", answer("<p>Omsk</p>") + answer("Kazan", "-33.33333")),
        question("essay", "Discuss."),
        question("description", "Read this."),
        question("cloze", "It was {1:SHORTANSWER:=so}."),
        question("kprime", "Rate these."),
    )  # fmt: skip
    assert file.bad_rows == ()
    assert [(q.id, q.question, q.answers, q.numbers) for q in file.questions] == [
        ("shortanswer", "Who led it?", ("Gajda",), ()),
        ("numerical", "When?", (), (Number(1920, 5),)),
        ("truefalse", "Japan came.", ("no",), ()),
        ("multichoice", "Where?", ("Omsk",), ()),
    ]
    assert {question.tags for question in file.questions} == {("War",)}
    assert [skip.question for skip in file.skipped] == [
        "Discuss.", "Read this.", "It was {1:SHORTANSWER:=so}.", "Rate these.",
    ]  # fmt: skip
    assert "'kprime'" in file.skipped[3].reason


def test_tags_and_id_numbers_are_kept() -> None:
    more = "<idnumber>h-7</idnumber><tags><tag><text>dates</text></tag></tags>"
    (found,) = read(question("shortanswer", "Who?", answer("x"), more=more)).questions
    assert (found.id, found.tags) == ("h-7", ("dates",))


def test_matching_of_whole_questions_becomes_questions() -> None:
    pairs = "".join(
        f'<subquestion format="html"><text><![CDATA[<p>{part}</p>]]></text>'
        f"<answer><text>{right}</text></answer></subquestion>"
        for part, right in (("When did it begin?", "1914"), ("When did it end?", "1918"), ("", "x"))
    )
    file = read(question("matching", "Match.", pairs, name="M"))
    assert [(q.id, q.question, q.answers) for q in file.questions] == [
        ("M / 1", "When did it begin?", ("1914",)),
        ("M / 2", "When did it end?", ("1918",)),
    ]


def test_embedded_files_are_left_out_however_large() -> None:
    picture = f'<file name="a.png" encoding="base64">{"QUJD" * 3_000_000}</file>'
    text = question("shortanswer", 'Who? <img src="@@PLUGINFILE@@/a.png" alt="a map">', answer("x"))
    (found,) = read(text.replace("]]></text></q", f"]]></text>{picture}</q")).questions
    assert found.question == "Who?"


def test_a_question_with_a_wrong_part_is_named_and_the_rest_runs() -> None:
    file = read(
        question("numerical", "When?", answer("soon")),
        question("multichoice", "Where?", answer("Omsk", "0")),
        question("shortanswer", "", answer("x")),
        question("shortanswer", "Who?", answer("x", "all")),
        question("shortanswer", "Whose?", answer("y")),
    )
    assert [found.question for found in file.questions] == ["Whose?"]
    assert [row.origin for row in file.bad_rows] == [
        "a.xml, question 1 (line 3)", "a.xml, question 2 (line 9)",
        "a.xml, question 3 (line 15)", "a.xml, question 4 (line 21)",
    ]  # fmt: skip


def test_scripts_and_styles_in_the_text_are_no_words_of_it() -> None:
    text = "A<style>p{}</style><script>x()</script><!-- c -->b <sup>c</sup>d<br>e&amp;f &lt;g&gt;"
    (found,) = read(question("shortanswer", text, answer("x"))).questions
    assert found.question == "A b cd e&f <g>"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<quiz><question type='essay'>", "not whole XML"),
        (b"<html></html>", "begins with <html>"),
        (b'<!DOCTYPE q [<!ENTITY a "x">]><quiz>&a;</quiz>', "entities"),
        (b'<!DOCTYPE q [<!ENTITY a SYSTEM "file:///etc/passwd">]><quiz>&a;</quiz>', "entities"),
        (b"<quiz>" + b"<a>" * 5000, "not whole XML"),
    ],
)
def test_broken_foreign_and_hostile_files_are_refused(content: bytes, says: str) -> None:
    with pytest.raises(QuestionFileError, match=says):
        read_moodle("a.xml", content)


def test_html_nested_without_end_makes_a_bad_row() -> None:
    file = read(question("shortanswer", "<div>" * 5000, answer("x")))
    assert "nested too deeply" in file.bad_rows[0].expected
