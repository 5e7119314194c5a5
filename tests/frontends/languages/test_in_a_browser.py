"""The chat page and the embedded chat in a language, from a real server and in a real browser."""

from __future__ import annotations

import gc
import json
import os
import shutil
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytestmark = [
    pytest.mark.slow,
    # Gradio asks pandas for what pandas no longer wants to be asked.
    pytest.mark.filterwarnings("ignore:.*(no_silent_downcasting|copy keyword is deprecated)"),
]

import httpx  # noqa: E402
import uvicorn  # noqa: E402
from playwright.sync_api import Browser, Page, expect, sync_playwright  # noqa: E402

from histqa.assistant import Assistant  # noqa: E402
from histqa.frontends.chat import create_app, listening_socket  # noqa: E402
from histqa.frontends.languages import ENGLISH, LANGUAGES, Language  # noqa: E402
from histqa.settings import Settings  # noqa: E402

PATIENCE = 90_000  # milliseconds: a busy machine is slow, not wrong
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WHEN = "Πότε άνοιξε η διώρυγα της Κορίνθου;"
Left = Callable[[str], list[str]]


@pytest.fixture(scope="module")
def address(greek: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    votes = tmp_path_factory.mktemp("votes") / "votes.sqlite"
    settings = Settings(secret="a secret that only tests know", port=0, feedback=str(votes))
    with listening_socket(settings) as listener:
        with warnings.catch_warnings():
            # Gradio leaves event loops behind that it made to make locks with.
            warnings.simplefilter("ignore", ResourceWarning)
            app = create_app(lambda: greek, settings)
            gc.collect()
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="on"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        httpx.get(f"{address}/healthz", timeout=60)
        yield address
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        assert os.environ.get("CI") != "true", "there is no Chromium to test the chat with"
        pytest.skip("there is no Chromium to test the chat with: install the package chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab of a browser that speaks English; nothing may go wrong in it."""
    context = browser.new_context(locale="en-US", viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    assert wrong == []
    context.close()


def ask(page: Page, question: str) -> None:
    answers = page.locator(".hq-message:not(.hq-pending)")
    count = answers.count()
    page.fill("#hq-question-box textarea", question)
    page.keyboard.press("Enter")
    expect(answers).to_have_count(count + 1, timeout=PATIENCE)


# --- what Gradio gets ---


def test_nothing_is_left_in_what_gradio_makes_the_page_of(
    marked: Language, left_on_page: Left, address: str
) -> None:
    config = httpx.get(f"{address}/config?lang=qq", timeout=60).json()
    said = texts_of(config)
    assert any("⟦Ask⟧" in text for text in said)
    assert left_on_page(f"<html><body>{''.join(said)}</body></html>") == []
    shown = httpx.get(f"{address}/?lang=qq", timeout=60).text
    assert '<html\n\tlang="qq"' in shown
    assert "@{" not in shown


def texts_of(config: dict[str, Any]) -> list[str]:
    """What the parts of the chat page say: as text, or as markup of ours."""
    props = [part["props"] for part in config["components"]
             if part["props"].get("elem_classes") != ["hq-example"]]  # fmt: skip
    names = ("label", "value", "placeholder")
    said = [one[name] for one in props for name in names if isinstance(one.get(name), str)]
    return [f"<p>{text}</p>" for text in said]


def test_the_page_is_packed_for_browsers_and_whole_for_others(address: str) -> None:
    packed = httpx.get(address, headers={"Accept-Encoding": "gzip"}, timeout=60)
    plain = httpx.get(address, headers={"Accept-Encoding": "identity"}, timeout=60)
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text
    assert int(packed.headers["content-length"]) < len(plain.content) / 3


def test_a_text_stays_a_text_in_json_and_in_the_script_of_the_page(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    odd = 'Ask </script> "now" \\ & é'
    monkeypatch.setitem(LANGUAGES, "qq", Language("qq", {**ENGLISH.texts, "chat.ask": odd}))
    config = httpx.get(f"{address}/config?lang=qq", timeout=60).json()
    assert odd in [part["props"].get("value") for part in config["components"]]
    page = httpx.get(f"{address}/?lang=qq", timeout=60).text
    script = page.partition("window.gradio_config = ")[2].partition(";</script>")[0]
    assert json.loads(script)["components"] == config["components"]


# --- what people get ---


def test_nothing_is_left_in_the_chat(
    marked: Language, left_on_page: Left, page: Page, address: str
) -> None:
    page.goto(f"{address}/?lang=qq")
    page.wait_for_selector("body.hq-ready")
    page.get_by_text("⟦What would you like to know?⟧").wait_for()
    assert left_on_page(page.content()) == []
    for question in (WHEN, "γιατί;", "λόγος " * 500):
        ask(page, question)
    page.locator("button[name=up]").first.click()
    page.get_by_text("⟦You found this helpful.⟧").wait_for()
    assert page.evaluate("document.documentElement.lang") == "qq"
    assert left_on_page(page.content()) == []
    page.locator("button[name=copy]").first.click()
    expect(page.locator(".hq-toast")).to_have_text("⟦Copied, with references⟧")
    page.locator(".hq-cite").first.click()
    reading = page.frame_locator('iframe[name="histqa-reading"]')
    reading.locator("mark").first.wait_for()
    assert left_on_page(reading.locator("html").inner_html()) == []


def test_nothing_is_left_in_the_embedded_chat(
    marked: Language, left_on_page: Left, page: Page, address: str
) -> None:
    page.goto(f"{address}/embed?language=qq")
    for count, question in enumerate((WHEN, "και γιατί;"), 1):
        page.fill("#question", question)
        page.keyboard.press("Enter")
        page.locator("article").nth(count - 1).wait_for()
    assert page.locator("figure").count() > 0
    assert left_on_page(page.content()) == []
    assert "lang=qq" in (page.locator("figcaption a").first.get_attribute("href") or "")
    page.route("**/api/ask", lambda route: route.fulfill(status=429, json={"detail": "English"}))
    page.fill("#question", WHEN)
    page.keyboard.press("Enter")
    expect(page.locator(".fault")).to_contain_text("⟦These are too many questions")
    assert left_on_page(page.content()) == []


def test_german_holds_over_a_reload_and_in_what_is_taken_away(page: Page, address: str) -> None:
    page.goto(f"{address}/?lang=de&q={WHEN}")
    page.locator(".hq-answer").wait_for()
    page.reload()
    page.locator(".hq-answer").wait_for()
    assert page.evaluate("document.documentElement.lang") == "de"
    expect(page.locator(".hq-cite").first).to_contain_text("Absatz")
    assert page.locator("blockquote").first.get_attribute("lang") == "en"  # the reading's
    page.locator(".hq-menu summary").click()
    with page.expect_download() as saving:
        page.get_by_role("button", name="Als Markdown").click()
    saved = saving.value.path().read_text("utf-8")
    assert saved.startswith("# Fragen an die Texte")
    assert "lang=de#quote" in saved


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_language_is_wider_than_a_phone(page: Page, address: str, code: str) -> None:
    for path in (f"/?lang={code}&q={WHEN}", f"/readings?lang={code}", f"/embed?language={code}",
                 f"/embed/help?lang={code}"):  # fmt: skip
        page.goto(address + path)
        if "q=" in path:
            page.locator(".hq-answer").wait_for()
            for name in ("#hq-top", "#hq-ask-row", ".hq-actions"):
                part = page.locator(name).first
                assert part.evaluate("one => one.scrollWidth <= one.clientWidth + 1"), name
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
