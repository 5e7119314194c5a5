import pytest

from histqa.extraction.stated import real_author, real_title


@pytest.mark.parametrize(
    "text",
    ["", "Microsoft Word - essay.docx", "untitled", "Document1", "essay_final_v3.indd", "12345",
     "C:\\texts\\essay", "(anonymous)", "Word Document", "essay", "Essay.pdf"],
)  # fmt: skip
def test_what_a_program_left_is_no_title(text):
    assert real_title(text, "unit/essay.pdf") == ""


@pytest.mark.parametrize(
    "text", ["Why Japan Stayed", "Overlord", "The War of 1904–1905", "Дневник"]
)
def test_a_title_is_a_title(text):
    assert real_title(f" {text}\x00 ", "unit/essay.pdf") == text


@pytest.mark.parametrize(
    "text", ["", "Administrator", "user", "public domain", "python-docx", "a@example.org"]
)
def test_who_names_nobody_is_no_author(text):
    assert real_author(text) == ""


def test_an_author_is_an_author():
    assert real_author("Jane  Doe") == "Jane Doe"
