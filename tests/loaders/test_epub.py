"""EPUB: chapters in the order of the spine, printed pages, no apparatus, no DRM."""

import pytest

from histqa.errors import LoadError

ENCRYPTED = (
    '<encryption xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:EncryptedData>'
    '<e:EncryptionMethod Algorithm="{0}"/></e:EncryptedData></encryption>'
)


def test_chapters_come_in_the_order_of_the_spine(load, make_epub) -> None:
    chapters = {"z": "<h1>One</h1><p>First.</p>", "a": "<h1>Two</h1><p>Second.</p>"}
    document = load("a.epub", make_epub(chapters))
    assert document.text == "One\n\nFirst.\n\nTwo\n\nSecond."
    assert (document.title, document.author, document.date) == (
        "The Book",
        "Ann Author",
        "1919-05-01",
    )


def test_number_and_name_of_a_chapter_are_one_heading(load, make_epub) -> None:
    body = (
        '<section><hgroup>\n<h2>I</h2>\n<p epub:type="title">Background</p>\n</hgroup>'
        "<p>Text.</p></section>"
    )
    document = load("a.epub", make_epub({"a": body}))
    assert [(found.level, found.text) for found in document.headings] == [(2, "I: Background")]


def test_cover_imprint_and_contents_are_left_out_and_recorded(load, make_epub) -> None:
    chapters = {
        "cover": '<section epub:type="cover"><p>Cover words</p></section>',
        "imprint": '<section epub:type="imprint"><p>Made by volunteers.</p></section>',
        "old": "<p>Contents of an old book</p>",
        "nav": '<nav epub:type="toc"><ol><li>One</li></ol></nav>',
        "text": "<p>The text.</p>",
    }
    guide = '<guide><reference type="toc" href="text/old.xhtml"/></guide>'
    document = load("a.epub", make_epub(chapters, guide=guide))
    assert document.text == "The text."
    assert [found.original for found in document.repairs] == [
        "Cover words",
        "Made by volunteers.",
        "Contents of an old book",
    ]


def test_printed_pages_are_kept_inside_paragraphs_too(load, make_epub) -> None:
    body = (
        '<span epub:type="pagebreak" title="5"/><p>On five, and <span role="doc-pagebreak"'
        ' aria-label="Page 6"/>on six.</p><div epub:type="pagebreak" id="p7">7</div>'
        "<p>On seven.</p>"
    )
    document = load("a.epub", make_epub({"a": body}))
    assert [(page.label, page.span.of(document.text)) for page in document.pages] == [
        ("5", "On five, and "),
        ("6", "on six.\n\n"),
        ("7", "On seven."),
    ]


def test_note_marks_and_back_links_go_and_notes_stay(load, make_epub) -> None:
    body = (
        '<p>It began.<a epub:type="noteref" href="#n1">A1.1</a> It ended.</p><aside id="n1"'
        ' epub:type="footnote"><p>In Serbia. <a href="#r" epub:type="backlink">↩</a></p></aside>'
    )
    document = load("a.epub", make_epub({"a": body}))
    assert document.text == "It began. It ended.\n\nIn Serbia."
    assert [(found.position, found.original) for found in document.repairs] == [(9, "A1.1")]


def test_named_entities_of_old_books_are_read(load, make_epub) -> None:
    document = load("a.epub", make_epub({"a": "<p>A&nbsp;caf&eacute; &mdash; &amp; more</p>"}))
    assert document.text == "A café — & more"


def test_fonts_may_be_obscured(load, make_epub) -> None:
    encryption = ENCRYPTED.format("http://www.idpf.org/2008/embedding")
    content = make_epub({"a": "<p>Words.</p>"}, {"META-INF/encryption.xml": encryption})
    assert load("a.epub", content).text == "Words."


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "META-INF/encryption.xml",
            ENCRYPTED.format("http://www.w3.org/2001/04/xmlenc#aes256-cbc"),
        ),
        ("META-INF/rights.xml", "<rights/>"),
        ("META-INF/license.lcpl", "{}"),
    ],
)
def test_a_protected_book_is_refused_with_a_cure(load, make_epub, name, content) -> None:
    with pytest.raises(LoadError, match="DRM") as caught:
        load("a.epub", make_epub({"a": "<p>Words.</p>"}, {name: content}))
    assert "unprotected" in caught.value.cure


def test_a_part_that_is_missing_does_not_keep_the_others_out(load, make_epub) -> None:
    guide = '<item id="b" href="b.xhtml"/><itemref idref="b"/><itemref idref="c"/>'
    assert load("a.epub", make_epub({"a": "<p>Words.</p>"}, guide=guide)).text == "Words."
