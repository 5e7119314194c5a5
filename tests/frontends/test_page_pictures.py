"""Pages of PDF readings as pictures: who sees them, of which files, and what the page says."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from lxml import html
from PIL import Image

from histqa.assistant import Assistant
from histqa.frontends.page_pictures import PagePictures
from histqa.frontends.server import create_server
from histqa.frontends.signing import Signatures
from histqa.settings import Settings
from histqa.types import Document, Page, Quote, Span

FIRST = (
    "The Allies withdrew from Siberia in the spring of 1920, but the troops of Japan",
    "stayed in the north of the island for two more years, as the treaty of that year",
)
SECOND = (
    "allowed them to do in spite of the protests that were heard on all sides of it.",
    "Only then did they leave the harbour, and with them went what they had built.",
)
PRIVATE = (
    "The siege went on, and nobody may see these words of the second reading: its own,",
    "and those about the governor of Omsk, his seven daughters and all their horses.",
)
CROSSING = "as the treaty of that year allowed them to do"
METADATA = """
["open.pdf"]
title = "Siberia <b>"
show = "whole"
["private.pdf"]
title = "Sieges"
"""


@dataclass(frozen=True)
class Shelf:
    """A corpus with an open and a private PDF, its index, and a server over both."""

    corpus: Path
    assistant: Assistant
    settings: Settings
    signatures: Signatures
    client: TestClient

    def document(self, name: str) -> Document:
        known = {one.path: one.doc_id for one in self.assistant.documents}
        return self.assistant.document(known[name])

    def quote(self, words: str, name: str = "open.pdf") -> Quote:
        document = self.document(name)
        start = document.text.index(words)
        return Quote.cut(document, Span(start, start + len(words)))

    def page(self, quote: Quote, more: str = "") -> html.HtmlElement:
        address = self.signatures.address(quote).partition("#")[0]
        response = self.client.get(address + more)
        assert response.status_code == 200
        return html.document_fromstring(response.text)

    def pictures(self, quote: Quote) -> list[str]:
        return [str(address) for address in self.page(quote).xpath("//article//img/@src")]


@pytest.fixture(scope="module")
def shelf(
    tmp_path_factory: pytest.TempPathFactory, make_pdf: Callable[..., bytes]
) -> Iterator[Shelf]:
    yield from shelves(tmp_path_factory.mktemp("shelf"), make_pdf)


@pytest.fixture
def own_shelf(tmp_path: Path, make_pdf: Callable[..., bytes]) -> Iterator[Shelf]:
    """One whose files a test may change."""
    yield from shelves(tmp_path, make_pdf)


def shelves(place: Path, make_pdf: Callable[..., bytes], **more: object) -> Iterator[Shelf]:
    corpus = place / "corpus"
    corpus.mkdir()
    (corpus / "open.pdf").write_bytes(make_pdf([FIRST, SECOND]))
    (corpus / "private.pdf").write_bytes(make_pdf([PRIVATE]))
    (corpus / "readings.toml").write_text(METADATA)
    settings = Settings(
        corpus=str(corpus), index=str(place / "index"), embedder="hashing", reader="none",
        page_picture_seconds=60.0, **more,  # type: ignore[arg-type]
    )  # fmt: skip
    signatures = Signatures("a secret that only the tests know")
    with Assistant.build(settings=settings) as assistant:
        app = create_server(lambda: assistant, settings, signatures)
        with TestClient(app, raise_server_exceptions=False) as client:
            yield Shelf(corpus, assistant, settings, signatures, client)


def test_a_quote_has_its_page_below_it_with_the_words_marked(shelf: Shelf) -> None:
    quote = shelf.quote("stayed in the north of the island")
    (figure,) = shelf.page(quote).xpath("//article/details")
    (image,) = figure.xpath(".//img")
    assert image.get("loading") == "lazy"
    assert image.get("alt") == "Page 1 of Siberia <b>, with the quoted words marked"
    response = shelf.client.get(image.get("src"))
    assert response.headers["content-type"] == "image/webp"
    assert "default-src 'none'" in response.headers["content-security-policy"]
    drawn = Image.open(io.BytesIO(response.content))
    assert drawn.size == (int(image.get("width")), int(image.get("height")))
    plain = shelf.client.get(image.get("src").partition("?")[0])
    assert plain.status_code == 200
    assert plain.content != response.content


def test_the_text_stays_as_it_is_and_the_picture_stands_after_its_paragraph(shelf: Shelf) -> None:
    quote = shelf.quote("stayed in the north of the island")
    tree = shelf.page(quote)
    assert tree.xpath("//mark")[0].text_content() == quote.text
    assert tree.xpath("//article/p[.//mark]/following-sibling::*[1][self::details]")


def test_of_a_quote_over_two_pages_each_is_there_with_its_part(shelf: Shelf) -> None:
    quote = shelf.quote(CROSSING)
    figures = shelf.page(quote).xpath("//article/details")
    assert [figure.get("open") is not None for figure in figures] == [True, False]
    names = [figure.xpath("./summary")[0].text_content() for figure in figures]
    marked = "as a picture, with the quoted words marked"
    assert names == [f"Page 1 {marked}", f"Page 2 {marked}"]
    assert [shelf.client.get(address).status_code for address in shelf.pictures(quote)] == [200] * 2


def test_in_the_panel_of_the_chat_the_picture_is_closed(shelf: Shelf) -> None:
    quote = shelf.quote("stayed in the north of the island")
    assert not shelf.page(quote, "&framed=1").xpath("//article/details[@open]")


def test_no_page_of_a_reading_that_is_shown_by_passage_is_a_picture(shelf: Shelf) -> None:
    quote = shelf.quote("governor of Omsk", "private.pdf")
    assert shelf.pictures(quote) == []
    open_address, *_ = shelf.pictures(shelf.quote("stayed in the north of the island"))
    private = shelf.document("private.pdf").doc_id
    address = open_address.replace(shelf.document("open.pdf").doc_id, private)
    query = shelf.signatures.address(quote).partition("?")[2].partition("#")[0]
    for tried in (address, address.partition("?")[0], f"{address.partition('?')[0]}?{query}"):
        response = shelf.client.get(tried)
        assert response.status_code == 404
        assert b"WEBP" not in response.content


def test_with_links_a_picture_needs_one(tmp_path: Path, make_pdf: Callable[..., bytes]) -> None:
    for shelf in shelves(tmp_path, make_pdf, access="link"):
        token = shelf.signatures.token(4_000_000_000)
        quote = shelf.quote("stayed in the north of the island")
        address = shelf.signatures.address(quote)
        page = html.document_fromstring(shelf.client.get(f"/link/{token}{address}").text)
        (picture,) = page.xpath("//article//img/@src")
        assert picture.startswith(f"/link/{token}/read/")
        assert shelf.client.get(picture).status_code == 200
        assert shelf.client.get(picture.removeprefix(f"/link/{token}")).status_code == 403


def test_a_file_that_changed_since_is_not_shown_and_the_page_says_so(
    own_shelf: Shelf, make_pdf: Callable[..., bytes]
) -> None:
    quote = own_shelf.quote("stayed in the north of the island")
    address, *_ = own_shelf.pictures(quote)
    (own_shelf.corpus / "open.pdf").write_bytes(make_pdf([("A secret that nobody indexed.",)]))
    assert own_shelf.pictures(quote) == []
    assert (
        "has changed since" in own_shelf.page(quote).xpath("//article/details/p")[0].text_content()
    )
    response = own_shelf.client.get(address)
    assert response.status_code == 404
    assert "has changed since" in response.text


def test_a_file_that_is_gone_or_lies_elsewhere_is_not_shown(
    own_shelf: Shelf, tmp_path: Path
) -> None:
    quote = own_shelf.quote("stayed in the north of the island")
    address, *_ = own_shelf.pictures(quote)
    file, elsewhere = own_shelf.corpus / "open.pdf", tmp_path / "elsewhere.pdf"
    file.rename(elsewhere)
    assert own_shelf.client.get(address).status_code == 404
    assert not own_shelf.page(quote).xpath("//article/details")
    file.symlink_to(elsewhere)
    assert own_shelf.client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("path", "is_opened"),
    [("a.pdf", True), ("../elsewhere.pdf", False), ("/etc/passwd.pdf", False), ("a\0.pdf", False),
     ("a.txt", False), ("", False)],
)  # fmt: skip
def test_only_pdf_files_inside_the_corpus_are_opened(
    tmp_path: Path, make_pdf: Callable[..., bytes], path: str, is_opened: bool
) -> None:
    content = make_pdf([FIRST])
    (tmp_path / "corpus").mkdir()
    for place in ("corpus/a.pdf", "corpus/a.txt", "elsewhere.pdf"):
        (tmp_path / place).write_bytes(content)
    pictures = PagePictures(Settings(corpus=str(tmp_path / "corpus")))
    page = Page(1, "", Span(0, 10))
    document = Document("a", path, "The Allies", "T", show="whole", pages=(page,))
    assert (pictures.drawn(document, page, None) is not None) is is_opened
    assert bool(pictures.of_quote(document, Span(0, 3))) is is_opened
    pictures.close()


def test_pages_that_are_not_there_and_odd_places_are_refused(shelf: Shelf) -> None:
    base = f"/read/{shelf.document('open.pdf').doc_id}/page"
    for tried in ("0.webp", "3.webp", "9" * 30 + ".webp", "-1.webp", "x.webp", "1.png"):
        assert shelf.client.get(f"{base}/{tried}").status_code == 404, tried
    assert shelf.client.get("/read/nothing/page/1.webp").status_code == 404
    plain = shelf.client.get(f"{base}/1.webp")
    assert shelf.client.get(f"{base}/1.webp?start=-1&end=x").content == plain.content


def test_without_seconds_there_are_no_pictures(
    tmp_path: Path, make_pdf: Callable[..., bytes]
) -> None:
    (tmp_path / "a.pdf").write_bytes(make_pdf([FIRST]))
    document = Document(
        "a", "a.pdf", "The Allies", "T", show="whole", pages=(Page(1, "", Span(0, 10)),)
    )
    settings = Settings(corpus=str(tmp_path), page_picture_seconds=0.0)
    assert PagePictures(settings).of_quote(document, Span(0, 3)) == ()
