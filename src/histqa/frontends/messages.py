"""Answer -> the message that shows it in the chat: one line of inert HTML."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from histqa.frontends.addresses import quote_address
from histqa.frontends.markup import counted, inert, seen, shortened
from histqa.frontends.view import also_searched, place, says_more_than_quotes
from histqa.types import Answer, Quote, word_count

# What a page shows before "show more"; more than this is a wall of text.
WORDS_BEFORE_FOLD = 90
_QUESTION_CHARACTERS = 400
_MARKER = re.compile(r"\[(\d{1,3})\]")
# A quote -> the address, from the root of the server, that shows it in its reading.
Address = Callable[[Quote], str]


def question_message(question: str) -> str:
    """What the student asked, cut where nobody would read on."""
    shown = shortened(seen(question).strip(), characters=_QUESTION_CHARACTERS)
    return f'<span class="hq-question" dir="auto">{inert(shown)}</span>'


def answer_message(answer: Answer, *, address: Address = quote_address) -> str:
    """Quotes with their places, or the plain word that the readings do not say."""
    kind, body = (
        ("answer", _found(answer, address))
        if answer.is_answered
        else ("not-found", _not_found(answer, address))
    )
    return _message(kind, _understood(answer) + _period(answer) + body + _notes(answer))


def pending_message(reading_count: int) -> str:
    """Shown from the moment of asking until the answer is there."""
    return _message(
        "pending",
        f'<p>Looking through {counted(reading_count, "reading")}<span class="hq-dots">'
        "<span>.</span><span>.</span><span>.</span></span></p>",
    )


def stopped_message() -> str:
    """The student pressed Stop."""
    return _message("stopped", "<p>Stopped. Nothing was answered.</p>")


def fault_message(sentence: str) -> str:
    """A fault, in a sentence: never dressed as an answer."""
    return _message("fault", f"<p><strong>That did not work.</strong> {inert(seen(sentence))}</p>")


def _message(kind: str, body: str) -> str:
    return f'<div class="hq-message hq-{kind}">{body}</div>'


def _understood(answer: Answer) -> str:
    if _folded(answer.understood_as) == _folded(answer.question):
        return ""
    return (
        '<p class="hq-understood">Understood as <bdi>'
        f"“{inert(seen(answer.understood_as))}”</bdi></p>"
    )


def _period(answer: Answer) -> str:
    if not answer.period:
        return ""
    said = inert(seen(answer.period))
    return f'<p class="hq-period">Time: <bdi>{said}</bdi>; its passages come sooner</p>'


def _folded(text: str) -> str:
    return " ".join(text.split()).rstrip("?.! ").casefold()


def _found(answer: Answer, address: Address) -> str:
    numbered = list(enumerate(answer.quotes, 1))
    shown = max(1, _count_within(answer.quotes, WORDS_BEFORE_FOLD))
    return (
        _lead(answer, address)
        + "".join(_quote(quote, number, address) for number, quote in numbered[:shown])
        + _folded_away([_quote(quote, number, address) for number, quote in numbered[shown:]])
    )


def _count_within(quotes: Sequence[Quote], words: int) -> int:
    """How many of the first quotes make at most ``words`` words together."""
    count = 0
    while count < len(quotes) and word_count([q.text for q in quotes[: count + 1]]) <= words:
        count += 1
    return count


def _folded_away(quotes: Sequence[str]) -> str:
    if not quotes:
        return ""
    label = f"Show {counted(len(quotes), 'more quote')}"
    return f'<details class="hq-more"><summary>{label}</summary>{"".join(quotes)}</details>'


def _lead(answer: Answer, address: Address) -> str:
    """The short answer, or a composer's own prose; nothing where the text only repeats quotes."""
    if answer.short:
        return f'<p class="hq-short"><bdi>{inert(answer.short)}</bdi></p>'
    if not says_more_than_quotes(answer):
        return ""
    return f'<p class="hq-prose" dir="auto">{_with_chips(answer, address)}</p>'


def _with_chips(answer: Answer, address: Address) -> str:
    pieces, last = [], 0
    for marker in _MARKER.finditer(answer.text):
        number = int(marker.group(1))
        if 1 <= number <= len(answer.quotes):
            pieces += [
                inert(answer.text[last : marker.start()]),
                _chip(answer.quotes[number - 1], number, address),
            ]
            last = marker.end()
    return "".join([*pieces, inert(answer.text[last:])])


def _chip(quote: Quote, number: int, address: Address) -> str:
    return f'<a class="hq-chip" href="{_escaped(address(quote))}">{number}</a>'


def _quote(quote: Quote, number: int, address: Address) -> str:
    return (
        '<figure class="hq-quote">'
        f'<blockquote dir="auto">{inert(quote.text)}</blockquote>'
        f'<figcaption><a class="hq-cite" href="{_escaped(address(quote))}">'
        f'<span class="hq-chip">{number}</span> <bdi>{_place(quote)}</bdi></a></figcaption>'
        "</figure>"
    )


def _not_found(answer: Answer, address: Address) -> str:
    return '<p class="hq-verdict">The readings do not say.</p>' + _related(answer.related, address)


def _related(quotes: Sequence[Quote], address: Address) -> str:
    if not quotes:
        return ""
    items = "".join(
        f'<li><a class="hq-cite" href="{_escaped(address(quote))}"><bdi>{_place(quote)}</bdi></a>'
        f'<span class="hq-near" dir="auto">{inert(shortened(quote.text, characters=220))}</span>'
        "</li>"
        for quote in quotes
    )
    return (
        '<p class="hq-related-label">The nearest passages, which are not an answer:</p>'
        f'<ul class="hq-related">{items}</ul>'
    )


def _notes(answer: Answer) -> str:
    also = [also_searched(answer)] if answer.also_searched else []
    return "".join(f'<p class="hq-note">{inert(seen(note))}</p>' for note in (*answer.notes, *also))


def _place(quote: Quote) -> str:
    """The place, never broken before a dot nor inside its last step, such as "paragraph 7"."""
    *steps, last = seen(place(quote)).split(" · ")
    return inert("\N{NO-BREAK SPACE}· ".join([*steps, last.replace(" ", "\N{NO-BREAK SPACE}")]))


def _escaped(address: str) -> str:
    """Relative to the page, which stands at the root of the server, wherever that is."""
    return "." + address.replace("&", "&amp;")
