"""Our own pages: what they mark, and that text in them is inert."""

from __future__ import annotations

from dataclasses import replace

from lxml import html

from histqa.frontends.pages import Look, reading_page, readings_page
from histqa.frontends.places import find_passage, find_place
from histqa.types import Document, Heading, Page, Repair, Span

HOSTILE = "<script>alert(1)</script> ${x} <img src=x onerror=alert(1)> \"'&lt; \\"
FIRST, HEAD, SECOND, THIRD = "First paragraph.", "A Heading", "Second: " + HOSTILE, "Third one."
TEXT = "\n\n".join([FIRST, HEAD, SECOND, THIRD])
ALONE = Look()
BREAK = TEXT.index("paragraph")


def document(**changes: object) -> Document:
    head = TEXT.index(HEAD)
    values = {
        "doc_id": "a",
        "path": "unit/a.txt",
        "text": TEXT,
        "title": HOSTILE,
        "author": HOSTILE,
        "address": "javascript:alert(1)",
        "licence": HOSTILE,
        "language": '"><script>',
        "pages": (
            Page(1, "xi", Span(0, BREAK)),
            Page(2, "", Span(BREAK, TEXT.index(SECOND) - 2)),
            Page(3, HOSTILE, Span(TEXT.index(SECOND) - 2, len(TEXT))),
        ),
        "headings": (Heading(HEAD, 1, Span(head, head + len(HEAD))),),
        "repairs": (Repair("rejoined hyphen", 3, HOSTILE, "y"), Repair("removed", 9, "z")),
    }
    return Document(**(values | changes))


def page(reading: Document, look: Look = ALONE, **query: str) -> html.HtmlElement:
    return html.document_fromstring(reading_page(reading, find_place(reading, query), look))


def marked(tree: html.HtmlElement) -> list[str]:
    return [element.text_content() for element in tree.iter("mark")]


def test_exactly_the_asked_characters_are_marked() -> None:
    reading = document()
    for start in range(0, len(TEXT) - 1, 3):
        for end in (start + 1, min(start + 9, len(TEXT)), len(TEXT)):
            pieces = marked(page(reading, start=str(start), end=str(end)))
            wanted = TEXT[start:end] if TEXT[start:end].strip() else ""
            assert "".join(pieces) == wanted.replace("\n", "")


def test_the_mark_is_named_once_so_that_the_address_leads_to_it() -> None:
    tree = page(document(), start="2", end=str(len(TEXT)))
    assert len(tree.xpath("//*[@id='quote']")) == 1
    assert tree.xpath("//mark")[0].get("id") == "quote"


def test_the_text_is_whole_and_verbatim_around_page_marks() -> None:
    paragraphs = [element.text_content() for element in page(document()).xpath("//article/*")]
    assert "\n\n".join(paragraphs) == TEXT


def test_page_names_stand_where_the_pages_begin() -> None:
    marks = page(document()).xpath("//span[@class='page']")
    assert [mark.get("data-page") for mark in marks] == ["p. xi", "p. 2", f"p. {HOSTILE}"]
    assert marks[1].tail == "paragraph."


def test_headings_are_headings_and_paragraphs_are_numbered() -> None:
    tree = page(document(pages=()))
    assert tree.xpath("//article/h2")[0].text_content() == HEAD
    assert [element.get("data-number") for element in tree.xpath("//article/*")] == list("1234")


def test_of_a_passage_neither_headings_nor_repairs_nor_other_text_are_shown() -> None:
    third = Heading(THIRD, 1, Span(TEXT.index(THIRD), len(TEXT)))
    reading = document(title="Title", licence="", author="")
    reading = replace(reading, headings=(*reading.headings, third))
    start = TEXT.index("Second")
    query = {"start": str(start), "end": str(start + 6)}
    place = find_passage(reading, query, words=0, is_signed=lambda _: True)
    tree = html.document_fromstring(reading_page(reading, place, ALONE))
    assert marked(tree) == ["Second"]
    assert [element.text_content() for element in tree.xpath("//article/*")] == ["Second"]
    assert not tree.xpath("//details")
    for other in (FIRST, HEAD, THIRD, HOSTILE):
        assert other not in tree.text_content()
    assert "Only the quoted passage" in tree.text_content()


def test_repairs_are_counted_and_shown() -> None:
    tree = page(document())
    assert "2 repairs were made to this text" in tree.xpath("//summary")[0].text_content()
    assert HOSTILE in tree.xpath("//details//q")[0].text_content()


def test_a_place_that_cannot_be_shown_is_said_on_the_page() -> None:
    tree = page(document(), start="5", end="1")
    assert "nothing is marked" in tree.xpath("//*[@role='note']")[0].text_content()
    assert marked(tree) == []


def test_hostile_text_makes_no_element_and_no_link() -> None:
    for tree in (page(document()), html.document_fromstring(readings_page([document()], Look()))):
        assert not tree.xpath("//script | //img | //@onerror | //@onmouseover")
        assert all(link.startswith("/") for link in tree.xpath("//@href"))


def test_only_web_addresses_become_links() -> None:
    tree = page(document(address='https://a.example/?q="><script>'))
    assert tree.xpath("//a[@target='_blank']/@href") == ['https://a.example/?q="><script>']
    assert tree.xpath("//a[@target='_blank']/@rel") == ["noopener noreferrer"]


def test_a_framed_page_keeps_its_look_in_every_link_and_has_no_way_out_of_the_frame() -> None:
    look = Look(framed=True, theme="dark")
    tree = html.document_fromstring(readings_page([document()], look))
    assert tree.get("data-theme") == "dark"
    assert tree.xpath("//li/a/@href") == ["/read/a?framed=1&theme=dark"]
    assert not tree.xpath("//nav")


def test_a_long_reading_is_shown_by_part_with_links_to_the_others() -> None:
    text = "\n\n".join(f"Paragraph {number}. " + "More. " * 200 for number in range(100)).strip()
    reading = document(text=text, pages=(), headings=())
    tree = page(
        reading, start=str(text.index("Paragraph 60")), end=str(text.index("Paragraph 60") + 9)
    )
    assert len(html.tostring(tree)) < 120_000
    assert marked(tree) == ["Paragraph"]
    assert tree.xpath("//nav[@class='parts']//a/@href")[0].startswith("/read/a")


def test_an_empty_reading_is_a_page_too() -> None:
    assert page(document(text="", pages=(), headings=(), repairs=())).xpath("//article")
