"""Which language a request is answered in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from lxml import html

from histqa.errors import SettingsError
from histqa.frontends.languages import LANGUAGES
from histqa.frontends.speaking import liked_best

Serve = Callable[..., Any]
GERMAN_FIRST = {"Accept-Language": "de-CH,de;q=0.9,en;q=0.8"}
PAGE = {"Accept": "text/html"}


def language_of(response: Any) -> str:
    page = html.document_fromstring(response.text)
    return str(page.get("lang"))


@pytest.mark.parametrize(
    ("usual", "query", "expected"),
    [("en", "", "en"), ("de", "", "de"), ("auto", "", "de"), ("en", "?lang=de", "de"),
     ("de", "?lang=en", "en"), ("auto", "?lang=fr", "fr"), ("de", "?lang=tlh", "de"),
     ("en", "?lang=%00", "en"), ("en", "?lang=de-AT", "de"), ("en", "?lang=de&lang=x", "en")],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/readings", "/read/nothing", "/nothing", "/embed"])
def test_the_address_decides_then_the_setting_then_the_browser(
    serve: Serve, path: str, usual: str, query: str, expected: str
) -> None:
    client = serve(language=usual).client
    assert language_of(client.get(path + query, headers=GERMAN_FIRST | PAGE)) == expected


def test_a_cache_is_told_where_the_browser_decides(serve: Serve) -> None:
    for usual, is_told in (("auto", True), ("de", False)):
        vary = serve(language=usual).client.get("/readings", headers=PAGE).headers.get("vary", "")
        assert ("Accept-Language" in vary) is is_told


@pytest.mark.parametrize(
    ("header", "expected"),
    [("", "en"), ("de", "de"), ("de;q=0", "en"),
     ("en;q=0.5, de;q=0.6", "de"), ("tlh, fr-CA;q=0.2", "fr"),
     ("de;q=0, en", "en"), ("*", "en"), ("de;q=x, es", "es"), (";;;=,q", "en"),
     ("de;q=nan", "en"), ("de; q=0.8, en ;q=0.9", "en")],
)  # fmt: skip
def test_the_browser_s_wishes_are_weighed(header: str, expected: str) -> None:
    assert liked_best(header).code == expected


def test_a_language_that_there_is_not_is_said(serve: Serve) -> None:
    with pytest.raises(SettingsError, match="language: 'tlh' is unknown; known: auto, en, de"):
        serve(language="tlh")


def test_what_was_asked_for_is_kept_by_links_and_nothing_else_is(served: Any) -> None:
    def links(query: str) -> list[str]:
        page = html.document_fromstring(served.client.get(f"/readings{query}").text)
        return [str(link) for link in page.xpath("//a/@href") if not link.startswith("http")]

    assert all(link.endswith("lang=de") for link in links("?lang=de"))
    assert not any("lang" in link for link in links(""))


def test_programs_are_told_in_english_what_people_are_told_in_their_language(served: Any) -> None:
    address = "/readings/none?lang=de"
    assert "Unter dieser Adresse gibt es nichts." in served.client.get(address, headers=PAGE).text
    refused = served.client.post("/api/ask?lang=de", json={"question": ""})
    assert "the question is empty" in refused.json()["detail"]
    answer = served.client.post("/api/ask?lang=de", json={"question": "Corinth Canal?"}).json()
    assert "paragraph" in answer["quotes"][0]["place"]


def test_who_has_no_link_is_told_so_in_the_language_of_the_page(serve: Serve) -> None:
    client = serve(access="link", language="de").client
    assert "nur über ihren Link" in client.get("/readings", headers=PAGE).text
    assert "open to those" in client.get("/api/readings").json()["detail"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_embedded_chat_speaks_each_language(served: Any, code: str) -> None:
    page = served.client.get("/embed", params={"language": code})
    assert language_of(page) == code
    assert LANGUAGES[code].text("embed.welcome") in page.text
    body = html.document_fromstring(page.text).body
    assert body.get("data-lang") == code


def test_the_settings_page_names_every_language() -> None:
    from pathlib import Path

    row = next(
        line
        for line in (Path(__file__).parents[3] / "docs/settings.md").read_text("utf-8").split("\n")
        if line.startswith("| `language`")
    )
    assert all(f"`{code}`" in row for code in (*LANGUAGES, "auto"))
