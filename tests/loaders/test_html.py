"""Web pages: the main content and nothing else; what was left out is recorded."""

import pytest

PROSE = "The armies of the two empires met at the river in the spring of that year, and fought. "
LONG = (
    "Another matter altogether was how the towns along that river lived while all this went on. "
    * 3
)
PAGE = f"""<!DOCTYPE html><html><head><title>The River War | History Site</title>
<meta name="author" content="Ann Author">
<meta property="article:published_time" content="2001-02-03T04:05:06Z">
<script>var secret = "not text";</script><style>p {{ color: red }}</style></head><body>
<nav><a href="/">Home</a> <a href="/about">About us</a></nav>
<div class="cookie-consent">We use cookies to make this site better for you.</div>
<main><h1>The River War</h1><p>{PROSE * 3}</p><h2>Its causes</h2>
<p>It was about water<sup><a href="#n1">1</a></sup> and 5 km<sup>2</sup> of land,
on the 4<sup>th</sup> of May.</p>
<ul><li>one cause</li><li>another cause</li></ul>
<table><tr><th>Year</th><th>Men</th></tr><tr><td>1918</td><td>72,000</td></tr></table>
<p hidden>Never shown to anyone.</p><p>{PROSE * 2}</p></main>
<div id="comments"><p>{"I do not agree with what you say here at all, dear author. " * 9}</p></div>
<footer><p>Copyright 2001 History Site</p></footer></body></html>"""


def test_the_main_content_is_read_in_order_and_nothing_else(load) -> None:
    document = load("a.html", PAGE.encode())
    assert document.text.split("\n\n") == [
        "The River War",
        (PROSE * 3).strip(),
        "Its causes",
        "It was about water and 5 km² of land, on the 4th of May.",
        "one cause\nanother cause\nYear | Men\n1918 | 72,000",
        (PROSE * 2).strip(),
    ]
    assert [(found.level, found.text) for found in document.headings] == [
        (1, "The River War"),
        (2, "Its causes"),
    ]


def test_title_author_and_date_are_those_of_the_page(load) -> None:
    document = load("a.html", PAGE.encode())
    assert (document.title, document.author, document.date) == (
        "The River War",
        "Ann Author",
        "2001-02-03",
    )


def test_the_name_of_the_site_is_no_title(load) -> None:
    page = (
        "<html><head><title>The River War - The Book of Wars</title></head><body>"
        f"<h1>The Book of Wars</h1><main><h2>The River War</h2><p>{PROSE * 4}</p></main>"
    )
    assert load("a.html", page.encode()).title == "The River War"


def test_what_was_left_out_is_recorded(load) -> None:
    repairs = {found.original: found.kind for found in load("a.html", PAGE.encode()).repairs}
    assert repairs["1"] == "removed footnote mark"
    furniture = [text for text, kind in repairs.items() if kind == "removed page furniture"]
    assert any("cookies" in text for text in furniture)
    assert any("dear author" in text for text in furniture)
    assert any("Copyright" in text for text in furniture)


def test_long_prose_is_kept_wherever_it_stands(load) -> None:
    page = f"<html><body><main><p>{PROSE * 9}</p></main><aside>Aside: {LONG}</aside>"
    assert "Aside: Another matter" in load("a.html", page.encode()).text


def test_a_tiny_page_is_read_whole(load) -> None:
    document = load("a.html", b"<html><body><p>Short it is.</p></body></html>")
    assert (document.text, document.title) == ("Short it is.", "")


def test_broken_markup_is_read_as_browsers_do(load) -> None:
    page = (
        b"<html><p>One <b>bold<p>Two<br>lines &eacute; &#8212; & more<script>no</script><td>x</html"
    )
    assert load("a.htm", page).text.startswith("One bold\n\nTwo\nlines é — & more")


def test_xhtml_with_a_tag_closed_at_once_loses_nothing(load) -> None:
    page = (
        '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">'
        '<head><title/><script src="a.js"/></head>'
        '<body><div class="a"/><p>All the words.</p></body></html>'
    )
    assert load("a.xhtml", page.encode()).text == "All the words."


@pytest.mark.parametrize("encoding", ["cp1251", "iso-8859-2"])
def test_the_declared_encoding_is_believed(load, encoding: str) -> None:
    text = {"cp1251": "Революция в Петрограде", "iso-8859-2": "Żółć i źdźbło"}[encoding]
    page = f'<html><head><meta charset="{encoding}"></head><body><p>{text}</p></body></html>'
    assert load("a.html", page.encode(encoding)).text == text


def test_printed_page_numbers_are_kept_as_pages(load) -> None:
    page = (
        '<html><body><p><span class="pagenum">[Pg 12]</span>On twelve there is much'
        ' <span class="pagenum">[Pg 13]</span>on thirteen.</p></body></html>'
    )
    document = load("a.html", page.encode())
    assert document.text == "On twelve there is much on thirteen."
    assert [(page.label, page.span.of(document.text)) for page in document.pages] == [
        ("12", "On twelve there is much "),
        ("13", "on thirteen."),
    ]


def test_a_table_that_arranges_the_page_is_no_row(load) -> None:
    page = f"<html><body><table><tr><td><h1>War</h1><p>{PROSE}</p><p>{PROSE}</p></td></tr></table>"
    assert load("a.html", page.encode()).text.split("\n\n") == ["War", PROSE.strip(), PROSE.strip()]


def test_two_line_breaks_end_a_paragraph_and_one_does_not(load) -> None:
    page = (
        f"<h1>I<br><br>War</h1><div>One.<br>Still one.<br />\n <br>{PROSE}<br><br><br>Three.</div>"
    )
    document = load("a.html", page.encode())
    assert document.text.split("\n\n") == ["I War", "One.\nStill one.", PROSE.strip(), "Three."]


def test_gutenberg_keeps_its_licence_in_web_pages(load) -> None:
    page = (
        f"<section><h2>The Project Gutenberg eBook of The War</h2><p>{LONG}</p>"
        "<p>*** START OF THE PROJECT GUTENBERG EBOOK THE WAR ***</p></section>"
        f"<h1>The War</h1><p>{PROSE * 4}</p>"
        f"<p>*** END OF THE PROJECT GUTENBERG EBOOK THE WAR ***</p><p>{LONG}</p>"
    )
    document = load("a.html", page.encode())
    assert document.text == f"The War\n\n{(PROSE * 4).strip()}"
    assert {found.kind for found in document.repairs} == {"removed licence text"}
    assert [found.position for found in document.repairs] == [0, 0, 0, *[len(document.text)] * 2]


def test_a_book_in_one_block_with_its_licence_stays_whole(load) -> None:
    page = f"<pre>*** START OF THIS PROJECT GUTENBERG EBOOK X ***\n{PROSE}</pre>"
    assert PROSE.strip() in load("a.html", page.encode()).text


def test_what_a_program_wrote_is_neither_title_nor_author(load) -> None:
    page = (
        '<head><title>Untitled Document</title><meta name="author" content="admin">'
        '<meta name="author" content="Ann Author"></head>'
        f"<body><h2>Causes</h2><p>{PROSE}</p><h2>Costs</h2><p>{LONG}</p></body>"
    )
    document = load("a.html", page.encode())
    assert (document.title, document.author) == ("Causes", "Ann Author")
