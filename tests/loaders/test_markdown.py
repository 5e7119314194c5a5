"""Markdown: what is shown is read, in its order."""

import pytest

NOTE = "---\n{0}\n---\n# The War\n\nIt began."


def test_every_kind_of_block_is_read_in_order(load) -> None:
    text = (
        "# The War\n\nIt *began* [in 1914](http://a.b/c).\nAnd went on.\n\n"
        "## Why\n\n- one\n- two\n\n"
        "> A quoted\n> word.\n\n| Year | Men |\n|---|---|\n| 1918 | 72,000 |\n\n"
        "```\nx = [^1] <b>\n  y\n```\n\n![picture](a.png)\n\n<div>Raw <b>words</b></div>\n"
    )
    document = load("a.md", text.encode())
    assert document.text.split("\n\n") == [
        "The War",
        "It began in 1914. And went on.",
        "Why",
        "one\ntwo",
        "A quoted word.",
        "Year | Men\n1918 | 72,000",
        "x = [^1] <b>\ny",
        "Raw words",
    ]
    assert [(found.level, found.text) for found in document.headings] == [
        (1, "The War"),
        (2, "Why"),
    ]
    assert document.title == "The War"


@pytest.mark.parametrize(
    ("fields", "known"),
    [
        ('title: "A war: x"\nauthor: Ann B.\ndate: 1920-05', ("A war: x", "Ann B.", "1920-05")),
        ("Title: 'A war'\nauthors: [Ann B., Carl D.]\ntags: x", ("A war", "Ann B., Carl D.", "")),
        ("authors:\n  - Ann B.\n  - Carl D.\ndate: 1920", ("The War", "Ann B., Carl D.", "1920")),
    ],
)  # fmt: skip
def test_front_matter_states_title_author_and_date(load, fields: str, known: tuple) -> None:
    document = load("a.md", NOTE.format(fields).encode())
    assert (document.title, document.author, document.date) == known
    assert document.text.startswith("The War")


def test_a_rule_at_the_top_is_no_front_matter(load) -> None:
    document = load("a.md", b"---\n\nIt began.\n\n---\n\nIt ended.\n")
    assert document.text == "It began.\n\nIt ended."


def test_footnote_marks_go_and_their_texts_stay(load) -> None:
    document = load("a.md", b"It began[^1] in `x[^1]` 1914.\n\n[^1]: In Serbia.\n")
    assert document.text == "It began in x[^1] 1914.\n\nIn Serbia."
    assert [(found.position, found.original) for found in document.repairs] == [
        (8, "[^1]"),
        (len("It began in x[^1] 1914.\n\n"), "[^1]: "),
    ]
