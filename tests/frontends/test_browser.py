"""The chat as people use it, in a real browser: ask, read on, vote, take away, share."""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    # Gradio asks pandas for what pandas no longer wants to be asked.
    pytest.mark.filterwarnings("ignore:.*(no_silent_downcasting|copy keyword is deprecated)"),
]

import docx  # noqa: E402
import uvicorn  # noqa: E402
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright  # noqa: E402

from histqa.assistant import Assistant  # noqa: E402
from histqa.frontends.chat import create_app, listening_socket  # noqa: E402
from histqa.frontends.feedback import Feedback  # noqa: E402
from histqa.settings import Settings  # noqa: E402

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


@dataclass(frozen=True)
class Served:
    """A running chat: its address, and where its votes go."""

    address: str
    votes: Path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("chat")
    (folder / "corpus/unit 1").mkdir(parents=True)
    canal = f"The canal\n\nIt was long hoped for.\n\n{CANAL} {HOSTILE} It is narrow.\n"
    (folder / "corpus/canal.txt").write_text(canal, encoding="utf-8")
    chronicle = f"{LONG}\n\nThe fortress of Belgrade fell in 1456.\n"
    (folder / "corpus/unit 1/chronicle.txt").write_text(chronicle, encoding="utf-8")
    whole = '["canal.txt"]\nshow = "whole"\n["unit 1/chronicle.txt"]\nshow = "whole"\n'
    (folder / "corpus/readings.toml").write_text(whole, encoding="utf-8")
    settings = Settings(
        corpus=str(folder / "corpus"), index=str(folder / "index"), embedder="hashing",
        secret="a secret that only the tests know",
        answer_threshold=0.2, port=0, feedback=str(folder / "votes.sqlite"),
    )  # fmt: skip
    with Assistant.build(settings=settings) as assistant, listening_socket(settings) as listener:
        app = create_app(lambda: assistant, settings)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="on"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", folder / "votes.sqlite")
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        assert os.environ.get("CI") != "true", "there is no Chromium to test the chat with"
        pytest.skip("there is no Chromium to test the chat with: install the package chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


class Tab:
    """One browser tab with the chat in it."""

    def __init__(self, page: Page, served: Served) -> None:
        self.page = page
        self.served = served
        page.set_default_timeout(PATIENCE)

    def open(self, query: str = "") -> Tab:
        self.page.goto(f"{self.served.address}/{query}")
        self.page.wait_for_selector("#hq-question-box textarea")
        return self

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


@pytest.fixture
def tab(browser: Browser, served: Served, request: pytest.FixtureRequest) -> Iterator[Tab]:
    """A tab of the size and colours that the test's parameters say; nothing may go wrong in it."""
    options = {"viewport": {"width": 1280, "height": 800}, **getattr(request, "param", {})}
    context = browser.new_context(**options)
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=served.address)
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda line: line.type == "error" and wrong.append(line.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    ours = (served.address, "data:", "blob:")
    page.on("request", lambda sent: sent.url.startswith(ours) or wrong.append(sent.url))
    yield Tab(page, served)
    assert wrong == []
    assert page.evaluate("() => window.harmed === undefined")
    context.close()


def quote_in(message: Locator) -> str:
    return message.locator("blockquote").first.text_content() or ""


def test_a_click_on_a_number_marks_exactly_the_quote_and_brings_it_into_view(tab: Tab) -> None:
    message = tab.open().ask(HOW)
    assert CANAL in quote_in(message)
    message.locator(".hq-chip").first.click()
    assert tab.marked() == quote_in(message)
    frame = tab.page.frame_locator('iframe[name="histqa-reading"]')
    expect(frame.locator("mark").first).to_be_in_viewport()
    expect(frame.locator(".where")).to_contain_text("paragraph")


def test_a_hostile_quote_is_shown_and_marked_as_the_text_it_is(tab: Tab) -> None:
    message = tab.open().ask("What window was harmed by javascript onerror?")
    assert HOSTILE.split(" It is")[0][:20] in (message.text_content() or "")
    message.locator(".hq-cite").first.click()
    tab.marked()


def test_everything_can_be_done_with_the_keyboard(tab: Tab) -> None:
    message = tab.open().ask(HOW)
    message.locator(".hq-cite").first.focus()
    tab.page.keyboard.press("Enter")
    assert tab.marked() == quote_in(message)
    tab.page.keyboard.press("Escape")
    expect(message.locator(".hq-cite").first).to_be_focused()
    tab.page.keyboard.press("Tab")
    expect(message.get_by_role("button", name="Copy")).to_be_focused()


def test_a_long_reading_is_opened_at_the_part_with_the_place(tab: Tab) -> None:
    message = tab.open().ask("When did the fortress of Belgrade fall?")
    message.locator(".hq-cite").first.click()
    assert tab.marked() == quote_in(message)
    frame = tab.page.frame_locator('iframe[name="histqa-reading"]')
    parts = frame.locator("nav.parts span").first.text_content() or ""
    assert re.search(r"Part (\d+) of \1", parts)


def test_a_follow_up_says_how_it_was_understood_and_can_be_asked_as_typed(tab: Tab) -> None:
    tab.open().ask(HOW)
    message = tab.ask("and who dug it?")
    expect(message.locator(".hq-conditions")).to_contain_text("Corinth Canal")
    message.get_by_role("button", name="Ask again without this").click()
    expect(tab.page.locator(".hq-conditions")).to_have_count(0, timeout=PATIENCE)
    assert tab.page.locator(".hq-message").count() == 2


def test_each_question_goes_to_the_top_so_that_its_answer_is_in_sight(tab: Tab) -> None:
    tab.open().page.set_viewport_size({"width": 390, "height": 560})
    for question in (HOW, "Was the Corinth Canal opened in 1893?", "What is narrow?"):
        message = tab.ask(question)
        expect(tab.page.locator(".hq-question").last).to_be_in_viewport()
        expect(message.locator("blockquote, .hq-verdict").first).to_be_in_viewport()


def test_a_refusal_is_no_answer_and_offers_the_nearest_passages(tab: Tab) -> None:
    message = tab.open().ask("Who was Napoleon's cook?")
    expect(message).to_have_class(re.compile("hq-not-found"))
    expect(message).to_contain_text("The readings do not say.")
    assert message.locator("blockquote").count() == 0


def test_a_question_can_be_restricted_to_a_folder(tab: Tab) -> None:
    tab.open().page.locator("#hq-readings input").click()
    tab.page.get_by_role("option", name=re.compile("unit 1")).click()
    tab.page.keyboard.press("Escape")
    message = tab.ask(HOW)
    expect(message.locator(".hq-conditions")).to_contain_text("In unit 1")
    assert CANAL not in (message.text_content() or "")


def test_a_vote_with_its_reason_is_kept_and_can_be_undone(tab: Tab) -> None:
    message = tab.open().ask("Was the Corinth Canal opened in 1893?")
    message.get_by_role("button", name="No").click()
    tab.page.get_by_label("Something is missing").check()
    tab.page.get_by_label("Remark").fill("By whom?")
    tab.page.get_by_role("button", name="Send").click()
    expect(message).to_contain_text("You found this unhelpful.", timeout=PATIENCE)
    kept = [vote["feedback"] for vote in Feedback(tab.served.votes).questions()]
    assert [(vote["reason"], vote["remark"]) for vote in kept] == [("incomplete", "By whom?")]
    message.get_by_role("button", name="Undo").click()
    expect(message).to_contain_text("Helpful?", timeout=PATIENCE)


def test_an_answer_is_copied_with_its_references(tab: Tab) -> None:
    message = tab.open().ask(HOW)
    message.get_by_role("button", name="Copy").click()
    expect(tab.page.locator(".hq-toast")).to_have_text("Copied, with references")
    copied = tab.page.evaluate("() => navigator.clipboard.readText()")
    assert f"“{quote_in(message)}” [1]" in copied
    address = re.search(rf"{tab.served.address}/read/\S+", copied)
    assert address is not None
    tab.page.goto(address.group())
    assert "".join(tab.page.locator("mark").all_text_contents()) in copied


@pytest.mark.parametrize(("label", "suffix"), [("As Markdown", "md"), ("As a web page", "html")])
def test_a_conversation_is_saved(tab: Tab, label: str, suffix: str) -> None:
    tab.open().ask(HOW)
    tab.page.locator(".hq-menu summary").click()
    with tab.page.expect_download() as saving:
        tab.page.get_by_role("button", name=label).click()
    assert saving.value.suggested_filename == f"histqa-conversation.{suffix}"
    saved = Path(saving.value.path()).read_text(encoding="utf-8")
    assert CANAL in saved
    assert HOW in saved
    assert "References" in saved


def test_a_conversation_is_saved_as_a_word_document(tab: Tab) -> None:
    tab.open().ask(HOW)
    tab.page.locator(".hq-menu summary").click()
    with tab.page.expect_download() as saving:
        tab.page.get_by_role("button", name="As a Word document").click()
    assert saving.value.suggested_filename == "histqa-conversation.docx"
    saved = docx.Document(saving.value.path())
    assert CANAL in [one.text for one in saved.paragraphs if one.style.name == "Quote"]


def test_a_link_asks_the_question_and_a_reload_loses_nothing(tab: Tab) -> None:
    tab.open().ask(HOW).get_by_role("button", name="Link").click()
    expect(tab.page.locator(".hq-toast")).to_have_text("Link to this question copied")
    link = tab.page.evaluate("() => navigator.clipboard.readText()")
    tab.page.get_by_role("button", name="New conversation").click()
    expect(tab.page.locator(".hq-message")).to_have_count(0)
    tab.page.goto(link)
    answers = tab.page.locator(".hq-message:not(.hq-pending)")
    expect(answers).to_have_count(1, timeout=PATIENCE)
    tab.ask("and who dug it?")
    before = answers.all_text_contents()
    tab.page.reload()
    expect(answers).to_have_count(2, timeout=PATIENCE)
    assert answers.all_text_contents() == before


NARROW = [
    {"viewport": {"width": width, "height": 780}, "color_scheme": scheme}
    for width, scheme in ((360, "dark"), (390, "light"))
]


@pytest.mark.parametrize("tab", NARROW, indirect=True, ids=["360 dark", "390 light"])
def test_on_a_phone_the_source_is_below_and_nothing_is_cut_off(tab: Tab) -> None:
    message = tab.open().ask(HOW)
    message.locator(".hq-cite").first.click()
    assert tab.marked() == quote_in(message)
    width = tab.page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= tab.page.viewport_size["width"]  # type: ignore[index]
    side, talk = (tab.page.locator(name).bounding_box() for name in ("#hq-side", "#hq-talk"))
    assert side is not None
    assert talk is not None
    assert side["y"] >= talk["y"] + talk["height"] - 1
    tab.page.get_by_role("button", name="Close").click()
    expect(tab.page.locator("#hq-question-box")).to_be_in_viewport()


@pytest.mark.parametrize("tab", [{"color_scheme": "dark"}], indirect=True)
def test_in_the_dark_the_reading_is_dark_too(tab: Tab) -> None:
    tab.open().ask(HOW).locator(".hq-cite").first.click()
    tab.marked()
    colour = "element => getComputedStyle(element).backgroundColor"
    frame = tab.page.frame_locator('iframe[name="histqa-reading"]')
    assert frame.locator("body").evaluate(colour) == "rgb(27, 26, 24)"
    assert tab.page.locator("body").evaluate(colour) == "rgb(27, 26, 24)"


def test_a_link_to_a_reading_that_has_changed_says_so_and_marks_nothing(tab: Tab) -> None:
    message = tab.open().ask(HOW)
    link = message.locator(".hq-cite").first.get_attribute("href") or ""
    link = link.removeprefix(".")
    tab.page.goto(tab.served.address + re.sub("hash=[0-9a-f]+", f"hash={'0' * 16}", link))
    expect(tab.page.get_by_role("note")).to_contain_text("changed since")
    assert tab.page.locator("mark").count() == 0


AXE = (Path(__file__).parent / "axe/axe.min.js").read_text(encoding="utf-8")
SIZES = [
    {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    for width in (360, 1280)
    for scheme in ("light", "dark")
]


def barriers(page: Page) -> list[str]:
    """What axe-core finds on a page that keeps people out (WCAG 2 A and AA, good practice)."""
    page.evaluate(AXE)
    found = page.evaluate("() => axe.run(document, { iframes: false })")
    assert found["passes"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found["violations"]]


@pytest.mark.parametrize("tab", SIZES, indirect=True)
def test_nothing_keeps_people_out(tab: Tab) -> None:
    tab.open().page.wait_for_selector("body.hq-ready")
    assert barriers(tab.page) == []
    message = tab.ask(HOW)
    tab.ask("and who dug it?")
    tab.ask("Who was Napoleon's cook?")
    assert barriers(tab.page) == []
    message.get_by_role("button", name="No").click()
    assert barriers(tab.page) == []
    tab.page.keyboard.press("Escape")
    reading = (message.locator(".hq-cite").first.get_attribute("href") or "").removeprefix(".")
    for path in ("/readings", reading):
        tab.page.goto(tab.served.address + path)
        assert barriers(tab.page) == []
