"""Plain text: paragraphs, headings, pages; what is not the reading goes, and is recorded."""

from collections import Counter
from pathlib import Path

import pytest

from histqa.errors import LoadError

SEED = Path(__file__).parents[2] / "docs_corpus" / "why-did-japan-invade-soviet-russia.txt"
WRAPPED = """\
THE WAR IN THE EAST

The war in the East began when the troops of the Empire crossed the
river at night, and it did not end before the spring of the third year.
It was a long war, and a cruel one for all who lived along the rail-
way, from the lakes to the harbour.

Its causes

Few of those who took part in it were able to say what its causes had
been, although many of them were asked about it in later years.

    Roses are red
    Violets are blue
    And armies march
"""


def text_of(document) -> list[str]:
    return document.text.split("\n\n")


def test_the_seed_article_has_one_title_three_headings_and_no_furniture(load) -> None:
    document = load(SEED.name, SEED.read_bytes())
    title = "Why did Japan invade Soviet Russia in 1917?"
    assert document.title == title
    assert document.text.count(title) == 1
    assert [(heading.level, heading.text) for heading in document.headings] == [
        (1, title),
        (2, "Historical context of the Russian-Japanese conflict"),
        (2, "The rise of the Bolsheviks and the geopolitical ambitions of the Japanese"),
        (2, "Strategic defeat of the Japanese"),
    ]
    assert text_of(document)[1].startswith("World War I began with the declaration of the Austro-")
    assert document.text.endswith("the undeclared Soviet-Japanese War came to an end.")
    kinds = Counter((repair.kind, repair.original) for repair in document.repairs)
    assert kinds == {
        ("removed repeated title", title): 1,
        ("removed page furniture", "Post a Comment"): 1,
        ("removed page furniture", "Previous Post Next Post"): 1,
    }


def test_wrapped_lines_are_joined_and_verse_keeps_its_lines(load) -> None:
    document = load("war.txt", WRAPPED.encode())
    title, first, heading, second, verse = text_of(document)
    assert title == document.title == "THE WAR IN THE EAST"
    assert first.endswith("who lived along the railway, from the lakes to the harbour.")
    assert "\n" not in first + second
    assert [found.text for found in document.headings] == [title, heading]
    assert verse == "Roses are red\nViolets are blue\nAnd armies march"


def test_a_rejoined_hyphen_is_recorded_where_it_was(load) -> None:
    document = load("war.txt", WRAPPED.encode())
    (repair,) = document.repairs
    assert (repair.kind, repair.original, repair.replacement) == ("rejoined hyphen", "-\n", "")
    assert document.text[: repair.position].endswith("along the rail")


def test_a_hyphen_stays_where_the_text_writes_the_word_with_one(load) -> None:
    text = (
        "The Austro-Hungarian army was well-armed and its enemies knew about that\n"
        "for they had seen it; but nobody in the whole country had been so well-\n"
        "armed before the great war began, and nobody there was Austro-\nHungarian.\n"
    )
    document = load("a.txt", text.encode())
    assert "so well-armed before" in document.text
    assert "Austro- Hungarian" in document.text


@pytest.mark.parametrize(
    "text",
    [
        "First paragraph of it.\n\nSecond paragraph here.\n\nThird one too.\n",
        "First paragraph of it.\nSecond paragraph here.\nThird one too.\n",
        "First paragraph of it.\r\n\r\n\r\nSecond paragraph here.\r\nThird one too.\r\n",
    ],
)
def test_paragraphs_are_lines_or_stand_between_blank_lines(load, text: str) -> None:
    assert text_of(load("a.txt", text.encode())) == [
        "First paragraph of it.",
        "Second paragraph here.",
        "Third one too.",
    ]


def test_indented_lines_begin_paragraphs(load) -> None:
    line = "the words of this line go on until they reach the end of the line and\n"
    text = "".join(f"  Now {line}{line}{line}" for _ in range(3))
    assert len(text_of(load("a.txt", text.encode()))) == 3


@pytest.mark.parametrize(
    "heading", ["CHAPTER IV", "Chapter 4: The Siege", "THE SIEGE OF ACRE", "IV.", "The Siege"]
)
def test_a_lone_short_line_is_a_heading(load, heading: str) -> None:
    text = f"A title here\n\nSome long words at first.\n\n{heading}\n\nAnd then some more words.\n"
    assert [found.text for found in load("a.txt", text.encode()).headings] == [
        "A title here",
        heading,
    ]


def test_an_underlined_line_is_a_heading_without_its_line(load) -> None:
    text = "The Siege.\n==========\n\nIt lasted for months.\n\nThe end\n-------\nIt ended.\n"
    document = load("a.txt", text.encode())
    assert [(found.level, found.text) for found in document.headings] == [
        (1, "The Siege."),
        (2, "The end"),
    ]
    assert "--" not in document.text


def test_captions_are_no_headings_where_headings_are_set_off_further(load) -> None:
    part = (
        "\n\n\nThe {0} War, 18{0}\n\nIt began with a long quarrel.\n\nA soldier of {0}\n\nIt ended."
    )
    text = "The Wars" + "".join(part.format(number) for number in (61, 66, 70))
    headings = [found.text for found in load("a.txt", text.encode()).headings]
    assert headings == ["The Wars", "The 61 War, 1861", "The 66 War, 1866", "The 70 War, 1870"]


def test_a_list_of_short_lines_is_no_row_of_headings(load) -> None:
    names = "\n\n".join(["France", "Italy", "Japan", "China"])
    text = f"The Wars\n\nThese were at war at last:\n\n{names}\n\nThat was all."
    assert len(load("a.txt", text.encode()).headings) == 1


def test_a_byline_names_the_author(load) -> None:
    text = "The Siege of Acre\n\nBy Mary A. Smith\n\nIt lasted for months, and then it ended."
    document = load("a.txt", text.encode())
    assert (document.title, document.author) == ("The Siege of Acre", "Mary A. Smith")


def test_form_feeds_are_pages_and_running_lines_go(load) -> None:
    pages = [
        f"THE GREAT WAR\n\nOn page {number} there is some text that goes on,\n"
        f"and stops. It goes\n\n{number + 10}\n"
        for number in range(4)
    ]
    document = load("a.txt", "\f".join(pages).encode())
    assert [page.label for page in document.pages] == ["10", "11", "12", "13"]
    assert (
        document.pages_of(
            document.headings[0].span if document.headings else document.pages[0].span
        )[0].label
        == "10"
    )
    assert "THE GREAT WAR" not in document.text
    assert Counter(repair.kind for repair in document.repairs) == {
        "removed running head": 4,
        "removed page number": 4,
    }
    assert "On page 2 there" in document.pages[2].span.of(document.text)


def test_a_paragraph_goes_on_over_the_page(load) -> None:
    document = load(
        "a.txt", b"They all went to the big old\x0ctown by the river at last. They stayed.\n"
    )
    assert document.text == "They all went to the big old town by the river at last. They stayed."
    assert [page.span.start for page in document.pages] == [0, 29]


def test_gutenberg_gives_title_and_author_and_keeps_its_licence(load) -> None:
    text = (
        "The Project Gutenberg eBook of Ten Days\n\nTitle: Ten Days that\n    Shook the World\n"
        "Author: John Reed\n\n*** START OF THE PROJECT GUTENBERG EBOOK TEN DAYS ***\n\n"
        "Produced by A. Volunteer\n\nTEN DAYS THAT SHOOK THE WORLD\n\nby John Reed\n\n"
        "It began in Petrograd, as all the world knows.\n\n"
        "*** END OF THE PROJECT GUTENBERG EBOOK TEN DAYS ***\n\nLicence text here.\n"
    )
    document = load("a.txt", text.encode())
    assert (document.title, document.author) == ("Ten Days that Shook the World", "John Reed")
    assert text_of(document)[0] == "TEN DAYS THAT SHOOK THE WORLD"
    assert "Licence" not in document.text
    assert "Licence" in document.repairs[-1].original


def test_footnote_marks_go_and_what_editors_insert_stays(load) -> None:
    text = (
        "It ended in 1917[12] with peace.[3] It was discard[ed] on April [19], 198[1] [sic].\n\n"
        "The war² cost 10³ lives on 5 km² in 1918.¹ That was all.\n"
    )
    document = load("a.txt", text.encode())
    assert document.text == (
        "It ended in 1917 with peace. It was discard[ed] on April [19], 198[1] [sic].\n\n"
        "The war cost 10³ lives on 5 km² in 1918. That was all."
    )
    assert [repair.original for repair in document.repairs] == ["[12]", "[3]", "²", "¹"]
    assert document.text[: document.repairs[2].position].endswith("The war")


@pytest.mark.parametrize("content", [b"", b" \n\t\r\n", b"\0" * 50, b"* * *\n\n-----\n"])
def test_a_file_without_words_is_refused(load, content: bytes) -> None:
    with pytest.raises(LoadError) as caught:
        load("a.txt", content)
    assert caught.value.cure


@pytest.mark.parametrize("line", ["[Illustration: The harbour]", "[THE END]", "[Pg 21]"])
def test_what_an_editor_inserts_is_no_heading(load, line: str) -> None:
    text = f"THE WAR\n\nIt began in Petrograd.\n\n{line}\n\nIt ended in Vladivostok.\n"
    document = load("a.txt", text.encode())
    assert [found.text for found in document.headings] == ["THE WAR"]
    assert line in document.text
