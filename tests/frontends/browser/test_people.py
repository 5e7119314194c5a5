"""Pages as all kinds of people use them: by keyboard, by ear, on a phone, in the dark."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

pytestmark = [
    pytest.mark.slow,
    # Gradio asks pandas for what pandas no longer wants to be asked.
    pytest.mark.filterwarnings("ignore:.*(no_silent_downcasting|copy keyword is deprecated)"),
]

from playwright.sync_api import Page, expect  # noqa: E402

from histqa.evaluation.formats import read_questions  # noqa: E402
from histqa.evaluation.html import render  # noqa: E402
from histqa.evaluation.running import Evaluation  # noqa: E402

PATIENCE = 60_000
HOW = "When was the Corinth Canal opened?"
OF_LETTERS = "When did Gutenberg of Mainz print his letters?"
OF_NOTHING = "Who was Napoleon's cook?"
FAULTY = "why " * 600  # longer than a question may be
AXE = (Path(__file__).parent / "axe/axe.min.js").read_text(encoding="utf-8")
IN_BOTH = [{"color_scheme": "light"}, {"color_scheme": "dark"}]
ON_A_PHONE = [{"viewport": {"width": 360, "height": 740}}]
both_themes = pytest.mark.parametrize("tab", IN_BOTH, indirect=True, ids=["light", "dark"])
on_both_screens = pytest.mark.parametrize(
    "tab", [{}, *ON_A_PHONE], indirect=True, ids=["wide", "360"]
)
on_a_phone = pytest.mark.parametrize("tab", ON_A_PHONE, indirect=True, ids=["360"])


def barriers(page: Page) -> list[str]:
    """What axe-core finds on a page that keeps people out (WCAG 2 A and AA, good practice)."""
    page.evaluate(AXE)
    found = page.evaluate("() => axe.run(document, { iframes: false })")
    assert found["passes"]
    return [f"{one['id']}: {node['html']}" for one in found["violations"] for node in one["nodes"]]


def cited(message: Any) -> str:
    """The path of the place that the message quotes first."""
    return (message.locator(".hq-cite").first.get_attribute("href") or "").removeprefix(".")


def focused(page: Page) -> Any:
    return page.locator(":focus")


def tab_to(page: Page, wanted: str, *, backwards: bool = False) -> None:
    """Press Tab until what the selector names has the focus, as often as a person would."""
    for _ in range(25):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if focused(page).count() and focused(page).evaluate("(it, css) => it.matches(css)", wanted):
            return
    raise AssertionError(f"no way by Tab to {wanted}")


@pytest.fixture
def report(served: Any, tmp_path: Path) -> Path:
    """An evaluation report with an answer that is right, one that is wrong, and a refusal."""
    questions = tmp_path / "questions.csv"
    questions.write_text(
        "question,answer\n"
        f"{HOW},1893\nWhen did the fortress of Belgrade fall?,1999\n{OF_NOTHING},\n",
        encoding="utf-8",
    )
    made = Evaluation(served.assistant).run(read_questions(questions))
    page = tmp_path / "report.html"
    page.write_text(render(made), encoding="utf-8")
    return page


# --- without a mouse ---


def test_from_the_first_page_to_a_source_and_back_with_the_keyboard_alone(tab: Any) -> None:
    page = tab.open().page
    page.wait_for_selector("body.hq-ready")
    expect(focused(page)).to_have_accessible_name("Your question")
    page.keyboard.type(HOW)
    page.keyboard.press("Enter")
    message = page.locator(".hq-message:not(.hq-pending)")
    expect(message).to_have_count(1, timeout=PATIENCE)
    tab_to(page, ".hq-cite", backwards=True)
    page.keyboard.press("Enter")
    assert tab.marked() in (message.text_content() or "")
    expect(page.locator(".hq-panel-bar")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    expect(focused(page)).to_have_class(re.compile("hq-cite"))
    tab_to(page, "textarea")
    page.keyboard.type(OF_NOTHING)
    page.keyboard.press("Enter")
    expect(message).to_have_count(2, timeout=PATIENCE)


def test_a_suggested_question_is_asked_by_the_keyboard(tab: Any) -> None:
    page = tab.open().page
    page.wait_for_selector("body.hq-ready")
    tab_to(page, ".hq-example", backwards=True)
    expect(focused(page)).to_have_text(HOW)
    page.keyboard.press("Enter")
    expect(page.locator(".hq-answer")).to_contain_text(tab.served.canal, timeout=PATIENCE)
    expect(page.locator(".hq-example:visible")).to_have_count(0)


# --- in a hurry ---


def test_an_answer_that_takes_long_is_stopped_and_the_next_one_comes(tab: Any) -> None:
    page = tab.open().page
    page.wait_for_selector("body.hq-ready")
    tab.served.going_on.clear()
    try:
        page.fill("#hq-question-box textarea", "When, slowly, was the canal opened?")
        page.keyboard.press("Enter")
        expect(page.locator(".hq-pending")).to_contain_text("Searching", timeout=PATIENCE)
        page.get_by_role("button", name="Stop").click()
        expect(page.locator(".hq-stopped")).to_have_count(1, timeout=PATIENCE)
    finally:
        tab.served.going_on.set()
    box = page.locator("#hq-question-box textarea")
    box.fill(HOW)
    while box.input_value():  # Gradio takes no event for a moment after one was cancelled
        page.keyboard.press("Enter")
        page.wait_for_timeout(500)
    expect(page.locator(".hq-answer")).to_contain_text(tab.served.canal, timeout=PATIENCE)
    expect(page.locator(".hq-stopped")).to_have_count(1)
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(".hq-answer")).to_have_count(2, timeout=PATIENCE)


def test_what_is_typed_while_an_answer_is_awaited_stays(tab: Any) -> None:
    page = tab.open().page
    page.wait_for_selector("body.hq-ready")
    tab.served.going_on.clear()
    try:
        page.fill("#hq-question-box textarea", "When, slowly, was the canal opened?")
        page.keyboard.press("Enter")
        expect(page.locator(".hq-pending")).to_contain_text("Searching", timeout=PATIENCE)
        page.fill("#hq-question-box textarea", "And how long")
    finally:
        tab.served.going_on.set()
    expect(page.locator(".hq-answer")).to_have_count(1, timeout=PATIENCE)
    expect(page.locator("#hq-question-box textarea")).to_have_value("And how long")


def test_after_a_refusal_a_follow_up_goes_back_to_what_was_answered(tab: Any) -> None:
    tab.open().ask(HOW)
    assert "hq-not-found" in (tab.ask(OF_NOTHING).get_attribute("class") or "")
    assert tab.served.canal in (tab.ask("How long was the Corinth Canal dug?").text_content() or "")


def test_a_question_asked_before_gradio_has_come_is_held_shown_and_answered(tab: Any) -> None:
    with tab.held_up() as page:
        expect(focused(page)).to_have_accessible_name("Your question")
        page.keyboard.type(HOW)
        page.keyboard.press("Enter")
        expect(page.locator("#hq-early .hq-question")).to_have_text(HOW)
        expect(page.locator("#hq-early .hq-pending")).to_contain_text("Waiting")
        page.keyboard.press("Enter")  # of an empty box: what is held stays held
        page.keyboard.type("And then?")
        page.keyboard.press("Enter")  # and so it does when there is more
        assert barriers(page) == []
    expect(page.locator(".hq-answer")).to_contain_text(tab.served.canal, timeout=PATIENCE)
    expect(page.locator(".hq-question")).to_have_text([HOW])
    expect(page.locator("#hq-question-box textarea")).to_have_value("And then?")
    expect(page.locator("#hq-early")).to_have_count(0)


def test_a_suggestion_is_taken_before_gradio_has_come(tab: Any) -> None:
    with tab.held_up() as page:
        page.get_by_role("button", name=HOW).click()
        expect(page.locator("#hq-early .hq-question")).to_have_text(HOW)
    expect(page.locator(".hq-answer")).to_contain_text(tab.served.canal, timeout=PATIENCE)


def test_the_question_of_an_address_is_held_until_it_can_be_asked_and_only_once(tab: Any) -> None:
    with tab.held_up(f"?lang=en&{urlencode({'q': HOW})}", scripts="**/*.js") as page:
        expect(page.locator("#hq-early .hq-question")).to_have_text(HOW)
        expect(focused(page)).to_have_accessible_name("Your question")
        page.keyboard.type(OF_NOTHING)
        page.keyboard.press("Enter")
    expect(page.locator(".hq-answer")).to_contain_text(tab.served.canal, timeout=PATIENCE)
    expect(page.locator(".hq-question")).to_have_text([HOW])
    expect(page.locator("#hq-question-box textarea")).to_have_value(OF_NOTHING)
    assert page.url.endswith("/?lang=en")


def test_a_question_asked_while_the_conversation_comes_back_follows_it(tab: Any) -> None:
    tab.open().ask(OF_LETTERS)
    with tab.held_up(scripts="**/*.js") as page:
        expect(focused(page)).to_have_accessible_name("Your question")
        page.keyboard.type(HOW)
        page.keyboard.press("Enter")
        expect(page.locator("#hq-early .hq-question")).to_have_text(HOW)
    expect(page.locator(".hq-message").last).to_contain_text(tab.served.canal, timeout=PATIENCE)
    expect(page.locator(".hq-question")).to_have_text([OF_LETTERS, HOW])


def test_a_question_that_the_server_does_not_take_is_given_back(tab: Any) -> None:
    refused = "**/gradio_api/queue/join*"
    tab.page.route(refused, lambda one: one.fulfill(status=429, json={"detail": "too many"}))
    with tab.held_up() as page:
        expect(focused(page)).to_have_accessible_name("Your question")
        page.keyboard.type(HOW)
        page.keyboard.press("Enter")
        expect(page.locator("#hq-early .hq-question")).to_have_text(HOW)
    box = page.locator("#hq-question-box textarea")
    expect(box).to_have_value(HOW, timeout=PATIENCE)
    expect(page.locator("#hq-early")).to_have_count(0)
    page.unroute(refused)
    box.press("Enter")
    expect(page.locator(".hq-answer")).to_contain_text(tab.served.canal, timeout=PATIENCE)
    assert all("429" in line for line in tab.wrong)  # the browser tells of the refusal itself
    tab.wrong.clear()


def test_a_question_that_is_given_back_stands_before_what_was_typed_after_it(tab: Any) -> None:
    refused = "**/gradio_api/queue/join*"
    tab.page.route(refused, lambda one: one.fulfill(status=429, json={"detail": "too many"}))
    with tab.held_up() as page:
        expect(focused(page)).to_have_accessible_name("Your question")
        page.keyboard.type(HOW)
        page.keyboard.press("Enter")
        expect(page.locator("#hq-early .hq-question")).to_have_text(HOW)
        page.keyboard.type("And then?")
    box = page.locator("#hq-question-box textarea")
    expect(box).to_have_value(f"{HOW}\nAnd then?", timeout=PATIENCE)
    page.unroute(refused)
    assert all("429" in line for line in tab.wrong)
    tab.wrong.clear()


@on_both_screens
def test_what_is_begun_before_gradio_has_come_is_finished_in_its_box(tab: Any) -> None:
    with tab.held_up() as page:
        expect(focused(page)).to_have_accessible_name("Your question")
        page.keyboard.type("When was it opened?")
        for _ in "it opened?":
            page.keyboard.press("ArrowLeft")
        assert barriers(page) == []
        early = page.locator("#hq-early textarea").bounding_box()
    page.wait_for_selector("body.hq-ready")
    box = page.locator("#hq-question-box textarea")
    assert box.bounding_box() == pytest.approx(early, abs=4)  # nothing jumps
    page.keyboard.type("said that ")
    expect(box).to_have_value("When was said that it opened?")


SHIFTED = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: 'layout-shift', buffered: true });
"""


@on_both_screens
def test_nothing_moves_while_the_page_comes_bit_by_bit(tab: Any) -> None:
    tab.page.add_init_script(SHIFTED)
    line = {"offline": False, "latency": 0, "downloadThroughput": 40e3, "uploadThroughput": 40e3}
    network = tab.page.context.new_cdp_session(tab.page)
    network.send("Network.emulateNetworkConditions", line)
    page = tab.open().page
    page.wait_for_selector("body.hq-ready")
    expect(page.locator("#hq-early")).to_have_count(0)
    page.wait_for_timeout(500)
    assert page.evaluate("window.shifted") == pytest.approx(0, abs=0.01)


# --- by ear ---


HEARD = """() => {
  window.heard = [];
  const live = '[aria-live="polite"], [aria-live="assertive"], [role="status"], [role="alert"], '
    + '[role="log"]:not([aria-live="off"])';
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      const element = target.nodeType === 1 ? target : target.parentElement;
      const region = element?.closest(live);
      const said = region?.getAttribute("aria-live") === "off" ? "" : region?.textContent.trim();
      if (said && said !== window.heard.at(-1)) window.heard.push(said);
    }
  }).observe(document.body, { childList: true, characterData: true, subtree: true });
}"""


def test_an_answer_is_announced_once_and_progress_is_not(tab: Any) -> None:
    page = tab.open().page
    page.wait_for_selector("body.hq-ready")
    page.evaluate(HEARD)
    tab.ask(HOW)
    tab.ask(OF_NOTHING)
    page.wait_for_timeout(500)
    first, second = page.evaluate("window.heard")
    assert tab.served.canal in first
    assert second == "The readings do not say."


def test_what_comes_back_after_a_reload_is_not_announced(tab: Any) -> None:
    page = tab.open().page
    tab.ask(HOW)
    page.add_init_script(f"addEventListener('DOMContentLoaded', {HEARD})")
    page.reload()
    expect(page.locator(".hq-answer")).to_have_count(1, timeout=PATIENCE)
    page.wait_for_timeout(500)
    assert not [said for said in page.evaluate("window.heard") if "Corinth" in said]


# --- for everybody ---


@both_themes
def test_nothing_keeps_people_out_of_the_chat(tab: Any) -> None:
    tab.open().page.wait_for_selector("body.hq-ready")
    assert barriers(tab.page) == []
    tab.ask(HOW)
    tab.ask(OF_NOTHING)
    fault = tab.ask(FAULTY)
    assert "hq-fault" in (fault.get_attribute("class") or "")
    assert barriers(tab.page) == []
    tab.page.locator(".hq-cite").first.click()
    tab.marked()
    assert barriers(tab.page) == []
    tab.page.get_by_role("button", name="No", exact=True).first.click()
    assert barriers(tab.page) == []


@both_themes
def test_nothing_keeps_people_out_of_the_readings(tab: Any) -> None:
    tab.open()
    whole, passage = [cited(tab.ask(question)) for question in (HOW, OF_LETTERS)]
    for path in (whole, passage):
        tab.page.goto(tab.served.address + path)
        assert barriers(tab.page) == [], path
    tab.page.goto(f"{tab.served.address}/readings")
    assert barriers(tab.page) == []


@both_themes
def test_nothing_keeps_people_out_of_the_embedded_chat_and_its_help(tab: Any) -> None:
    page = tab.page
    page.goto(f"{tab.served.address}/embed")
    assert barriers(page) == []
    page.get_by_role("button", name=HOW).click()
    expect(page.locator("article blockquote").first).to_contain_text(tab.served.canal)
    expect(page.get_by_role("status")).to_contain_text(tab.served.canal)
    page.get_by_label("Your question").fill(OF_NOTHING)
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_have_count(1)
    expect(page.get_by_role("status")).to_have_text("The readings do not say.")
    assert barriers(page) == []
    page.goto(f"{tab.served.address}/embed/help?colour=%23ffcc00")
    assert barriers(page) == []


@both_themes
def test_nothing_keeps_people_out_of_an_evaluation_report(tab: Any, report: Path) -> None:
    tab.page.goto(report.as_uri())
    assert barriers(tab.page) == []


@on_a_phone
def test_on_a_phone_no_page_scrolls_sideways(tab: Any, report: Path) -> None:
    page = tab.open().page
    page.wait_for_selector("body.hq-ready")
    assert not tab.is_too_wide
    places = [cited(tab.ask(question)) for question in (HOW, OF_LETTERS)]
    tab.ask(FAULTY)
    assert not tab.is_too_wide
    for path in (*places, "/readings", "/embed/help"):
        page.goto(tab.served.address + path)
        assert not tab.is_too_wide, path
    page.goto(f"{tab.served.address}/embed?question={HOW}")
    page.get_by_role("button", name=HOW).click()
    page.locator("article blockquote").first.wait_for()
    assert not tab.is_too_wide
    page.goto(report.as_uri())
    assert not tab.is_too_wide


# --- where the browser keeps nothing ---


def test_where_the_browser_stores_nothing_the_chat_answers_all_the_same(
    tab_without_storage: Any,
) -> None:
    tab = tab_without_storage.open()
    tab.page.wait_for_selector("body.hq-ready")
    message = tab.ask(HOW)
    assert tab.served.canal in (message.text_content() or "")
    message.locator(".hq-cite").first.click()
    assert tab.marked() in (message.text_content() or "")
