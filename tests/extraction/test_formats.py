"""What a file is, by its bytes first and its name second."""

import io
import zipfile

import pytest

from histqa.errors import LoadError
from histqa.extraction.formats import format_of, named_format


def zipped(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return packed.getvalue()


PDF = b"%PDF-1.7\n1 0 obj"
HTML = b"\xef\xbb\xbf <!-- saved --><!DOCTYPE html><html><body>Text</body></html>"
DOCX = zipped("[Content_Types].xml", "word/document.xml")
EPUB = zipped("mimetype", "META-INF/container.xml")


@pytest.mark.parametrize(
    ("path", "content", "expected"),
    [
        ("a.txt", b"Some text", "txt"),
        ("a/b.c/D.TEXT", b"Some text", "txt"),
        ("a.md", b"# Some text", "md"),
        ("a.htm", b"<p>no doctype", "html"),
        ("a.XHTML", HTML, "html"),
        ("a.pdf", PDF, "pdf"),
        ("a.pdf", b"junk before\n" + PDF, "pdf"),
        ("a.docx", DOCX, "docx"),
        ("a.epub", EPUB, "epub"),
        # mislabelled, and read as what they are
        ("a.docx", PDF, "pdf"),
        ("a.txt", PDF, "pdf"),
        ("a.pdf", DOCX, "docx"),
        ("a.txt", EPUB, "epub"),
        ("a.txt", HTML, "html"),
        ("a.txt", HTML.decode("utf-8-sig").encode("utf-16"), "html"),
        # text about formats stays text
        ("a.txt", b"A PDF begins with %PDF-1.7 and HTML with <html>.", "txt"),
    ],
)
def test_the_bytes_decide_and_the_name_settles_doubts(path, content, expected) -> None:
    assert format_of(path, content) == expected


@pytest.mark.parametrize(
    ("path", "content", "reason"),
    [
        ("a.pdf", HTML, "web page"),
        ("a.docx", HTML, "web page"),
        ("a.pdf", b"only some junk", "called .pdf"),
        ("a.epub", b"only some junk", "called .epub"),
        ("a.txt", b"", "empty"),
        ("a.docx", b"\0\0\0", "empty"),
        ("a.docx", DOCX[:-30], "damaged"),
        ("a.zip", zipped("a.txt"), "packed folder"),
        ("a.docx", zipped("xl/workbook.xml"), "spreadsheet"),
        ("a.docx", zipped("content.xml"), "OpenDocument"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "old Office"),
        (
            "a.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "password",
        ),
        ("a.txt", b"{\\rtf1 text}", "RTF"),
        ("a.txt", b"\x89PNG\r\n\x1a\n", "picture"),
        ("a.html", b"MIME-Version: 1.0\nContent-Type: multipart/related", "web archive"),
        ("a.epub", bytes(60) + b"BOOKMOBI" + bytes(9), "Kindle"),
        ("a.xyz", b"Some text", "kind of file"),
        (".txt", b"Some text", "kind of file"),
    ],
)
def test_what_is_not_read_says_why_and_what_to_do(path, content, reason) -> None:
    with pytest.raises(LoadError, match=reason) as caught:
        format_of(path, content)
    assert caught.value.cure
    assert "\n" not in str(caught.value)


def test_the_promise_of_a_name_is_its_last_ending() -> None:
    assert named_format("unit.one/a.b.PDF") == "pdf"
    assert named_format("unit.pdf/reading") == ""
