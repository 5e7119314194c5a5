"""What every format of test questions must do, over the table of formats."""

from __future__ import annotations

import contextlib
import io
import json
import random
import zipfile
from pathlib import Path

import openpyxl
import pytest

from histqa.errors import HistqaError
from histqa.evaluation.formats import FORMATS, SUFFIXES, read_questions
from histqa.evaluation.records import Number, QuestionFile

WHO, WHEN, TRUTH, MARS = (
    "Who led it?",
    "When did it end?",
    "Japan came first.",
    "Why did Mars come?",
)
ROWS = [
    {"question": WHO, "answers": ["Radola Gajda", "Gajda"]},
    {"question": WHEN, "numbers": ["1920:5"]},
    {"question": TRUTH, "answers": ["yes"]},
    {"question": MARS, "answerable": "no"},
]
HEADER = ["question", "answers", "numbers", "answerable"]
CELLS = [
    [WHO, "Radola Gajda|Gajda", None, None], [WHEN, None, "1920:5", None],
    [TRUTH, "yes", None, None], [MARS, None, None, "no"],
]  # fmt: skip
EXPECTED = {
    WHO: (("Radola Gajda", "Gajda"), (), True),
    WHEN: ((), (Number(1920, 5),), True),
    TRUTH: (("yes",), (), True),
    MARS: ((), (), False),
}
GIFT = f"""{WHO}{{=Radola Gajda =Gajda}}

{WHEN}{{#1920:5}}

{TRUTH}{{T}}

// [tag:unanswerable]
{MARS}{{}}
"""
AIKEN = f"""{WHO}
A. Radola Gajda
B. Gajda
C. Kolchak
ANSWER: A, B

{TRUTH}
A. True
B. False
ANSWER: A
"""


def _moodle() -> str:
    def question(kind: str, text: str, answers: str, tag: str = "") -> str:
        return (
            f'<question type="{kind}"><questiontext><text>{text}</text></questiontext>{answers}'
            f"<tags><tag><text>{tag}</text></tag></tags></question>"
        )

    def answer(text: str, more: str = "") -> str:
        return f'<answer fraction="100"><text>{text}</text>{more}</answer>'

    tolerance = "<tolerance>5</tolerance>"
    return (
        "<quiz>"
        + question("shortanswer", WHO, answer("Radola Gajda") + answer("Gajda"))
        + question("numerical", WHEN, answer("1920", tolerance))
        + question("truefalse", TRUTH, answer("true"))
        + question("essay", MARS, "", "unanswerable")
        + "</quiz>"
    )


def _qti() -> str:
    def item(kind: str, text: str, response: str, tests: str) -> str:
        return (
            f"<item><itemmetadata><qmd_x/><question_type>{kind}</question_type></itemmetadata>"
            f"<presentation><material><mattext>{text}</mattext></material>{response}"
            f"</presentation><resprocessing><respcondition><conditionvar>{tests}</conditionvar>"
            "<setvar>100</setvar></respcondition></resprocessing></item>"
        )

    labels = "".join(
        f'<response_label ident="{word}"><material><mattext>{word}</mattext></material>'
        "</response_label>"
        for word in ("True", "False")
    )
    text = '<response_str ident="r"><render_fib/></response_str>'
    both = "<varequal>Radola Gajda</varequal><varequal>Gajda</varequal>"
    choice = f'<response_lid ident="r"><render_choice>{labels}</render_choice></response_lid>'
    return (
        "<questestinterop>"
        + item("short_answer_question", WHO, text, both)
        + item("numerical_question", WHEN, text, "<vargte>1915</vargte><varlte>1925</varlte>")
        + item("true_false_question", TRUTH, choice, "<varequal>True</varequal>")
        + "</questestinterop>"
    )


def _xlsx() -> bytes:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    for row in (HEADER, *CELLS):
        book.active.append(row)
    book.save(stream)
    return stream.getvalue()


def _csv() -> str:
    return "".join(";".join(cell or "" for cell in row) + "\n" for row in (HEADER, *CELLS))


def _package() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("quiz.xml", _qti())
    return stream.getvalue()


def samples() -> dict[str, bytes]:
    """Format -> a file of the common questions, those that it can express."""
    texts = {
        "jsonl": "\n".join(map(json.dumps, ROWS)),
        "json": json.dumps(ROWS),
        "csv": _csv(),
        "yaml": json.dumps(ROWS),  # JSON is YAML
        "gift": GIFT,
        "aiken": AIKEN,
        "text": GIFT,
        "moodle-xml": _moodle(),
        "qti": _qti(),
        "xml": _moodle(),
    }
    return {name: text.encode() for name, text in texts.items()} | {"xlsx": _xlsx()}


# Aiken knows options only, and neither it nor QTI 1.2 can mark a question as unanswerable.
INEXPRESSIBLE = {"aiken": {WHEN, MARS}, "qti": {MARS}}
SAMPLES = samples()
HOSTILE = {
    "empty": b"",
    "blank": b" \r\n\t\n",
    "zeros": bytes(5000),
    "random": random.Random(7).randbytes(4000),
    "a zip that is none": b"PK\x03\x04" + random.Random(8).randbytes(400),
    "a program": b"\x7fELF" + bytes(200),
    "brackets": b"[" * 20_000,
    "braces": b"{" * 20_000,
    "tags": b"<a>" * 50_000,
    "quotation marks": b'"' * 50_001,
    "commas": b"question" + b"," * 50_000,
    "one name for all": b"question" + b",answer" * 20_000,
    "one long line": b"question " * 20_000,
    "lone surrogates": b'["\\ud800"]\n{"question": "\\ud800", "answer": "\\udfff"}\n',
    "entities": b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><quiz>&d;</quiz>',
    "prose": b"Japan sent troops. They left in 1922: all was over = done.\n\nSo it was -> then.",
    "html": b"<!doctype html><html><body><p>Who? <b>x</b></body></html>",
}


def read(folder: Path, format_name: str, content: bytes) -> QuestionFile:
    path = folder / "exam.file"
    path.write_bytes(content)
    return read_questions(path, format_name=format_name)


def test_every_format_has_a_sample() -> None:
    assert set(SAMPLES) == set(FORMATS)
    assert set(SUFFIXES.values()) | {"moodle-xml"} == set(FORMATS)  # .xml is told by its root


@pytest.mark.parametrize("format_name", FORMATS)
def test_the_common_questions_are_the_same_in_every_format(
    tmp_path: Path, format_name: str
) -> None:
    file = read(tmp_path, format_name, SAMPLES[format_name])
    assert (file.bad_rows, file.skipped) == ((), ())
    found = {q.question: (q.answers, q.numbers, q.answerable) for q in file.questions}
    missing = INEXPRESSIBLE.get(format_name, set())
    assert found == {text: row for text, row in EXPECTED.items() if text not in missing}
    assert all(question.origin.startswith("exam.file, ") for question in file.questions)
    assert len({question.id for question in file.questions}) == len(file.questions)
    assert len(file.sha256) == 64


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_junk_is_told_in_words(tmp_path: Path, format_name: str, content: bytes) -> None:
    with contextlib.suppress(HistqaError):
        file = read(tmp_path, format_name, content)
        assert file.questions or file.bad_rows or file.skipped


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_file_that_was_cut_off_or_damaged_is_told_in_words(
    tmp_path: Path, format_name: str
) -> None:
    content, chance = SAMPLES[format_name], random.Random(3)
    damaged = [content[: len(content) * part // 9] for part in range(1, 9)]
    for _ in range(20):
        place = chance.randrange(len(content))
        damaged.append(content[:place] + chance.randbytes(3) + content[place + 3 :])
    for broken in [*damaged, _package()[:-30]]:
        with contextlib.suppress(HistqaError):
            read(tmp_path, format_name, broken)


@pytest.mark.parametrize("format_name", ["gift", "aiken", "moodle-xml", "qti", "csv", "xlsx"])
def test_an_empty_file_names_itself(tmp_path: Path, format_name: str) -> None:
    with pytest.raises(HistqaError, match=r"exam\.file"):
        read(tmp_path, format_name, b"")
