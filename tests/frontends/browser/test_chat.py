"""The chat as people use it, in a real browser: ask, read on, vote, take away, share."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

pytestmark = [
    pytest.mark.slow,
    # Gradio asks pandas for what pandas no longer wants to be asked.
    pytest.mark.filterwarnings("ignore:.*(no_silent_downcasting|copy keyword is deprecated)"),
]

import docx  # noqa: E402
from playwright.sync_api import Locator, expect  # noqa: E402

from histqa.frontends.feedback import Feedback  # noqa: E402

HOW = "When was the Corinth Canal opened?"
PATIENCE = 60_000


def quote_in(message: Locator) -> str:
    return message.locator("blockquote").first.text_content() or ""


def test_a_click_on_a_number_marks_exactly_the_quote_and_brings_it_into_view(tab: Any) -> None:
    message = tab.open().ask(HOW)
    assert tab.served.canal in quote_in(message)
    message.locator(".hq-chip").first.click()
    assert tab.marked() == quote_in(message)
    frame = tab.page.frame_locator('iframe[name="histqa-reading"]')
    expect(frame.locator("mark").first).to_be_in_viewport()
    expect(frame.locator(".where")).to_contain_text("paragraph")


def test_a_hostile_quote_is_shown_and_marked_as_the_text_it_is(tab: Any) -> None:
    message = tab.open().ask("What window was harmed by javascript onerror?")
    assert tab.served.hostile.split(" It is")[0][:20] in (message.text_content() or "")
    message.locator(".hq-cite").first.click()
    tab.marked()


def test_everything_can_be_done_with_the_keyboard(tab: Any) -> None:
    message = tab.open().ask(HOW)
    message.locator(".hq-cite").first.focus()
    tab.page.keyboard.press("Enter")
    assert tab.marked() == quote_in(message)
    tab.page.keyboard.press("Escape")
    expect(message.locator(".hq-cite").first).to_be_focused()
    tab.page.keyboard.press("Tab")
    expect(message.get_by_role("button", name="Copy")).to_be_focused()


def test_a_long_reading_is_opened_at_the_part_with_the_place(tab: Any) -> None:
    message = tab.open().ask("When did the fortress of Belgrade fall?")
    message.locator(".hq-cite").first.click()
    assert tab.marked() == quote_in(message)
    frame = tab.page.frame_locator('iframe[name="histqa-reading"]')
    parts = frame.locator("nav.parts span").first.text_content() or ""
    assert re.search(r"Part (\d+) of \1", parts)


def test_a_follow_up_says_how_it_was_understood_and_can_be_asked_as_typed(tab: Any) -> None:
    tab.open().ask(HOW)
    message = tab.ask("and who dug it?")
    expect(message.locator(".hq-conditions")).to_contain_text("Corinth Canal")
    message.get_by_role("button", name="Ask again without this").click()
    expect(tab.page.locator(".hq-conditions")).to_have_count(0, timeout=PATIENCE)
    assert tab.page.locator(".hq-message").count() == 2


def test_each_question_goes_to_the_top_so_that_its_answer_is_in_sight(tab: Any) -> None:
    tab.open().page.set_viewport_size({"width": 390, "height": 560})
    for question in (HOW, "Was the Corinth Canal opened in 1893?", "What is narrow?"):
        message = tab.ask(question)
        expect(tab.page.locator(".hq-question").last).to_be_in_viewport()
        expect(message.locator("blockquote, .hq-verdict").first).to_be_in_viewport()


def test_a_refusal_is_no_answer_and_offers_the_nearest_passages(tab: Any) -> None:
    message = tab.open().ask("Who was Napoleon's cook?")
    expect(message).to_have_class(re.compile("hq-not-found"))
    expect(message).to_contain_text("The readings do not say.")
    assert message.locator("blockquote").count() == 0


def test_a_question_can_be_restricted_to_a_folder(tab: Any) -> None:
    tab.open().page.locator("#hq-readings input").click()
    tab.page.get_by_role("option", name=re.compile("unit 1")).click()
    tab.page.keyboard.press("Escape")
    message = tab.ask(HOW)
    expect(message.locator(".hq-conditions")).to_contain_text("In unit 1")
    assert tab.served.canal not in (message.text_content() or "")


def test_a_vote_with_its_reason_is_kept_and_can_be_undone(tab: Any) -> None:
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


def test_an_answer_is_copied_with_its_references(tab: Any) -> None:
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
def test_a_conversation_is_saved(tab: Any, label: str, suffix: str) -> None:
    tab.open().ask(HOW)
    tab.page.locator(".hq-menu summary").click()
    with tab.page.expect_download() as saving:
        tab.page.get_by_role("button", name=label).click()
    assert saving.value.suggested_filename == f"histqa-conversation.{suffix}"
    saved = Path(saving.value.path()).read_text(encoding="utf-8")
    assert tab.served.canal in saved
    assert HOW in saved
    assert "References" in saved


def test_a_conversation_is_saved_as_a_word_document(tab: Any) -> None:
    tab.open().ask(HOW)
    tab.page.locator(".hq-menu summary").click()
    with tab.page.expect_download() as saving:
        tab.page.get_by_role("button", name="As a Word document").click()
    assert saving.value.suggested_filename == "histqa-conversation.docx"
    saved = docx.Document(saving.value.path())
    quotes = [one.text for one in saved.paragraphs if one.style and one.style.name == "Quote"]
    assert any(tab.served.canal in quote for quote in quotes)


def test_a_link_asks_the_question_and_a_reload_loses_nothing(tab: Any) -> None:
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
def test_on_a_phone_the_source_is_below_and_nothing_is_cut_off(tab: Any) -> None:
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
def test_in_the_dark_the_reading_is_dark_too(tab: Any) -> None:
    tab.open().ask(HOW).locator(".hq-cite").first.click()
    tab.marked()
    colour = "element => getComputedStyle(element).backgroundColor"
    frame = tab.page.frame_locator('iframe[name="histqa-reading"]')
    assert frame.locator("body").evaluate(colour) == "rgb(27, 26, 24)"
    assert tab.page.locator("body").evaluate(colour) == "rgb(27, 26, 24)"


def test_a_link_to_a_reading_that_has_changed_says_so_and_marks_nothing(tab: Any) -> None:
    message = tab.open().ask(HOW)
    link = message.locator(".hq-cite").first.get_attribute("href") or ""
    link = link.removeprefix(".")
    tab.page.goto(tab.served.address + re.sub("hash=[0-9a-f]+", f"hash={'0' * 16}", link))
    expect(tab.page.get_by_role("note")).to_contain_text("changed since")
    assert tab.page.locator("mark").count() == 0
