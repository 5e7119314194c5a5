"""The button and the frame on pages of other sites, in a real browser."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import uvicorn

from histqa.assistant import Assistant
from histqa.frontends.server import create_server
from histqa.frontends.signing import Signatures
from histqa.settings import Settings

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
FLAGS = ["--no-sandbox", "--test-third-party-cookie-phaseout"]
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A course</title>
<meta http-equiv="Content-Security-Policy" content="style-src 'self'; script-src {0}">
</head><body><h1>A course</h1><input id="before"><script src="{0}/widget.js" data-title="Ask us"
data-colour="#ffcc00" data-position="left" data-readings="open.txt" async></script></body></html>"""


@contextmanager
def other_site() -> Iterator[tuple[str, list[bytes]]]:
    """The origin of a site with one page, which is what the list holds by the time it is asked."""
    page: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page[0])

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_address[1]}", page
        server.shutdown()


@contextmanager
def running(assistant: Assistant, allowed: str) -> Iterator[str]:
    app = create_server(
        lambda: assistant, Settings(allowed_origins=allowed), Signatures("sixteen or more letters")
    )
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def sites(three_readings: Assistant) -> Iterator[tuple[str, str, str]]:
    """The addresses of histqa, of a site that may embed it, and of one that may not."""
    with ExitStack() as stack:
        (allowed, allowed_page), (denied, denied_page) = (
            stack.enter_context(other_site()) for _ in range(2)
        )
        address = stack.enter_context(running(three_readings, allowed))
        for page in (allowed_page, denied_page):
            page.append(PAGE.format(address).encode())
        yield address, allowed, denied


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context()
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("dialog", lambda dialog: page.faults.append(dialog.message))
    yield page
    assert page.faults == []
    assert context.cookies() == []
    context.close()


def test_the_button_opens_the_chat_which_answers_with_its_sources(
    page: Any, sites: tuple[str, str, str]
) -> None:
    address, allowed, _ = sites
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(allowed)
    button = page.get_by_role("button", name="Ask us")
    button.wait_for()
    assert [url for url in asked if url.startswith(address)] == [f"{address}/widget.js"]
    button.click()
    chat = page.frame_locator("iframe")
    chat.get_by_label("Your question").fill("When was the Corinth Canal opened?")
    chat.get_by_role("button", name="Ask").click()
    quote = chat.locator("blockquote").first
    assert "opened in 1893" in quote.inner_text()
    source = chat.locator("figcaption a").first
    with page.context.expect_page() as opened:
        source.click()
    assert opened.value.locator("mark").inner_text() == quote.inner_text()
    opened.value.close()
    hosts = {url.split("/")[2] for url in asked}
    assert hosts == {address.split("/")[2], allowed.split("/")[2]}
    frame = page.frames[1]
    for store in ("localStorage", "sessionStorage"):
        # Chromium denies it to frames of other sites here, and the chat does not miss it.
        count = f"(() => {{ try {{ return {store}.length }} catch {{ return 0 }} }})()"
        assert frame.evaluate(count) == 0


@pytest.mark.parametrize("where", ["inside", "outside"])
def test_escape_closes_the_panel_and_the_focus_returns(
    page: Any, sites: tuple[str, str, str], where: str
) -> None:
    page.goto(sites[1])
    button = page.get_by_role("button", name="Ask us")
    button.press("Enter")
    box = page.frame_locator("iframe").get_by_label("Your question")
    box.wait_for()
    assert button.get_attribute("aria-expanded") == "true"
    if where == "inside":
        page.wait_for_function("document.activeElement !== document.body")
        box.press("Escape")
    else:
        page.locator("#before").press("Escape")
    page.get_by_role("dialog").wait_for(state="hidden")
    assert button.get_attribute("aria-expanded") == "false"
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.tagName") == "BUTTON"


def test_a_site_that_is_not_named_shows_no_chat(page: Any, sites: tuple[str, str, str]) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(sites[2])
    page.get_by_role("button", name="Ask us").click()
    page.wait_for_timeout(1000)
    assert page.frame_locator("iframe").get_by_label("Your question").count() == 0
    assert any("frame-ancestors" in text for text in said)


def test_a_page_of_a_site_that_is_not_named_cannot_read_an_answer(
    page: Any, sites: tuple[str, str, str]
) -> None:
    address, allowed, denied = sites
    ask = (
        "address => fetch(address + '/api/ask', {method: 'POST', body: '{\"question\": \"Who?\"}',"
        " headers: {'Content-Type': 'application/json'}}).then(r => r.status, () => 'refused')"
    )
    page.goto(denied)
    assert page.evaluate(ask, address) == "refused"
    page.goto(allowed)
    assert page.evaluate(ask, address) == 200


def test_hostile_text_does_nothing_in_the_chat(page: Any, sites: tuple[str, str, str]) -> None:
    script = "<img src=x onerror=alert(1)>"
    page.goto(f"{sites[0]}/embed?title={script}&question={script}")
    page.get_by_role("button", name=script).click()
    page.get_by_label("Your question").fill("What did the printer Hans Hostile of Ulm write?")
    page.get_by_role("button", name="Ask", exact=True).click()
    page.locator("article").nth(1).wait_for()
    assert "<script>alert(1)</script>" in page.locator("main").inner_text()
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 1
