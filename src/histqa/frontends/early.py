"""What stands where the chat will, and takes a question, until Gradio hears one."""

from __future__ import annotations

from histqa.assistant import Assistant
from histqa.frontends.choices import reading_choices
from histqa.frontends.fragments import fragment
from histqa.frontends.languages import Language
from histqa.frontends.markup import escaped, seen

QUESTIONS_OFFERED = 3
"""So many suggested questions the page begins with."""


def early_page(assistant: Assistant, language: Language) -> str:
    """``static/early.html`` over this index; its script needs no other file."""
    offers = "".join(
        f'<button type="submit" class="hq-example">{escaped(question)}</button>'
        for question in offered_questions(assistant)
    )
    has_choice = len(reading_choices(assistant.documents)) > 1
    return fragment(
        "early.html",
        language,
        welcome=fragment("welcome.html", language),
        offers=offers,
        readings='<p class="hq-early-readings"></p>' if has_choice else "",
    )


def offered_questions(assistant: Assistant) -> tuple[str, ...]:
    """Those the page begins with, as they are shown."""
    return tuple(map(seen, assistant.suggestions()[:QUESTIONS_OFFERED]))
