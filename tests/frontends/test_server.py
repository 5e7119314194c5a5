"""All routes at once: none gives away a reading that is not open, nor a file, nor lets text act."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import docx
import pytest
from lxml import html
from starlette.routing import Route

from histqa.frontends.api.document import ADDRESS
from histqa.frontends.exchanges import Exchange, asked
from histqa.frontends.forms import FORMS
from histqa.frontends.keeping import Keeping

Serve = Callable[..., Any]
PERSON = {"Accept": "text/html"}
READING = "/api/readings/{doc_id:path}"
PASSAGE = "/api/passages/{doc_id:path}"
PAGE = "/read/{doc_id:path}"
PICTURE = "/read/{doc_id:path}/page/{number:int}.webp"
TAKEN_AWAY = "/conversation"
TOOLS = "/mcp"
COMPLETIONS = "/v1/chat/completions"
SIMPLE = ("/api/readings", "/readings", "/embed", "/embed/help", "/widget.js", "/v1/models",
          "/healthz", "/readyz", "/metrics", "/openapi.json")  # fmt: skip
ASKING = {
    "/api/ask": lambda question: {"question": question},
    COMPLETIONS: lambda question: {"messages": [{"role": "user", "content": question}]},
}
QUERIES = (
    "", "?part=1", "?part=2", "?start=0&end=400", "?start=0&end=40000", "?start=-1&end=9",
    "?start=100&end=200&sig=", "?start=100&end=200&sig=A", "?context_words=100000",
)  # fmt: skip


def requests_for(served: Any, route: str) -> Iterator[str]:
    """Addresses by which somebody may try to read the private reading through ``route``."""
    for query in QUERIES:
        named = route.replace("{doc_id:path}", served.private).replace("{name}", "chat.js")
        yield named.replace("{number:int}", "1") + query


def paths_of(served: Any) -> set[str]:
    """Those of our own; newer versions of FastAPI keep each included router as one route."""
    routes = [
        inner
        for route in served.client.app.routes
        for inner in getattr(getattr(route, "original_router", None), "routes", [route])
    ]
    return {route.path for route in routes if isinstance(route, Route)}


@pytest.mark.parametrize("path", ["/readings", "/embed", "/embed/help", "/read/nothing"])
def test_every_page_has_an_icon_that_a_browser_gets(path: str, serve: Serve) -> None:
    served = serve(root_path="/course")
    page = html.document_fromstring(served.client.get(f"/course{path}", headers=PERSON).text)
    (icon,) = page.xpath("//link[@rel='icon']/@href")
    found = served.client.get(icon)
    assert found.headers["content-type"] == "image/svg+xml"
    assert html.document_fromstring(found.content).xpath("//svg/path")


def test_every_route_is_looked_at_here(served: Any) -> None:
    known = {READING, PASSAGE, PAGE, PICTURE, "/style/{name}", *SIMPLE, *ASKING, TAKEN_AWAY}
    known |= {TOOLS, ADDRESS}
    assert paths_of(served) == known


@pytest.mark.parametrize("route", [READING, PASSAGE, PAGE, PICTURE, "/style/{name}", *SIMPLE])
def test_no_route_gives_away_a_word_that_no_answer_quoted(served: Any, route: str) -> None:
    for address in requests_for(served, route):
        for headers in ({}, PERSON):
            response = served.client.get(address, headers=headers)
            assert served.seen_of_private(response.text) == set(), address


def test_the_open_reading_is_there_whole(served: Any) -> None:
    doc_id = served.doc_id("open.txt")
    assert "years of digging" in served.client.get(f"/read/{doc_id}").text
    assert "years of digging" in served.client.get(f"/api/readings/{doc_id}").json()["text"]
    passage = served.client.get(f"/api/passages/{doc_id}?start=11&end=30").json()
    assert passage["before"].endswith("The Canal\n\n")


@pytest.mark.parametrize("route", ASKING)
def test_an_answer_quotes_no_more_than_the_setting_says(served: Any, route: str) -> None:
    body = ASKING[route]("castle besieged weeks")
    many = {"max_words": 1_000_000} if route == "/api/ask" else {}
    response = served.client.post(route, json=body | many)
    assert response.status_code == 200
    assert 0 < len(served.seen_of_private(response.text)) <= 120 / 10


def test_a_place_that_an_answer_quoted_is_shown_with_a_little_around_it(served: Any) -> None:
    found = served.ask("castle besieged weeks")["quotes"][0]
    page = served.client.get(found["address"])
    assert html.document_fromstring(page.text).xpath("//mark")[0].text_content() == found["text"]
    quoted = served.seen_of_private(found["text"])
    api = served.client.get(found["address"].replace("/read/", "/api/passages/")).json()
    assert api["text"] == found["text"]
    for said in (page.text, api["before"] + api["text"] + api["after"]):
        around = served.seen_of_private(said) - quoted
        assert 0 < len(around) <= 2 * 60 / 10 + 2


def test_no_walk_leads_from_a_quoted_place_to_the_next(served: Any) -> None:
    """Not with the signature of one place, nor with that of the same place in another text."""
    found = served.ask("castle besieged weeks")["quotes"][0]
    signed = parse_qs(urlsplit(found["address"]).query)["sig"][0]
    allowed = served.seen_of_private(served.client.get(found["address"]).text)
    seen: set[str] = set()
    for start in range(0, 12_000, 500):
        for route in ("/read", "/api/passages"):
            address = f"{route}/{served.private}?start={start}&end={start + 300}&sig={signed}"
            seen |= served.seen_of_private(served.client.get(address).text)
    for start, end in ((found["start"] - 1, found["end"]), (found["start"], found["end"] + 1)):
        address = f"/read/{served.private}?start={start}&end={end}&sig={signed}"
        seen |= served.seen_of_private(served.client.get(address).text)
    assert seen == set()
    assert allowed


def use_tool(served: Any, tool: str, **given: object) -> Any:
    """The result of a tool for models, all of it."""
    called = {"name": tool, "arguments": given}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": called}
    headers = {"Accept": "application/json, text/event-stream"}
    response = served.client.post(TOOLS, json=body, headers=headers)
    assert response.status_code == 200
    return response.json()["result"]


def test_no_tool_gives_away_more_than_the_pages_do(served: Any) -> None:
    answer = use_tool(served, "ask", question="castle besieged weeks", max_words=1_000_000)
    quotes = answer["structuredContent"]["quotes"]
    assert 0 < len(served.seen_of_private(json.dumps(answer))) <= 120 / 10
    for given in ({}, {"part": 1}, {"part": 2}, {"start": 0, "end": 400}, {"start": 0}):
        read = use_tool(served, "read", reading=served.private, **given)
        assert served.seen_of_private(json.dumps(read)) == set(), given
    address = quotes[0]["address"]
    quoted = served.seen_of_private(quotes[0]["text"])
    read = use_tool(served, "read", reading=address)
    around = served.seen_of_private(json.dumps(read)) - quoted
    assert quoted
    assert len(around) <= 2 * 60 / 10 + 2
    for given in ({"start": 0}, {"end": 9_000}, {"part": 2, "start": 0, "end": 9_000}):
        read = use_tool(served, "read", reading=address, **given)
        assert served.seen_of_private(json.dumps(read)) == set(), given


def taken_away(served: Any, kept: list[dict[str, str]], form: str) -> str:
    body = {"form": form, "kept": json.dumps(kept), "base": "https://example.org/histqa/"}
    response = served.client.post(TAKEN_AWAY, json=body)
    assert response.status_code == 200
    assert response.headers["content-type"] == FORMS[form].media_type
    if form != "word":
        return str(response.text).replace("&amp;", "&")
    paragraphs = docx.Document(BytesIO(response.content)).paragraphs
    return "\n".join(f"{one.text} {[link.url for link in one.hyperlinks]}" for one in paragraphs)


@pytest.mark.parametrize("form", FORMS)
def test_a_conversation_that_is_taken_away_holds_what_was_quoted_with_signed_addresses(
    served: Any, form: str
) -> None:
    *_, exchange = asked(served.assistant, Exchange("castle besieged weeks"), ())
    kept = json.loads(Keeping(served.signatures).kept((exchange,)))
    text = taken_away(served, kept, form)
    assert 0 < len(served.seen_of_private(text)) <= 120 / 10
    for quoted in exchange.answer.quotes:
        assert f"https://example.org/histqa{served.signatures.address(quoted)}" in text


@pytest.mark.parametrize("form", FORMS)
def test_no_place_that_was_not_quoted_can_be_put_into_a_conversation(
    served: Any, form: str
) -> None:
    *_, exchange = asked(served.assistant, Exchange("castle besieged weeks"), ())
    (kept,) = json.loads(Keeping(served.signatures).kept((exchange,)))
    said = json.loads(kept["said"])
    place = said["answer"]["quotes"][0]
    place[1:3] = [0, 12_000]
    forged = json.dumps(said)
    signature = served.signatures.place(place[0], exchange.answer.quotes[0].span, place[3])
    for given in (kept["signature"], "", signature, Keeping(served.signatures).kept(())):
        assert not served.seen_of_private(
            taken_away(served, [{"said": forged, "signature": given}], form)
        )


def test_a_page_tells_why_nothing_is_shown(served: Any) -> None:
    page = served.client.get(f"/read/{served.private}?start=0&end=9").text
    assert "this is no address that an answer gave" in page
    assert served.client.get(f"/api/passages/{served.private}?start=0&end=9").status_code == 403
    listed = served.client.get("/api/readings").json()["readings"]
    assert {one["path"]: one["show"] for one in listed} == {
        "open.txt": "whole", "private.txt": "passage", "hostile.txt": "whole"
    }  # fmt: skip


# --- text is inert ---


def assert_inert(response: Any) -> None:
    """Nothing that came in from outside is an element, an attribute or an address."""
    tree = html.document_fromstring(response.text)
    assert not tree.xpath("//img | //script[not(starts-with(@src, '/style/'))]")
    assert not tree.xpath("//@*[starts-with(name(), 'on')]")
    for address in tree.xpath("//@href | //@src | //@action"):
        assert address.startswith(("/", "#", "https://", "http://"))
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_hostile_readings_are_inert_on_every_page(served: Any) -> None:
    doc_id = served.doc_id("hostile.txt")
    for address in ("/readings", f"/read/{doc_id}", f"/read/{doc_id}?start=1&end=40"):
        response = served.client.get(address)
        assert "&lt;script&gt;" in response.text
        assert_inert(response)


NAMES = "title colour color position language question readings theme framed start hash sig"


@pytest.mark.parametrize("name", NAMES.split())
@pytest.mark.parametrize("path", ["/embed", "/embed/help", "/readings", "/read/{}", "/read/x"])
def test_hostile_parameters_are_inert(served: Any, path: str, name: str) -> None:
    address = path.format(served.doc_id("hostile.txt"))
    response = served.client.get(address, params={name: served.hostile}, headers=PERSON)
    assert_inert(response)
    assert "\u202e" not in response.text or path.startswith("/read/{")


@pytest.mark.parametrize("path", ["/{}", "/read/{}", "/style/{}", "/link/{}/readings", "/embed/{}"])
def test_hostile_addresses_are_inert(served: Any, path: str) -> None:
    address = path.format(quote(served.hostile, safe=""))
    response = served.client.get(address, headers=PERSON)
    assert response.status_code == 404
    assert_inert(response)


def test_a_hostile_host_is_inert(served: Any) -> None:
    headers = PERSON | {"Host": 'evil.example"><script>alert(1)</script>'}
    for path in ("/embed/help", "/embed", "/readings", "/nothing"):
        assert_inert(served.client.get(path, headers=headers))


def test_hostile_questions_come_back_as_json_and_nothing_else(served: Any) -> None:
    for route, body in ASKING.items():
        response = served.client.post(route, json=body(served.hostile), headers=PERSON)
        assert response.headers["content-type"] == "application/json"
        assert response.headers["x-content-type-options"] == "nosniff"
        json.loads(response.text)


def test_snippets_can_be_pasted_whatever_is_in_them(served: Any) -> None:
    """The line is read by a browser as one element with the given values."""
    page = served.client.get("/embed/help", params={"title": served.hostile}).text
    script, frame = html.document_fromstring(page).xpath("//textarea/text()")
    (made,) = html.fragments_fromstring(script)
    assert (made.tag, made.get("src")) == ("script", "http://testserver/widget.js")
    assert "<script>alert(1)</script>" in made.get("data-title")
    (framed,) = html.fragments_fromstring(frame)
    assert framed.get("src").startswith("http://testserver/embed?title=%3Cscript")


# --- no file but those of the program ---

OUT = ("../", "..%2f", "%2e%2e/", "..%5c", "..%252f", "%c0%ae%c0%ae/", "/", "%00")


@pytest.mark.parametrize("route", ["/read/", "/style/", "/api/readings/", "/api/passages/", "/"])
def test_no_file_can_be_read(served: Any, route: str) -> None:
    for way in OUT:
        for target in ("etc/passwd", "histqa.toml", "pyproject.toml", "private.txt", "chat.py"):
            address = route + way * (6 if ".." in way or "e%2e" in way else 1) + target
            response = served.client.get(address, params={"start": "0", "end": "9"})
            assert response.status_code in (404, 422), address
            assert "root:" not in response.text


# --- headers ---


@pytest.mark.parametrize("path", [*SIMPLE, "/nothing", "/read/nothing", "/style/embed.js", TOOLS])
def test_every_response_has_the_headers(served: Any, path: str) -> None:
    for headers in ({}, PERSON):
        response = served.client.get(path, headers=headers)
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "same-origin"
        assert response.headers["content-security-policy"].endswith("frame-ancestors 'self'")
        assert "set-cookie" not in response.headers
        assert "access-control-allow-origin" not in response.headers


def test_only_sites_that_are_named_may_read_answers(serve: Serve) -> None:
    served = serve(allowed_origins="https://moodle.example, https://canvas.example:8443")
    body = {"question": "When was the Corinth Canal opened?"}
    for origin, is_allowed in (
        ("https://moodle.example", True),
        ("https://canvas.example:8443", True),
        ("https://evil.example", False),
        ("https://moodle.example.evil.example", False),
        ("http://moodle.example", False),
        ("null", False),
    ):
        response = served.client.post("/api/ask", json=body, headers={"Origin": origin})
        allowed = response.headers.get("access-control-allow-origin")
        assert allowed == (origin if is_allowed else None)
        preflight = {
            "Origin": origin, "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        }  # fmt: skip
        asked = served.client.options("/api/ask", headers=preflight)
        assert asked.status_code == (200 if is_allowed else 400)
        assert "access-control-allow-credentials" not in asked.headers


def test_only_sites_that_are_named_may_frame_us(serve: Serve) -> None:
    served = serve(allowed_origins="https://moodle.example")
    policy = served.client.get("/embed").headers["content-security-policy"]
    assert policy.endswith("frame-ancestors 'self' https://moodle.example")


def test_pages_and_answers_are_packed_and_streams_are_not(served: Any) -> None:
    """A packed stream would be held back until there is enough of it."""
    for path in ("/style/embed.css", "/readings", "/api/openapi.json"):
        assert served.client.get(path).headers["content-encoding"] == "gzip", path
    body = {"question": "castle besieged weeks"}
    answer = served.client.post("/api/ask", json=body)
    assert answer.headers["content-encoding"] == "gzip"
    assert (
        "content-encoding"
        not in served.client.post("/api/ask", json=body | {"stream": True}).headers
    )
