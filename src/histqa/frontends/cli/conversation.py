"""Questions typed or piped in, one a line -> answers, each with the conversation before it."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator

from histqa.assistant import Assistant
from histqa.errors import QuestionError
from histqa.frontends.cli.output import complain, say, width
from histqa.frontends.languages import ENGLISH
from histqa.frontends.view import answer_as_text
from histqa.types import Turn

PROMPT = "? "
NO_PERIOD = "none"
GREETING = "Ask about {readings}. /new starts afresh, /quit ends.\n\n"
HELP = "Type a question; /new forgets the conversation, /quit ends it.\n\n"


def converse(assistant: Assistant, options: Namespace) -> int:
    """Answer line after line until the input ends; 1 if piped input held a faulty question."""
    is_terminal = sys.stdin.isatty()
    if is_terminal:
        say(GREETING.format(readings=ENGLISH.counted("count.reading", len(assistant.documents))))
    history = [Turn(question) for question in options.history]
    faults = 0
    for line in _lines(is_terminal=is_terminal):
        if line == "/quit":
            break
        if line == "/new":
            history.clear()
        elif line.startswith("/"):
            say(HELP)
        else:
            faults += not _answered(assistant, line, history, options)
    return 1 if faults and not is_terminal else 0


def period_wanted(options: Namespace) -> str | None:
    """What ``--period`` says, as ``Assistant.ask`` takes it."""
    return None if options.period == NO_PERIOD else str(options.period)


def _answered(assistant: Assistant, line: str, history: list[Turn], options: Namespace) -> bool:
    try:
        answer = assistant.ask(
            line,
            history=history,
            readings=options.readings,
            period=period_wanted(options),
            max_words=options.max_words,
            variants=options.variants,
        )
    except QuestionError as error:
        complain(str(error))
        return False
    say("\n" + answer_as_text(answer, width=width()) + "\n")
    history.append(answer.turn)
    return True


def _lines(*, is_terminal: bool) -> Iterator[str]:
    while True:
        try:
            line = input(PROMPT if is_terminal else "").strip()
        except EOFError:
            if is_terminal:
                say("\n")
            return
        if line:
            yield line
