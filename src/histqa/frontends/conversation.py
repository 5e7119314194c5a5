"""The chat page: one student's question and conversation -> messages, with Gradio."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from histqa.assistant import Assistant
from histqa.errors import HistqaError
from histqa.frontends import messages
from histqa.frontends.addresses import quote_address
from histqa.frontends.examples import example_questions
from histqa.frontends.markup import seen
from histqa.frontends.routes import static_text
from histqa.settings import Settings
from histqa.types import AUTO, Turn

logger = logging.getLogger(__name__)

# Questions worked on at once: two cores answer no faster with more, the rest wait in line.
QUESTIONS_AT_ONCE = 8
_QUESTIONS_IN_LINE = 256
_CONVERSATION_SECONDS = 4 * 60 * 60
_SOMETHING_WRONG = "Something went wrong on our side, not on yours. Please ask again."


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question with the message shown below it; ``turn`` is None until it is answered.

    ``period`` is the time whose passages came sooner, which the student can do without.
    """

    question: str
    message: str
    turn: Turn | None = None
    period: str = ""


Conversation = tuple[Exchange, ...]


def reply(
    assistant: Assistant,
    question: str,
    before: Conversation,
    *,
    period: str | None = AUTO,
    address: messages.Address = quote_address,
) -> Exchange:
    """Ask after the conversation so far; faults become sentences."""
    history = [exchange.turn for exchange in before if exchange.turn]
    try:
        answer = assistant.ask(question, history=history, period=period)
    except HistqaError as error:
        sentence = str(error)
        return Exchange(question, messages.fault_message(sentence[:1].upper() + sentence[1:]))
    except Exception:  # a student must never meet a traceback
        logger.exception("a question could not be answered")
        return Exchange(question, messages.fault_message(_SOMETHING_WRONG))
    message = messages.answer_message(answer, address=address)
    return Exchange(question, message, answer.turn, answer.period)


def shown(conversation: Conversation) -> list[dict[str, str]]:
    """The conversation as Gradio's Chatbot takes it."""
    return [
        {"role": role, "content": content}
        for exchange in conversation
        for role, content in (
            ("user", messages.question_message(exchange.question)),
            ("assistant", exchange.message),
        )
    ]


def build_page(
    provider: Callable[[], Assistant],
    settings: Settings,
    address: messages.Address = quote_address,
) -> gr.Blocks:
    """The page with its events; what it looks like is in ``static/``.

    ``address`` gives the link of a quote, from the root of the server.
    """
    page: gr.Blocks = gr.Blocks(title="histqa", fill_width=True, analytics_enabled=False)
    with page:
        conversation = gr.State((), time_to_live=_CONVERSATION_SECONDS)
        with gr.Row(elem_id="hq-room"):
            with gr.Column(elem_id="hq-talk"):
                with gr.Row(elem_id="hq-top"):
                    _markup("header.html", "hq-header")
                    new = gr.Button(
                        "New conversation", elem_id="hq-new", min_width=0, visible=False
                    )
                chat = _chatbot()
                with gr.Row(elem_id="hq-examples") as examples:
                    chips = [_chip(text) for text in example_questions(provider())]
                with gr.Row(elem_id="hq-time-row"):
                    anytime = gr.Button(elem_id="hq-anytime", min_width=0, visible=False)
                with gr.Row(elem_id="hq-ask-row"):
                    box = _question_box(settings)
                    ask = gr.Button("Ask", variant="primary", elem_id="hq-ask", min_width=0)
                    stop = gr.Button("Stop", elem_id="hq-stop", min_width=0, visible=False)
            with gr.Column(elem_id="hq-side"):
                _markup("panel.html", "hq-panel")
        _connect(
            provider,
            address,
            conversation,
            _Parts(chat, box, ask, stop, new, examples, anytime, chips),
        )
    page.queue(max_size=_QUESTIONS_IN_LINE)
    return page


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the events touch."""

    chat: Any
    box: Any
    ask: Any
    stop: Any
    new: Any
    examples: Any
    anytime: Any
    chips: Sequence[Any]


def _connect(
    provider: Callable[[], Assistant],
    address: messages.Address,
    conversation: gr.State,
    parts: _Parts,
) -> None:
    def respond(question: str, before: Conversation) -> Iterator[tuple[Any, ...]]:
        """Show the question at once, then its answer."""
        if not question.strip():
            yield _view(before, is_busy=False)
            return
        yield from answering(provider(), question, before, address=address)

    def respond_anytime(before: Conversation) -> Iterator[tuple[Any, ...]]:
        """Ask the last question again, without its time."""
        if before:
            last = before[-1].question
            yield from answering(provider(), last, before[:-1], period=None, address=address)

    outputs = [
        conversation, parts.chat, parts.box, parts.ask, parts.stop, parts.new, parts.examples,
        parts.anytime,
    ]  # fmt: skip
    asking = {"outputs": outputs, "show_progress": "hidden", "api_visibility": "undocumented"}
    limits = {"concurrency_limit": QUESTIONS_AT_ONCE, "concurrency_id": "ask"}
    events = [
        gr.on(
            [parts.ask.click, parts.box.submit],
            respond,
            inputs=[parts.box, conversation],
            api_name="respond",
            **asking,
            **limits,
        )
    ]
    events += [
        chip.click(respond, [chip, conversation], api_name=False, **asking, **limits)
        for chip in parts.chips
    ]
    events.append(
        parts.anytime.click(respond_anytime, [conversation], api_name=False, **asking, **limits)
    )
    parts.stop.click(stopped, [conversation], cancels=events, queue=False, **asking)
    parts.new.click(lambda: _view((), is_busy=False), cancels=events, queue=False, **asking)


def answering(
    assistant: Assistant,
    question: str,
    before: Conversation,
    *,
    period: str | None = AUTO,
    address: messages.Address = quote_address,
) -> Iterator[tuple[Any, ...]]:
    """What the page shows while ``question`` is being answered, then with its answer."""
    waiting = messages.pending_message(len(assistant.documents))
    yield _view((*before, Exchange(question, waiting)), is_busy=True)
    answered = reply(assistant, question, before, period=period, address=address)
    yield _view((*before, answered), is_busy=False)


def stopped(conversation: Conversation) -> tuple[Any, ...]:
    """The question that was being answered stays, marked as stopped."""
    if conversation and conversation[-1].turn is None:
        last = Exchange(conversation[-1].question, messages.stopped_message())
        conversation = (*conversation[:-1], last)
    return _view(conversation, is_busy=False)


def _view(conversation: Conversation, *, is_busy: bool) -> tuple[Any, ...]:
    """Values for: conversation, chat, question box, ask, stop, new, examples, anytime."""
    period = conversation[-1].period if conversation and not is_busy else ""
    return (
        conversation,
        shown(conversation),
        "",
        gr.update(visible=not is_busy),
        gr.update(visible=is_busy),
        gr.update(visible=bool(conversation)),
        gr.update(visible=not conversation),
        gr.update(value=f"Ask again at any time, not “{seen(period)}”", visible=bool(period)),
    )


def _chatbot() -> gr.Chatbot:
    return gr.Chatbot(
        elem_id="hq-chat",
        label="Conversation",
        show_label=False,
        container=False,
        autoscroll=False,
        height=None,
        latex_delimiters=[],
        buttons=[],
        feedback_options=None,
        allow_file_downloads=False,
        group_consecutive_messages=False,
        placeholder=static_text("welcome.html"),
        layout="bubble",
    )


def _question_box(settings: Settings) -> gr.Textbox:
    # The browser may take a little more than the limit, so that the answer can say what is wrong
    # instead of a paste being cut unseen.
    return gr.Textbox(
        elem_id="hq-question-box",
        label="Your question",
        placeholder="Ask a question",
        show_label=False,
        container=False,
        lines=1,
        max_lines=6,
        max_length=settings.max_question_characters * 10,
        autofocus=True,
        scale=1,
    )


def _chip(text: str) -> gr.Button:
    return gr.Button(text, elem_classes="hq-example", size="sm", min_width=0)


def _markup(name: str, elem_id: str) -> gr.Markdown:
    """Markup of our own from ``static/``, never text that we did not write.

    Not gr.HTML: it evaluates what it shows as JavaScript, which our content policy forbids.
    """
    return gr.Markdown(static_text(name), elem_id=elem_id, sanitize_html=False, latex_delimiters=[])
