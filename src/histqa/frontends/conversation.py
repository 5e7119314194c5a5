"""The chat page, with Gradio: its parts, and which of them set off what in the room."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from histqa.assistant import Assistant
from histqa.frontends.choices import reading_choices
from histqa.frontends.early import QUESTIONS_OFFERED, offered_questions
from histqa.frontends.exchanges import QUESTIONS_AT_ONCE, Conversation
from histqa.frontends.fragments import named
from histqa.frontends.languages import ENGLISH, Language
from histqa.frontends.room import Room, Scene, stopped
from histqa.frontends.speaking import language_of
from histqa.settings import Settings

_QUESTIONS_IN_LINE = 256
_CONVERSATION_SECONDS = 4 * 60 * 60
_CHIP: dict[str, Any] = {"elem_classes": "hq-example", "size": "sm", "min_width": 0}


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the events touch. ``kept`` and ``act`` are unseen: ``static/chat.js`` uses them."""

    conversation: Any
    chat: Any
    box: Any
    ask: Any
    stop: Any
    new: Any
    examples: Any
    readings: Any
    kept: Any
    act: Any
    chips: Sequence[Any]

    @property
    def shown(self) -> list[Any]:
        """What every event sets, in the order of ``_values``."""
        return [
            self.conversation, self.chat, self.box, self.ask, self.stop, self.new,
            self.examples, self.readings, self.kept,
        ]  # fmt: skip


def build_page(provider: Callable[[], Assistant], settings: Settings, room: Room) -> gr.Blocks:
    """The page with its events; what it looks like is in ``static/``.

    Names stand for its words, which ``filling`` puts in for each request.
    """

    def begun(request: gr.Request) -> tuple[Any, ...]:
        return _begun(provider(), room, _language(request))

    page: gr.Blocks = gr.Blocks(title="histqa", fill_width=True, analytics_enabled=False)
    with page:
        with gr.Row(elem_id="hq-room"):
            with gr.Column(elem_id="hq-talk"):
                parts = _talk(provider(), settings)
            with gr.Column(elem_id="hq-side"):
                _markup("panel.html", "hq-panel")
        _connect(room, parts)
        # An answer to the first event also tells static/chat.js that events are heard by now.
        page.load(
            begun,
            None,
            [parts.readings, parts.kept, *parts.chips],
            queue=False,
            show_progress="hidden",
            api_visibility="undocumented",
        )
    page.queue(max_size=_QUESTIONS_IN_LINE)
    return page


def _talk(assistant: Assistant, settings: Settings) -> _Parts:
    with gr.Row(elem_id="hq-top"):
        _markup("header.html", "hq-header")
        new = gr.Button(named("chat.new"), elem_id="hq-new", min_width=0, visible=False)
    chat = _chatbot()
    with gr.Row(elem_id="hq-examples") as examples:
        chips = [gr.Button(**offer, **_CHIP) for offer in _offers(assistant)]
    readings = _reading_box(assistant)
    with gr.Row(elem_id="hq-ask-row"):
        box = _question_box(settings)
        ask = gr.Button(named("chat.ask"), variant="primary", elem_id="hq-ask", min_width=0)
        stop = gr.Button(named("chat.stop"), elem_id="hq-stop", min_width=0, visible=False)
    return _Parts(
        gr.State((), time_to_live=_CONVERSATION_SECONDS), chat, box, ask, stop, new, examples,
        readings, _unseen("hq-kept"), _unseen("hq-act"), chips,
    )  # fmt: skip


def _connect(room: Room, parts: _Parts) -> None:
    def scenes(play: Callable[..., Iterator[Scene]]) -> Callable[..., Iterator[tuple[Any, ...]]]:
        def played(request: gr.Request, *given: Any) -> Iterator[tuple[Any, ...]]:
            for scene in play(*given):
                yield _values(scene, room, _language(request))

        return played

    events = {"outputs": parts.shown, "show_progress": "hidden", "api_visibility": "undocumented"}
    limits = {"concurrency_limit": QUESTIONS_AT_ONCE, "concurrency_id": "ask"}
    respond = scenes(room.ask)
    asking = [
        gr.on(
            [parts.ask.click, parts.box.submit],
            respond,
            inputs=[parts.box, parts.readings, parts.conversation],
            api_name="respond",
            **events,
            **limits,
        ),
        parts.act.change(
            scenes(room.act),
            [parts.act, parts.conversation],
            api_name="act",
            trigger_mode="multiple",
            **events,
            **limits,
        ),
    ]
    asking += [
        chip.click(
            respond, [chip, parts.readings, parts.conversation], api_name=False, **events, **limits
        )
        for chip in parts.chips
    ]
    without_waiting = {"cancels": asking, "queue": False, **events}

    def stop(request: gr.Request, conversation: Conversation) -> tuple[Any, ...]:
        return _values(stopped(conversation), room, _language(request))

    def begin_anew(request: gr.Request, conversation: Conversation) -> tuple[Any, ...]:
        stopped(conversation)  # what is still being answered must not come back
        return _values(Scene((), is_box_emptied=True), room, _language(request))

    parts.stop.click(stop, [parts.conversation], **without_waiting)
    parts.new.click(begin_anew, [parts.conversation], **without_waiting)


def _language(request: gr.Request) -> Language:
    """The language of the page, whose query Gradio sends with every event."""
    return language_of(request.request.scope) if request.request else ENGLISH


def _values(scene: Scene, room: Room, language: Language) -> tuple[Any, ...]:
    """Values for ``_Parts.shown``."""
    if scene.said:
        gr.Warning(language.said(scene.said), title=language.text("chat.notice"))
    conversation: Conversation = scene.conversation
    return (
        conversation,
        room.messages(conversation, language),
        "" if scene.is_box_emptied else gr.skip(),
        gr.update(visible=not scene.is_busy),
        gr.update(visible=scene.is_busy),
        gr.update(visible=bool(conversation)),
        gr.update(visible=not conversation),
        gr.skip() if scene.readings is None else list(scene.readings),
        room.kept(conversation),
    )


def _chatbot() -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="hq-chat",
        label=named("chat.conversation"),
        show_label=False,
        container=False,
        autoscroll=False,
        height=None,
        latex_delimiters=[],
        buttons=[],
        feedback_options=None,
        allow_file_downloads=False,
        group_consecutive_messages=False,
        placeholder=named("welcome.html"),
        layout="bubble",
    )


def _question_box(settings: Settings) -> gr.Textbox:
    # The browser may take a little more than the limit, so that the answer can say what is wrong
    # instead of a paste being cut unseen.
    return gr.Textbox(
        elem_id="hq-question-box",
        label=named("chat.question"),
        placeholder=named("chat.ask_a_question"),
        show_label=False,
        container=False,
        lines=1,
        max_lines=6,
        max_length=settings.max_question_characters * 10,
        autofocus=True,
        scale=1,
    )


def _reading_box(assistant: Assistant) -> gr.Dropdown:
    return gr.Dropdown(
        elem_id="hq-readings",
        label=named("chat.search_in"),
        multiselect=True,
        container=False,
        value=[],
        choices=[],
        visible=len(reading_choices(assistant.documents)) > 1,
    )


def _choices(assistant: Assistant, language: Language) -> Any:
    """What the control for readings offers; for a single reading there is no control."""
    choices = list(reading_choices(assistant.documents, language))
    return gr.update(choices=choices, visible=len(choices) > 1)


def _unseen(elem_id: str) -> gr.Textbox:
    return gr.Textbox(
        elem_id=elem_id, elem_classes="hq-unseen", container=False, show_label=False,
        label=named("chat.conversation"),
    )  # fmt: skip


def _begun(assistant: Assistant, room: Room, language: Language) -> tuple[Any, ...]:
    """What a page that has just been opened shows of the index as it is now."""
    offers = [gr.update(**offer) for offer in _offers(assistant)]
    return _choices(assistant, language), room.kept(()), *offers


def _offers(assistant: Assistant) -> list[dict[str, Any]]:
    """The questions suggested to begin with, each for a button; a button without one is unseen."""
    texts = offered_questions(assistant)
    texts += ("",) * (QUESTIONS_OFFERED - len(texts))
    # "@{" would be taken for a name of the catalogue.
    return [{"value": text.replace("@{", "@ {"), "visible": bool(text)} for text in texts]


def _markup(name: str, elem_id: str) -> gr.Markdown:
    """Markup of our own from ``static/``, never text that we did not write.

    Not gr.HTML: it evaluates what it shows as JavaScript, which our content policy forbids.
    """
    return gr.Markdown(named(name), elem_id=elem_id, sanitize_html=False, latex_delimiters=[])
