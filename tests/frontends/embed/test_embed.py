"""The chat on other people's pages: its page, its script, and the lines to copy."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from starlette.datastructures import QueryParams

from histqa.frontends.embed.options import Options
from histqa.frontends.embed.pages import SCRIPT_WORDS
from histqa.frontends.fragments import static_text
from histqa.frontends.languages import LANGUAGES

Serve = Callable[..., Any]
SCRIPTS = ("widget.js", "embed.js")


def test_the_page_is_small_and_loads_only_its_own_files(served: Any) -> None:
    response = served.client.get("/embed")
    tree = html.document_fromstring(response.text)
    loaded = tree.xpath("//link/@href | //script/@src | //img/@src")
    assert loaded == ["/style/icon.svg", "/style/embed.css", "/style/embed.js"]
    assert all(served.client.get(address).status_code == 200 for address in loaded)
    assert sum(len(served.client.get(address).content) for address in loaded) < 20_000
    assert "unsafe" not in response.headers["content-security-policy"]


def test_options_reach_the_script_as_they_were_given(served: Any) -> None:
    query = {"title": "Frag «uns»", "language": "de-AT", "colour": "#A1b2C3",
             "question": "Wer?", "readings": "unit 1|a.txt"}  # fmt: skip
    tree = html.document_fromstring(served.client.get("/embed", params=query).text)
    body = tree.body
    assert tree.get("lang") == "de"
    assert tree.xpath("//h1")[0].text_content() == "Frag «uns»"
    assert (body.get("data-colour"), body.get("data-first")) == ("#A1b2C3", '["Wer?"]')
    assert json.loads(body.get("data-readings")) == ["unit 1", "a.txt"]
    assert json.loads(body.get("data-labels"))["answer.not_found"] == "Die Texte sagen dazu nichts."


def test_everything_knows_the_path_that_it_is_served_under(serve: Serve) -> None:
    served = serve(root_path="/histqa")
    page = served.client.get("/embed").text
    assert 'src="/histqa/style/embed.js"' in page
    assert 'data-root="/histqa"' in page
    assert "http://testserver/histqa/widget.js" in served.client.get("/embed/help").text


@pytest.mark.parametrize(
    "query",
    ["colour=red", "colour=%23fffff", "colour=%23fff;x", "language=xx", "position=up", "title=%20"],
)
def test_what_makes_no_sense_is_as_if_it_were_not_there(query: str) -> None:
    assert Options.of(QueryParams(query)) == Options()


def test_the_lines_to_copy_say_what_was_chosen_and_nothing_else(served: Any) -> None:
    query = {"title": "Ask & read", "position": "left", "language": "", "colour": ""}
    page = html.document_fromstring(served.client.get("/embed/help", params=query).text)
    button, frame = page.xpath("//textarea/text()")
    assert button == (
        '<script src="http://testserver/widget.js" data-title="Ask &amp; read" '
        'data-position="left" async></script>'
    )
    assert 'src="http://testserver/embed?title=Ask+%26+read"' in frame
    assert page.xpath("//option[@selected]/@value") == ["", "left"]


def test_the_script_of_the_page_uses_the_words_that_it_gets() -> None:
    script = static_text("embed.js")
    assert set(re.findall(r'say\("([a-z_.]+)"', script)) <= set(SCRIPT_WORDS)
    for name in SCRIPT_WORDS:
        assert f'"{name}"' in script or f'"{name.partition(".")[2]}"' in script


@pytest.mark.parametrize("usual", ["en", "de", "auto"])
def test_the_button_knows_the_words_and_the_usual_language(serve: Serve, usual: str) -> None:
    script = serve(language=usual).client.get("/widget.js").text
    assert f'const usual = "{usual}";' in script
    titles = json.loads(re.search(r"const titles = (\{.*?\});", script)[1])  # type: ignore[index]
    assert titles == {code: one.text("embed.title") for code, one in LANGUAGES.items()}
    assert "@{" not in script


# --- the button ---


def test_the_button_costs_a_page_less_than_five_kilobytes(served: Any) -> None:
    response = served.client.get("/widget.js")
    assert len(response.content) < 5_000
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_store_nothing_and_write_no_markup(name: str) -> None:
    script = static_text(name)
    stores = ("cookie", "localStorage", "sessionStorage", "indexedDB")
    writes = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write")
    for word in (*stores, *writes, "eval(", "Function("):
        assert word not in re.sub(r"//.*", "", script)


def test_no_address_of_another_host_is_in_what_is_served() -> None:
    folder = Path(__file__).parents[3] / "src/histqa/frontends/static"
    no_addresses = ("http-equiv", 'xmlns="http://www.w3.org/2000/svg"')
    for file in folder.iterdir():
        text = file.read_text(encoding="utf-8")
        for known in no_addresses:
            text = text.replace(known, "")
        assert "http" not in re.sub(r"(?m)//.*$|/\*.*?\*/", "", text), file.name


def test_the_button_passes_every_option_on() -> None:
    script = static_text("widget.js")
    for field in fields(Options):
        assert f"dataset.{field.name}" in script or f'"{field.name}"' in script
