"""Readings -> a few first questions that they really answer, asked before they are offered."""

from __future__ import annotations

from collections.abc import Iterator

from histqa.assistant import Assistant
from histqa.errors import HistqaError
from histqa.frontends.markup import seen

# Offered only where the article that comes with histqa is among the readings.
_SEED_PATH = "why-did-japan-invade-soviet-russia.txt"
_SEED_QUESTIONS = (
    "When did the last Japanese troops leave Vladivostok?",
    "What did the Treaty of St. Petersburg settle?",
    "Why did Japan stay after 1920?",
    "What was the Czechoslovak Legion?",
)
_CANDIDATES = 12
_READINGS_LOOKED_INTO = 6
_LONGEST = 80


def example_questions(assistant: Assistant, *, count: int = 3) -> tuple[str, ...]:
    """Up to ``count`` questions that ``assistant`` answers; none where it answers none."""
    offered: list[str] = []
    for tried, question in enumerate(_candidates(assistant)):
        if len(offered) == count or tried == _CANDIDATES:
            break
        if question not in offered and _is_answered(assistant, question):
            offered.append(question)
    return tuple(offered)


def _is_answered(assistant: Assistant, question: str) -> bool:
    try:
        return assistant.ask(question).is_answered
    except HistqaError:
        return False


def _candidates(assistant: Assistant) -> Iterator[str]:
    documents = assistant.documents
    if any(document.path == _SEED_PATH for document in documents):
        yield from _SEED_QUESTIONS
    for document in documents[:_READINGS_LOOKED_INTO]:
        for heading in assistant.document(document.doc_id).headings[:3]:
            name = seen(heading.text)
            if len(name) <= _LONGEST:
                yield name if name.endswith("?") else f"What is said about “{name}”?"
