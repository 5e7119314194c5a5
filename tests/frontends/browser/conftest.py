"""A chat that is served, and a browser with tabs to use it in."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Locator, Page, Playwright, Route, expect, sync_playwright

from histqa.assistant import Assistant
from histqa.frontends.chat import create_app, listening_socket
from histqa.settings import Settings
from histqa.suggesting import renew_suggestions
from histqa.types import Trace

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 60_000  # milliseconds: a busy machine is slow, not wrong
HOSTILE = '<img src=x onerror="window.harmed=1"> ${window.harmed=1} [a](javascript:window.harmed=1)'
CANAL = "The Corinth Canal was opened in 1893 after eleven years of digging."
HOW = "When was the Corinth Canal opened?"
LONG = "\n\n".join(f"Chapter {n} of the chronicle tells of barley. " * 30 for n in range(300))
LETTERS = "The letters\n\nThe printer Gutenberg of Mainz printed his letters in 1454.\n"
METADATA = '["canal.txt"]\nshow = "whole"\n["unit 1/chronicle.txt"]\nshow = "whole"\n'


@dataclass(frozen=True)
class Served:
    """A running chat: its address, where its votes go, and what holds slow questions back."""

    address: str
    votes: Path
    going_on: threading.Event
    assistant: Assistant
    canal: str = CANAL
    hostile: str = HOSTILE


class Pausing(Assistant):
    """Answers as ever, but a question with "slowly" in it waits until ``going_on`` is set."""

    going_on = threading.Event()

    def trace(self, question: str, **options: Any) -> Trace:
        if "slowly" in question:
            options["progress"]("searching")
            self.going_on.wait(PATIENCE / 1000)
        return super().trace(question, **options)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("chat")
    (folder / "corpus/unit 1").mkdir(parents=True)
    canal = f"The canal\n\nIt was long hoped for.\n\n{CANAL} {HOSTILE} It is narrow.\n"
    chronicle = f"{LONG}\n\nThe fortress of Belgrade fell in 1456.\n"
    for name, text in (
        ("canal.txt", canal),
        ("unit 1/chronicle.txt", chronicle),
        ("letters.txt", LETTERS),
        ("readings.toml", METADATA),
        ("suggestions.toml", f"questions = [{HOW!r}]"),
    ):
        (folder / "corpus" / name).write_text(text, encoding="utf-8")
    settings = Settings(
        corpus=str(folder / "corpus"), index=str(folder / "index"), embedder="hashing",
        reader="similarity", secret="a secret that only the tests know",
        answer_threshold=0.2, port=0, feedback=str(folder / "votes.sqlite"),
    )  # fmt: skip
    with Pausing.build(settings=settings) as assistant, listening_socket(settings) as listener:
        renew_suggestions(settings)
        app = create_app(lambda: assistant, settings)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="on"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        yield Served(address, folder / "votes.sqlite", assistant.going_on, assistant)
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the browser is."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        assert os.environ.get("CI") != "true", "there is no Chromium to test the chat with"
        pytest.skip("there is no Chromium to test the chat with: install the package chromium")
    return path


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(chromium: str, playwright: Playwright) -> Iterator[Browser]:
    running = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
    yield running
    running.close()


class Tab:
    """One browser tab with the chat in it; ``wrong`` is what went wrong there."""

    def __init__(self, page: Page, served: Served) -> None:
        self.page = page
        self.served = served
        self.wrong: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda line: line.type == "error" and self.wrong.append(line.text))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        ours = (served.address, "data:", "blob:", "about:", "file:")
        page.on("request", lambda sent: sent.url.startswith(ours) or self.wrong.append(sent.url))

    def open(self, query: str = "") -> Tab:
        self.page.goto(f"{self.served.address}/{query}")
        self.page.wait_for_selector("#hq-question-box textarea")
        return self

    @contextmanager
    def held_up(self, query: str = "", scripts: str = "**/assets/*.js") -> Iterator[Page]:
        """The page while scripts, Gradio's or ours too, are still to come; they come at the end."""
        waiting: list[Route] = []
        has_come = False
        self.page.route(scripts, lambda one: one.continue_() if has_come else waiting.append(one))
        self.page.goto(f"{self.served.address}/{query}", wait_until="commit")
        yield self.page
        has_come = True
        for route in waiting:
            route.continue_()

    def ask(self, question: str) -> Locator:
        """The message below ``question``, once it is there."""
        answers = self.page.locator(".hq-message:not(.hq-pending)")
        count = answers.count()
        self.page.fill("#hq-question-box textarea", question)
        self.page.keyboard.press("Enter")
        expect(answers).to_have_count(count + 1, timeout=PATIENCE)
        return answers.last

    def marked(self) -> str:
        """What is marked in the reading beside the chat."""
        frame = self.page.frame_locator('iframe[name="histqa-reading"]')
        frame.locator("mark").first.wait_for()
        return "".join(frame.locator("mark").all_text_contents())

    @property
    def is_too_wide(self) -> bool:
        """Whether it scrolls sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


@pytest.fixture
def tab(browser: Browser, served: Served, request: pytest.FixtureRequest) -> Iterator[Tab]:
    """A tab of the size and colours that the test's parameters say; nothing may go wrong in it."""
    options = {"viewport": {"width": 1280, "height": 800}, **getattr(request, "param", {})}
    context = browser.new_context(**options)
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=served.address)
    tab = Tab(context.new_page(), served)
    yield tab
    assert tab.wrong == []
    assert tab.page.evaluate("() => window.harmed === undefined")
    context.close()


@pytest.fixture
def tab_without_storage(
    chromium: str, playwright: Playwright, served: Served, tmp_path: Path
) -> Iterator[Tab]:
    """A tab in which the browser forbids every cookie and all storage, as its settings can say."""
    (tmp_path / "Default").mkdir()
    said = '{"profile": {"default_content_setting_values": {"cookies": 2}}}'
    (tmp_path / "Default/Preferences").write_text(said, encoding="utf-8")
    context = playwright.chromium.launch_persistent_context(
        str(tmp_path), executable_path=chromium, args=FLAGS
    )
    tab = Tab(context.new_page(), served)
    yield tab
    assert tab.wrong == []
    context.close()
