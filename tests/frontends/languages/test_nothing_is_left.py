"""Every page in a language whose every text is marked: what is not marked was not translated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import docx
import pytest
from fastapi.testclient import TestClient

from histqa.assistant import Assistant
from histqa.frontends.exchanges import Exchange, Wishes
from histqa.frontends.forms import FORMS
from histqa.frontends.languages import ENGLISH, Language, Sentence
from histqa.frontends.messages import Showing, exchange_message
from histqa.frontends.pages import Look, reading_page, readings_page
from histqa.frontends.places import find_passage, find_place
from histqa.frontends.server import create_server
from histqa.frontends.signing import Signatures
from histqa.settings import Settings
from histqa.types import Answer, Document, Heading, Page, Quote, Repair, Span, Verdict

Left = Callable[[str], list[str]]
TEXT = "Αρχή\n\n" + "\n\n".join(f"Κεφάλαιο {n}. " + "λόγος " * 900 for n in range(12))
KINDS = [name.partition(".")[2] for name in ENGLISH.texts if name.startswith("repair.")]
READING = Document(
    "α", "ενότητα/α.txt", TEXT, "Τίτλος", address="https://example.org/", show="whole",
    pages=(Page(1, "ι", Span(0, 6)), Page(2, "2", Span(6, len(TEXT)))),
    headings=(Heading("Αρχή", 1, Span(0, 4)), Heading("Κεφάλαιο", 2, Span(6, 14))),
    repairs=tuple(Repair(kind.replace("_", " "), 3, "α", "β") for kind in KINDS),
)  # fmt: skip
QUOTES = tuple(Quote.cut(READING, Span(start, start + 600)) for start in (0, 6, 3000))
FOUND = Answer("Πότε;", "Πότε άνοιξε;", Verdict.ANSWERED, "„“", 1.0, QUOTES, short="Αρχή",
               period="1920", also_searched=("Κόρινθος",), missing=("Ξέρξης",))  # fmt: skip
NOT_FOUND = replace(FOUND, verdict=Verdict.NOT_FOUND, quotes=(), related=QUOTES, short="")
FAULTS = [
    Sentence.of(name, detail="δ", characters=9, most=5, reading="ρ")
    for name in ENGLISH.texts
    if name.startswith("fault.")
]
EXCHANGES = [
    *(Exchange("Πότε;", stage=stage) for stage in ("", "searching", "reading", "composing")),
    *(Exchange("Πότε;", fault=fault) for fault in FAULTS),
    Exchange("Πότε;", is_stopped=True),
    *(Exchange("Πότε;", Wishes(("α",)), FOUND, vote=v) for v in ("up", "down", "")),
    Exchange("Πότε;", answer=NOT_FOUND),
]


def test_the_catch_all_catches(words_left: Left, left_on_page: Left) -> None:
    assert words_left("⟦Ask ⟦the⟧ readings⟧ Διώρυγα 1893 histqa") == []
    assert words_left("⟦Ask⟧ the readings") == ["the", "readings"]
    page = "<html><body><p>⟦Ask <b>Α</b> it⟧</p><a title='Close'></a><script>x()</script></body>"
    assert left_on_page(page) == ["Close"]


@pytest.mark.parametrize("part", ["1", "2", "99"])
def test_of_a_reading(marked: Language, left_on_page: Left, part: str) -> None:
    page = reading_page(READING, find_place(READING, {"part": part}), Look(language=marked))
    assert "⟧" in page
    assert left_on_page(page) == []


@pytest.mark.parametrize(
    "query",
    [{"start": "6", "end": "90"}, {"start": "6", "end": "90", "hash": "0" * 16}, {},
     {"start": "9", "end": "2"}, {"start": "4", "end": "6"}, {"start": "0", "end": str(10**6)}],
)  # fmt: skip
def test_of_a_place(marked: Language, left_on_page: Left, query: dict[str, str]) -> None:
    look = Look(language=marked)
    assert left_on_page(reading_page(READING, find_place(READING, query), look)) == []
    for signed in (True, False):
        passage = find_passage(READING, query, words=5, is_signed=lambda _, signed=signed: signed)
        assert left_on_page(reading_page(READING, passage, look)) == []


def test_of_the_list_of_readings(marked: Language, left_on_page: Left) -> None:
    for documents in ([READING], []):
        assert left_on_page(readings_page(documents, Look(language=marked))) == []


@pytest.mark.parametrize("exchange", EXCHANGES)
def test_of_an_exchange(marked: Language, left_on_page: Left, exchange: Exchange) -> None:
    message = exchange_message(exchange, 1, Showing({"α": "Τίτλος"}, True, language=marked))
    assert "⟧" in message
    assert left_on_page(message) == []


def words_of_docx(content: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(BytesIO(content)).paragraphs)


@pytest.mark.parametrize("form", FORMS)
def test_of_what_is_taken_away(
    marked: Language, left_on_page: Left, words_left: Left, form: str
) -> None:
    conversation = tuple(Exchange("Πότε;", answer=answer) for answer in (FOUND, NOT_FOUND))
    content = FORMS[form].write(
        conversation, [replace(READING, address="")], link=lambda _: "#", language=marked
    )
    written = words_of_docx(content) if form == "word" else content.decode("utf-8")
    left = left_on_page if form == "page" else words_left
    assert "⟧" in written
    assert left(written) == []


@pytest.mark.parametrize(
    ("path", "settings"),
    [("/nothing", {}), ("/read/nothing", {}), ("/conversation", {}), ("/readings", {}),
     ("/readings", {"access": "link"}), ("/link/1.abc/readings", {"access": "link"}),
     ("/embed", {}), ("/embed/help", {})],
)  # fmt: skip
def test_of_what_the_server_says(
    marked: Language, left_on_page: Left, greek: Assistant, path: str, settings: dict[str, str]
) -> None:
    with client_of(greek, **settings) as client:
        page = client.get(f"{path}?lang=qq", headers={"Accept": "text/html"}).text
    assert '<html lang="qq">' in page
    assert left_on_page(page) == []


def test_of_who_asks_too_much(marked: Language, left_on_page: Left, greek: Assistant) -> None:
    with client_of(greek, questions_per_minute=1) as client:
        for _ in range(2):
            response = client.post("/conversation?lang=qq", headers={"Accept": "text/html"})
    assert response.status_code == 429
    assert left_on_page(response.text) == []


def client_of(assistant: Assistant, **settings: Any) -> TestClient:
    signatures = Signatures("a secret that only the tests know")
    app = create_server(lambda: assistant, Settings(**settings), signatures)
    return TestClient(app, raise_server_exceptions=False)
