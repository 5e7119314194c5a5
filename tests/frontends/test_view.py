"""What front ends show of answers and reports."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from importlib.resources import files

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from histqa.frontends import view
from histqa.types import (
    Answer,
    Document,
    Heading,
    IndexReport,
    Page,
    Problem,
    Quote,
    Span,
    Verdict,
)

TEXT = "The war ended in 1918.\n\nTroops stayed.\nThey left in 1922."
DOCUMENT = Document(
    doc_id="siberia",
    path="siberia.pdf",
    text=TEXT,
    title="The Siberian Intervention",
    pages=(Page(1, "xi", Span(0, 40)), Page(2, "", Span(40, len(TEXT)))),
    headings=(Heading("The war ended in 1918.", 1, Span(0, 22)),),
)
PLAIN = Document(doc_id="plain", path="plain.txt", text=TEXT, title="")


def quote(document: Document = DOCUMENT, start: int = 24, end: int = len(TEXT)) -> Quote:
    return Quote.cut(document, Span(start, end), score=0.5)


def answered(*quotes: Quote, text: str = "", **others: object) -> Answer:
    values = {
        "question": "When did they leave?",
        "understood_as": "When did they leave?",
        "verdict": Verdict.ANSWERED,
        "text": text or "\n\n".join(f"“{q.text}” [{n}]" for n, q in enumerate(quotes, 1)),
        "confidence": 0.8,
        "quotes": quotes,
    }
    return Answer(**{**values, **others})  # type: ignore[arg-type]


NOT_FOUND = answered(
    text="The readings do not say.", verdict=Verdict.NOT_FOUND, quotes=(), related=(quote(),)
)
REPORT = IndexReport(
    files=3, readings=1, pages=2, empty_pages=1, words=1234, passages=7, added=1, changed=0,
    removed=2, unchanged=0, seconds=1.25,
    problems=(Problem("a\x1b[2Jb.pdf", "error", "is encrypted", "Save it without."),),
)  # fmt: skip


def test_a_place_names_title_heading_and_the_pages_as_printed() -> None:
    assert view.place(quote()) == ("The Siberian Intervention · The war ended in 1918. · pp. xi–2")
    assert view.place(quote(start=24, end=30)).endswith(" · p. xi")


def test_a_place_without_pages_names_the_paragraph_and_without_a_title_the_reading() -> None:
    assert view.place(quote(PLAIN)) == "plain · paragraph 2"


def test_a_heading_that_is_the_title_is_not_said_twice() -> None:
    document = replace(DOCUMENT, title="The war ended in 1918.")
    assert view.place(quote(document)) == "The war ended in 1918. · pp. xi–2"


@pytest.mark.parametrize("answer", [answered(quote(), quote(PLAIN, 0, 5)), NOT_FOUND])
def test_answers_are_as_their_schema_says(answer: Answer) -> None:
    value = json.loads(json.dumps(view.answer_as_json(answer)))
    jsonschema.validate(value, schema("answer"))
    for part in (*value["quotes"], *value["related"]):
        assert TEXT[part["start"] : part["end"]] == part["text"]


def test_reports_are_as_their_schema_says() -> None:
    jsonschema.validate(json.loads(json.dumps(view.report_as_json(REPORT))), schema("index"))


def test_the_schemas_are_schemas_and_forbid_what_they_do_not_name() -> None:
    for name in ("answer", "index", "doctor"):
        jsonschema.Draft202012Validator.check_schema(schema(name))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(view.answer_as_json(NOT_FOUND) | {"more": 1}, schema("answer"))


def schema(name: str) -> dict[str, object]:
    path = files("histqa.frontends") / "schemas" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def test_an_answer_made_of_quotes_is_not_said_twice() -> None:
    shown = view.answer_as_text(answered(quote()), width=80)
    assert shown.count("They left in 1922.") == 1
    assert shown == (
        "[1] “Troops stayed. They left in 1922.”\n"
        "    — The Siberian Intervention · The war ended in 1918. · pp. xi–2 · characters\n"
        "      24–57\n"
    )


def test_words_of_a_composer_stand_before_the_quotes() -> None:
    answer = answered(quote(), text="They left four years later [1].", short="in 1922")
    shown = view.answer_as_text(answer, width=80)
    assert shown.startswith("in 1922\n\nThey left four years later [1].\n\n[1] “Troops")


def test_not_found_looks_like_no_answer_and_calls_the_nearest_no_answer() -> None:
    shown = view.answer_as_text(NOT_FOUND, width=200)
    assert shown.startswith("NOT FOUND. The readings do not say.\n\nThe nearest passages, which do")
    assert "[1]" not in shown
    assert "  ~ “Troops stayed." in shown


def test_what_was_understood_and_noted_is_shown() -> None:
    answer = answered(quote(), understood_as="When did the Japanese leave?", notes=("Old.",))
    shown = view.answer_as_text(answer, width=80)
    assert shown.startswith("Understood as: When did the Japanese leave?\n\n[1]")
    assert shown.endswith("\n\nNote: Old.\n")


def test_a_name_that_no_reading_has_is_said_before_what_was_found() -> None:
    for answer in (answered(quote()), NOT_FOUND):
        said = view.answer_as_text(replace(answer, missing=("Lenin", "Xerxes\x1b")), width=80)
        assert said.startswith("Not in the readings: Lenin, Xerxes\N{REPLACEMENT CHARACTER}\n\n")
        assert "Not in the readings" not in view.answer_as_text(answer, width=80)


def test_the_time_is_shown_with_the_way_to_remove_it() -> None:
    shown = view.answer_as_text(answered(quote(), period="after 1917"), width=80)
    assert shown.startswith("Time: after 1917 (its passages come sooner; not with --period none)")
    assert view.answer_as_json(answered(quote(), period="after 1917"))["period"] == "after 1917"


@given(
    text=st.text(min_size=1),
    title=st.text(),
    question=st.text(),
    width=st.integers(min_value=0, max_value=200),
)
def test_nothing_shown_can_steer_a_terminal(
    text: str, title: str, question: str, width: int
) -> None:
    document = Document(doc_id="x", path="x", text=text, title=title)
    whole = Quote.cut(document, Span(0, len(text)))
    for found in (
        answered(whole, question="", understood_as=question),
        answered(text=text, verdict=Verdict.NOT_FOUND, related=(whole,), notes=(title,)),
    ):
        for mark in view.answer_as_text(found, width=width):
            assert mark == "\n" or unicodedata.category(mark) not in ("Cc", "Cs", "Zl", "Zp")


@pytest.mark.parametrize("obeyed", ["\x1b", "\x9b", "\x07", "\r", "\u202e", "\u2028", "\ud800"])
def test_what_a_terminal_would_obey_is_shown_as_a_mark(obeyed: str) -> None:
    assert view.printable(f"a{obeyed}b") in ("a�b", "a b")


def test_lines_keep_to_the_width() -> None:
    for width in (40, 60, 100):
        shown = view.answer_as_text(answered(quote(), quote(PLAIN)), width=width)
        assert max(len(line) for line in shown.splitlines()) <= width


def test_a_report_is_a_table_with_one_line_a_problem() -> None:
    shown = view.report_as_text(REPORT)
    assert "words           1,234\n" in shown
    assert "readings            1  1 new, 2 removed\n" in shown
    assert "pages               2  1 without text\n" in shown
    assert shown.endswith("\n  error: a�[2Jb.pdf: is encrypted. Save it without.\n")
