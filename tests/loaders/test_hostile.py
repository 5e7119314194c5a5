"""Bombs, mazes and tricks end as one line with a cure, soon, and without filling the memory."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from histqa.errors import LoadError
from histqa.settings import Settings

LIMITS = Settings().limits
SMALL = replace(LIMITS, unpacked_bytes=100_000, file_bytes=1_000_000)
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LAUGHS = (
    '<?xml version="1.0"{0}?><!DOCTYPE l [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + ']><html><body><p title="&j;">&j;</p></body></html>'
)


def word(inner: str) -> dict[str, str]:
    return {"word/document.xml": f"<w:document {W}><w:body>{inner}</w:body></w:document>"}


def nothing(document) -> None:
    """An empty document."""


def refused(load, path: str, content: bytes, limits=LIMITS) -> LoadError:
    start = time.process_time()
    with pytest.raises(LoadError) as caught:
        load(path, content, limits)
    assert time.process_time() - start < 2
    assert caught.value.cure
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("path", ["a.txt", "a.md", "a.html"])
def test_a_file_above_the_limit_is_not_even_opened(load, path: str) -> None:
    assert "larger than 1 MB" in refused(load, path, b"word " * 250_000, SMALL).reason


def test_zip_bombs_are_measured_before_they_are_opened(load, make_epub, make_docx) -> None:
    bomb = "0" * 300_000
    assert "unpacked" in refused(load, "a.epub", make_epub({"a": bomb}), SMALL).reason
    assert "unpacked" in refused(load, "a.docx", make_docx(nothing, word(bomb)), SMALL).reason


@pytest.mark.parametrize("kind", ["epub", "docx"])
def test_a_zip_that_lies_about_its_sizes_is_found_out(kind, load, make_epub, make_docx) -> None:
    bomb = {"OPS/text/a.xhtml" if kind == "epub" else "word/x.xml": "0" * 3_000_000}
    content = make_epub({"a": ""}, bomb) if kind == "epub" else make_docx(nothing, bomb)
    lying = content.replace((3_000_000).to_bytes(4, "little"), (500).to_bytes(4, "little"))
    assert lying != content
    reason = refused(load, f"a.{kind}", lying, replace(LIMITS, unpacked_bytes=1_000_000)).reason
    assert "damaged" in reason


def test_names_that_climb_out_of_a_zip_lead_nowhere(load, make_epub, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    content = make_epub({"a": "<p>Words.</p>"}, {f"../../../../../../{victim}": "x"})
    assert load("a.epub", content).text == "Words."
    assert not victim.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-7"])
def test_a_billion_laughs_are_not_laughed(encoding: str, load, make_epub, make_docx) -> None:
    head, rest = LAUGHS.format(f' encoding="{encoding}"').split("?>", 1)
    # In UTF-7 "+ADwAIQ-" is "<!": the declaration of the entities is not seen in the bytes.
    bomb = f"{head}?>{rest}".encode("utf-8" if encoding == "utf-7" else encoding)
    if encoding == "utf-7":
        bomb = bomb.replace(b"<!ENTITY", b"+ADwAIQ-ENTITY")
    refused(load, "a.epub", make_epub({"a": ""}, {"OPS/text/a.xhtml": bomb}))
    refused(load, "a.docx", make_docx(nothing, {"word/document.xml": bomb}))


def test_outside_entities_are_not_fetched(load, make_epub, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret words", encoding="utf-8")
    chapter = (
        f'<?xml version="1.0"?><!DOCTYPE h [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
        "<html><body><p>&x;</p></body></html>"
    )
    assert "entities" in refused(load, "a.epub", make_epub({"a": chapter})).reason
    page = f'<!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}">]><html><p>Words &x; here.'
    assert "secret words" not in load("a.html", page.encode()).text


@pytest.mark.parametrize("kind", ["html", "md", "epub", "docx"])
def test_deep_nesting_is_refused(kind: str, load, make_epub, make_docx) -> None:
    depth = 100_000
    content = {
        "html": lambda: ("<html><body>" + "<div>" * depth + "word").encode(),
        "md": lambda: b"> " * depth + b"word",
        "epub": lambda: make_epub({"a": '<?xml version="1.0"?>' + "<div>" * depth}),
        "docx": lambda: make_docx(nothing, word("<w:sdt>" * 230 + "</w:sdt>" * 230)),
    }[kind]()
    assert "nested" in refused(load, f"a.{kind}", content).reason


def test_the_limit_of_nesting_is_the_one_given(load) -> None:
    page = ("<html><body>" + "<div>" * 50 + "<p>word").encode()
    assert load("a.html", page).text == "word"
    refused(load, "a.html", page, replace(LIMITS, nesting=40))


@pytest.mark.parametrize("kind", ["epub", "docx"])
def test_a_truncated_archive_is_called_damaged(kind: str, load, make_epub, make_docx) -> None:
    content = make_epub({"a": "<p>x</p>"}) if kind == "epub" else make_docx(nothing)
    assert "damaged" in refused(load, f"a.{kind}", content[: len(content) // 2]).reason


def test_word_files_without_their_parts_are_refused(load, make_docx, make_zip) -> None:
    refused(load, "a.docx", make_zip({"word/document.xml": "<x/>"}))
    refused(load, "a.docx", make_docx(nothing, {"word/document.xml": f"<w:document {W}/>"}))
    refused(load, "a.docx", make_docx(nothing, {"word/document.xml": "<x/>"}))


def test_books_without_their_parts_are_refused(load, make_zip) -> None:
    container = '<container><rootfiles><rootfile full-path="{0}"/></rootfiles></container>'
    refused(load, "a.epub", make_zip({"META-INF/container.xml": container.format("no.opf")}))
    refused(load, "a.epub", make_zip({"META-INF/container.xml": "<<<"}))
    package = {"META-INF/container.xml": container.format("a.opf"), "a.opf": "<package/>"}
    refused(load, "a.epub", make_zip(package))


def test_more_pages_than_allowed_are_refused(load) -> None:
    content = b"Some words.\f" * 20
    assert "more than 5 pages" in refused(load, "a.txt", content, replace(LIMITS, pages=5)).reason


def test_an_element_with_countless_attributes_is_refused(load) -> None:
    attributes = " ".join(f"a{number}=1" for number in range(50_000))
    refused(load, "a.html", f"<html><body><p {attributes}>word".encode())


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("a.md", b"[" * 50_000 + b"word"),
        ("a.md", b"![a" * 20_000),
        ("a.html", b"<html><table><tr>" + b"<td>a</td>" * 60_000),
        ("a.html", b"<html><body>" + b"<span class=ads>x</span>" * 10_000 + b"<p>word"),
        ("a.txt", b"a" + b" " * 2_000_000 + b"b"),
        ("a.txt", b"word-\n" * 30_000),
        ("a.txt", b"a" * 2_000_000),
        ("a.txt", b"word[1]" * 50_000),
        ("a.txt", "donâ€™t ".encode() * 50_000),
    ],
)
def test_what_tempts_parsers_to_square_time_is_read_in_seconds(load, path, content) -> None:
    start = time.process_time()
    assert load(path, content).text
    assert time.process_time() - start < 6


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["txt", "md", "html"])
def test_twenty_megabytes_in_one_line_are_read(kind: str, load) -> None:
    line = b"word and more words go on here without any end " * 425_000
    content = b"<html><body><p>" + line if kind == "html" else line
    start = time.process_time()
    assert len(load(f"a.{kind}", content).text) > 19_000_000
    assert time.process_time() - start < 60
