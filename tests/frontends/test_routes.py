"""Our own routes ask for the assistant of the moment."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from histqa.errors import IndexFault
from histqa.frontends.disclosure import Disclosure
from histqa.frontends.page_pictures import PagePictures
from histqa.frontends.routes import reading_routes
from histqa.frontends.signing import Signatures
from histqa.settings import Settings
from histqa.types import Document


class Shelf:
    """The part of an assistant that shows readings."""

    def __init__(self, *documents: Document) -> None:
        self._documents = {document.doc_id: document for document in documents}

    @property
    def documents(self) -> tuple[Document, ...]:
        return tuple(replace(document, text="") for document in self._documents.values())

    def document(self, doc_id: str) -> Document:
        return self._documents[doc_id]


def reading(doc_id: str) -> Document:
    return Document(doc_id, f"{doc_id}.txt", f"Text of {doc_id}.", f"Title of {doc_id}")


PICTURES = PagePictures(Settings())
DISCLOSURE = Disclosure(Signatures("a secret of sixteen or more"), context_words=60)


def client(shelves: list[Shelf]) -> TestClient:
    app = FastAPI()
    app.include_router(reading_routes(lambda: shelves[-1], DISCLOSURE, PICTURES))  # type: ignore[arg-type,return-value]
    return TestClient(app)


def test_a_newer_assistant_is_used_from_the_next_request_on() -> None:
    shelves = [Shelf(reading("old"))]
    browser = client(shelves)
    assert "Title of old" in browser.get("/readings").text
    shelves.append(Shelf(reading("new")))
    assert "Title of new" in browser.get("/readings").text
    assert browser.get("/read/old").status_code == 404


def test_a_reading_with_a_strange_id_is_found_by_its_address() -> None:
    strange = 'a/b?c#d"<é>'
    browser = client([Shelf(reading(strange))])
    link = browser.get("/readings").text.split('href="/read/')[1].split('"')[0]
    assert browser.get(f"/read/{link}").status_code == 200


def test_a_fault_of_the_index_is_not_dressed_as_a_missing_reading() -> None:
    def closed() -> Shelf:
        raise IndexFault("index: this index was closed; open it again")

    app = FastAPI()
    app.include_router(reading_routes(closed, DISCLOSURE, PICTURES))  # type: ignore[arg-type]
    with pytest.raises(IndexFault):
        TestClient(app).get("/read/a")


def test_an_address_can_be_checked_without_reading_it() -> None:
    browser = client([Shelf(reading("a"))])
    assert browser.head("/read/a").status_code == 200
    assert browser.head("/read/b").status_code == 404


def test_no_script_may_run_on_our_own_pages() -> None:
    policy = client([Shelf(reading("a"))]).get("/read/a").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_only_the_files_meant_for_pages_are_given_out() -> None:
    browser = client([Shelf()])
    assert browser.get("/style/reading.css").headers["content-type"].startswith("text/css")
    assert browser.get("/style/panel.html").status_code == 404
    assert browser.get("/style/..%2fchat.py").status_code == 404


def test_a_file_of_ours_is_sent_again_only_when_it_has_changed() -> None:
    browser = client([Shelf()])
    first = browser.get("/style/chat.css")
    again = browser.get("/style/chat.css", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = browser.get("/style/chat.js", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200
    assert other.content
