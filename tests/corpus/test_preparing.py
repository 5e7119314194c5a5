"""What becomes of one file: its title, its warnings, and whatever can go wrong with it."""

import pytest

from histqa.corpus.metadata import Metadata
from histqa.corpus.preparing import Job, Prepared, prepare
from histqa.types import Limits, Source

LIMITS = Limits(10_000_000, 50_000_000, 100, 100, seconds=60.0)
BODY = b"The Allies withdrew their troops from Siberia in the spring of the year 1920."


def prepared(path: str, content: bytes, metadata: Metadata | None = None) -> Prepared:
    return prepare(Job(Source("the-id", path, content), metadata or Metadata(), LIMITS, 120))


def title(path: str, content: bytes, metadata: Metadata | None = None) -> str:
    document = prepared(path, content, metadata).document
    assert document is not None
    return document.title


def test_a_title_is_what_the_teacher_says_then_the_file_then_its_heading_then_its_name():
    page = (
        b"<html><head><title>Of the file</title></head><body><h1>Of the file</h1><p>%s</p></body>"
    )
    said = Metadata(title="Of the teacher")
    assert title("a.html", page % BODY, said) == "Of the teacher"
    assert title("a.html", page % BODY) == "Of the file"
    assert title("w/a.md", b"# A heading\n\n" + BODY) == "A heading"
    assert title("w/the_siberian-expedition.txt", BODY) == "the siberian expedition"


def test_passages_are_cut_with_the_title_that_counts():
    metadata = Metadata(title="Of the teacher")
    (passage,) = prepared("a.txt", BODY, metadata).passages
    assert passage.title == "Of the teacher"
    assert passage.searched_text.startswith("Of the teacher. The Allies")


@pytest.mark.parametrize("content", [b"", b" \n\n ", b"\xef\xbb\xbf", b"\x00" * 50])
def test_a_file_without_text_is_an_error(content):
    found = prepared("a.txt", content)
    assert found.document is None
    (problem,) = found.problems
    assert (problem.path, problem.severity) == ("a.txt", "error")
    assert problem.reason
    assert problem.cure


def test_a_few_words_are_indexed_with_a_warning():
    found = prepared("a.txt", b"See the other file.")
    assert found.document is not None
    assert found.problems[0].severity == "warning"
    assert "only 4 words" in found.problems[0].reason


@pytest.mark.parametrize(("path", "count"), [("a.txt", 1), ("a.HTM", 0)])
def test_a_file_whose_name_promises_another_format_is_read_with_a_warning(path, count):
    found = prepared(path, b"<!doctype html><p>" + BODY)
    assert found.document is not None
    assert [problem.severity for problem in found.problems] == ["warning"] * count
    assert all("HTML" in problem.reason for problem in found.problems)
    assert all(".html" in problem.cure for problem in found.problems)


def test_a_fault_of_the_program_over_one_file_is_a_problem_of_that_file():
    class Odd(bytes):
        def strip(self, *_):
            raise ZeroDivisionError("odd")

    (problem,) = prepared("a.txt", Odd(BODY)).problems
    assert problem.severity == "error"
    assert "ZeroDivisionError" in problem.reason
