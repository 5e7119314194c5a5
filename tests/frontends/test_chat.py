"""The chat as a whole: a real assistant behind a real server, spoken to over HTTP."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from html import unescape
from typing import Any

import httpx
import pytest
from lxml import html

from histqa.assistant import Assistant
from histqa.errors import SettingsError
from histqa.frontends.chat import listening_socket
from histqa.frontends.signing import Signatures
from histqa.settings import Settings
from histqa.suggesting import renew_suggestions

pytestmark = pytest.mark.slow

PEOPLE = 32
SECRET = "a secret that only the tests know"
HOW = "When was the Corinth Canal opened?"
HOSTILE = "<script>alert(1)</script> ${alert(1)} ![i](http://elsewhere.example/i.png) $$x$$"
CANAL = (
    "The Corinth Canal was opened in 1893 after eleven years of digging. "
    f"A note of the printer reads {HOSTILE}."
)


def towns() -> list[str]:
    letters = "abcdefghijklmnopqrstuvwxyz"
    return [f"{first}{second}borg" for first in letters for second in "aeiou"][:PEOPLE]


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    corpus = tmp_path_factory.mktemp("corpus")
    chronicle = [f"The fortress of {town} fell to its besiegers in {1400 + n}." for n, town in
                 enumerate(towns())]  # fmt: skip
    (corpus / "canal.txt").write_text(f"{HOSTILE}\n\n{CANAL}\n", encoding="utf-8")
    (corpus / "chronicle.txt").write_text("\n\n".join(chronicle) + "\n", encoding="utf-8")
    index = tmp_path_factory.mktemp("index")
    (corpus / "suggestions.toml").write_text(
        f"questions = [{HOW!r}, {HOW + HOSTILE!r}, 'Who cooked for Napoleon in Egypt?']",
        encoding="utf-8",
    )
    settings = Settings(
        corpus=str(corpus), index=str(index), embedder="hashing", answer_threshold=0.0
    )
    with Assistant.build(settings=settings) as built:
        renew_suggestions(settings)
        yield built


@contextmanager
def served(index: str, **settings: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server of its own, as `histqa serve` starts it, and its address."""
    program = (
        "from histqa.frontends.chat import serve; from histqa.settings import Settings;"
        f"serve(Settings(embedder='hashing', answer_threshold=0.0, port=0, feedback='', "
        f"index={index!r}, secret={SECRET!r}, **{settings!r}))"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", program], text=True, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    with server:
        assert server.stdout is not None
        found = re.search(r"http://[\w.]+:\d+", server.stdout.readline())
        assert found is not None
        try:
            yield server, found.group()
        finally:
            server.kill()


@pytest.fixture(scope="module")
def address(assistant: Assistant) -> Iterator[str]:
    with served(assistant.settings.index) as (_, address):
        yield address


class Student:
    """One browser tab: the same session for every question."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._session = uuid.uuid4().hex
        config = httpx.get(f"{address}/config", timeout=60).json()
        named = [event for event in config["dependencies"] if event["api_name"] == "respond"]
        self._event = named[0]["id"]

    def ask(self, question: str) -> list[str]:
        """Every message of the conversation after ``question`` is answered."""
        join = {
            "data": [question, [], None],
            "fn_index": self._event,
            "session_hash": self._session,
        }
        httpx.post(f"{self._address}/gradio_api/queue/join", json=join, timeout=60)
        *_, done = self._events()
        return [part["text"] for message in done["output"]["data"][1] for part in
                message["content"]]  # fmt: skip

    def _events(self) -> Iterator[dict[str, Any]]:
        query = {"session_hash": self._session}
        source = f"{self._address}/gradio_api/queue/data"
        with httpx.stream("GET", source, params=query, timeout=120) as lines:
            for line in lines.iter_lines():
                event = json.loads(line.removeprefix("data: ")) if line else {}
                if event.get("msg") == "process_completed":
                    yield event
                    return


def quotes(message: str) -> list[str]:
    """The words of each quote, without the mark that the short answer has in it."""
    found = re.findall(r"<blockquote[^>]*>(.*?)</blockquote>", message)
    return [unescape(re.sub("</?mark[^>]*>", "", text)) for text in found]


def links(message: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'href="([^"]*)"', message)]


def test_every_quote_is_marked_to_the_character_where_its_link_leads(address: str) -> None:
    message = Student(address).ask("When was the Corinth Canal opened?")[-1]
    assert "The Corinth Canal was opened in 1893" in quotes(message)[0]
    for quote, link in zip(quotes(message), links(message), strict=True):
        page = html.document_fromstring(httpx.get(f"{address}/{link.partition('#')[0]}").text)
        assert "".join(mark.text_content() for mark in page.iter("mark")) == quote


def test_the_whole_chat_works_below_a_link_and_nowhere_else(assistant: Assistant) -> None:
    with served(assistant.settings.index, access="link", root_path="/histqa") as (_, address):
        below = f"{address}/link/{Signatures(SECRET).token(9_999_999_999)}"
        for path in ("/", "/config", "/readings", "/gradio_api/info", "/style/chat.js"):
            assert httpx.get(address + path).status_code == 403
            assert httpx.get(f"{below}{path}").status_code == 200
        config = httpx.get(f"{below}/config").json()
        assert config["root"].endswith(below.removeprefix(address))
        message = Student(below).ask("When was the Corinth Canal opened?")[-1]
        page = httpx.get(f"{below}/{links(message)[0].partition('#')[0]}")
        marked = html.document_fromstring(page.text).xpath("//mark")[0].text_content()
        assert marked == quotes(message)[0]
        assert page.text.count("/histqa/link/") > 2


@pytest.mark.parametrize("route", ["static", "assets", "svelte", "custom_component/x", "theme.css",
                                   "gradio_api/file=", "gradio_api/stream/x", "file="])  # fmt: skip
def test_no_route_of_gradio_gives_out_a_file(address: str, route: str) -> None:
    for way in ("../../../../../../", "..%2f" * 6, "%2e%2e/" * 6, "..%5c" * 6, "/", "%2f"):
        for target in ("etc/passwd", "pyproject.toml"):
            response = httpx.get(f"{address}/{route}/{way}{target}")
            assert "root:" not in response.text
            assert "build-backend" not in response.text


def test_no_cookie_is_set(address: str) -> None:
    for path in ("/", "/config", "/embed", "/readings"):
        assert "set-cookie" not in httpx.get(address + path).headers


def test_a_follow_up_uses_the_conversation(address: str) -> None:
    student = Student(address)
    student.ask("When was the Corinth Canal opened?")
    conversation = student.ask("and who dug it?")
    assert len(conversation) == 4
    assert "Understood as" in conversation[-1]
    assert "Understood as" not in Student(address).ask("and who dug it?")[-1]


def test_many_people_ask_at_once_and_nobody_sees_another_s_conversation(address: str) -> None:
    def talk(number: int) -> list[str]:
        student = Student(address)
        student.ask(f"When did the fortress of {towns()[number]} fall?")
        return student.ask(f"Who besieged the fortress of {towns()[number]}?")

    with ThreadPoolExecutor(PEOPLE) as people:
        conversations = list(people.map(talk, range(PEOPLE)))
    for number, conversation in enumerate(conversations):
        assert len(conversation) == 4
        assert f"fell to its besiegers in {1400 + number}." in quotes(conversation[1])[0]
        questions = conversation[0] + conversation[2]
        assert [town for town in towns() if town in questions] == [towns()[number]]


@pytest.mark.parametrize("question", [HOSTILE, "'\"; DROP TABLE", "NEAR(a b) AND *", "🦆", "مرحبا"])
def test_a_strange_question_gets_a_sane_message(address: str, question: str) -> None:
    asked, answer = Student(address).ask(question)
    assert unescape(re.sub("<[^>]*>", "", asked)) == question
    assert 'class="hq-message' in answer
    assert "<script" not in asked + answer
    assert "${" not in asked + answer


def test_an_endless_question_is_refused_in_a_sentence(address: str) -> None:
    asked, answer = Student(address).ask("word " * 10_000)
    assert len(asked) < 1_000
    assert "hq-fault" in answer
    assert "49,999 characters" in unescape(answer)


def test_an_empty_question_changes_nothing(address: str) -> None:
    assert Student(address).ask("  \n ") == []


@pytest.mark.parametrize("path", ["/", "/readings", "/read/nothing", "/style/chat.js", "/config"])
def test_every_response_is_guarded(address: str, path: str) -> None:
    response = httpx.get(address + path, headers={"Origin": "https://elsewhere.example"})
    assert "frame-ancestors 'self'" in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in response.headers


def test_the_page_loads_nothing_from_elsewhere(address: str) -> None:
    page = html.document_fromstring(httpx.get(address).text)
    assert not [link for link in page.xpath("//link/@href | //script/@src | //img/@src")
                if "//" in link]  # fmt: skip
    assert "fonts.googleapis" not in httpx.get(f"{address}/config").text


def test_the_readings_are_listed_and_each_can_be_read(address: str) -> None:
    listed = html.document_fromstring(httpx.get(f"{address}/readings").text)
    addresses = listed.xpath("//li/a/@href")
    assert len(addresses) == 2
    assert all(httpx.get(address + reading).status_code == 200 for reading in addresses)


@pytest.mark.parametrize(
    "doc_id", ["nothing", "../../../etc/passwd", "%2e%2e%2fhistqa.toml", "%00"]
)
def test_what_is_no_reading_is_not_there(address: str, doc_id: str) -> None:
    assert httpx.get(f"{address}/read/{doc_id}").status_code == 404


def test_what_is_suggested_is_what_the_index_answers(address: str) -> None:
    components = [one["props"] for one in httpx.get(f"{address}/config").json()["components"]]
    offered = [one for one in components if "hq-example" in (one.get("elem_classes") or [])]
    assert [one["value"] for one in offered if one["visible"]] == [HOW, HOW + HOSTILE]
    compact = html.document_fromstring(httpx.get(f"{address}/embed").text)
    assert json.loads(compact.body.get("data-first")) == [HOW, HOW + HOSTILE]
    chosen = html.document_fromstring(httpx.get(f"{address}/embed?question=Why%3F").text)
    assert json.loads(chosen.body.get("data-first")) == ["Why?"]
    elsewhere = html.document_fromstring(httpx.get(f"{address}/embed?readings=nowhere").text)
    assert json.loads(elsewhere.body.get("data-first")) == []


def test_the_page_takes_a_question_before_any_script_file_has_come(address: str) -> None:
    page = html.document_fromstring(httpx.get(address).text)
    (early,) = page.xpath("//*[@id='hq-early']")
    assert [one.text for one in early.xpath(".//button")] == [HOW, HOW + HOSTILE, "Ask"]
    assert len(early.xpath(".//form//textarea")) == 1
    assert not [one for one in page.xpath("//script") if (one.text or "").startswith("alert")]
    assert page.xpath("//script[@src='style/chat.js'][@defer]")


def test_a_taken_port_is_passed_over_only_where_it_was_not_asked_for() -> None:
    with listening_socket(Settings()) as first, listening_socket(Settings()) as second:
        assert first.getsockname()[1] < second.getsockname()[1]
        with pytest.raises(SettingsError, match="something else is using it"):
            listening_socket(Settings(port=second.getsockname()[1]))


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.9", "a..b", "", "\x00"])
def test_a_host_that_is_not_ours_is_said(host: str) -> None:
    with pytest.raises(SettingsError, match=r"host: .* is no address"):
        listening_socket(Settings(host=host, port=0))


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent as a POSIX signal")
def test_the_server_says_where_it_is_and_ends_quietly_on_control_c(assistant: Assistant) -> None:
    with served(assistant.settings.index) as (server, address):
        assert httpx.get(f"{address}/readings", timeout=20).status_code == 200
        server.send_signal(signal.SIGINT)
        _, complaints = server.communicate(timeout=20)
    assert server.returncode == 0
    assert "Traceback" not in complaints


def test_the_socket_is_free_again_after_closing() -> None:
    with listening_socket(Settings(port=0)) as listener:
        port = listener.getsockname()[1]
    with listening_socket(Settings(port=port)) as again:
        assert isinstance(again, socket.socket)
