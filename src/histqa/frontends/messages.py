"""Exchange -> the message that shows it in the chat: one line of inert HTML.

What a button asks for stands in its name and value; ``static/chat.js`` passes both on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from histqa.frontends.addresses import quote_address
from histqa.frontends.exchanges import Exchange, Removable
from histqa.frontends.markup import counted, inert, seen, shortened
from histqa.frontends.view import place, says_more_than_quotes
from histqa.types import Answer, Quote, word_count

# What a page shows before "show more"; more than this is a wall of text.
WORDS_BEFORE_FOLD = 90
_QUESTION_CHARACTERS = 400
_MARKER = re.compile(r"\[(\d{1,3})\]")
_STAGES = {
    "": "Waiting for its turn",
    "searching": "Searching the readings",
    "reading": "Reading the best passages",
    "composing": "Choosing the quotes",
}


# A quote -> the address, from the root of the server, that shows it in its reading.
Address = Callable[[Quote], str]


@dataclass(frozen=True, slots=True)
class Showing:
    """How exchanges are shown: the titles of readings by doc_id, and whether votes are taken."""

    titles: Mapping[str, str] = field(default_factory=dict)
    takes_votes: bool = False
    address: Address = quote_address


def question_message(question: str) -> str:
    """What the student asked, cut where nobody would read on."""
    shown = shortened(seen(question).strip(), characters=_QUESTION_CHARACTERS)
    return f'<span class="hq-question" dir="auto">{inert(shown)}</span>'


def exchange_message(exchange: Exchange, number: int, showing: Showing) -> str:
    """What stands below the ``number``-th question (from 1) of the conversation."""
    if exchange.answer is not None:
        return _answer_message(exchange, exchange.answer, number, showing)
    if exchange.fault:
        return _fault_message(exchange.fault, number)
    if exchange.is_stopped:
        return _message("stopped", f"<p>Stopped. {_again(number, 'Ask again')}</p>")
    return pending_message(exchange.stage)


def pending_message(stage: str = "") -> str:
    """Shown from the moment of asking until the answer is there."""
    dots = '<span class="hq-dots"><span>.</span><span>.</span><span>.</span></span>'
    return _message("pending", f"<p>{_STAGES.get(stage, _STAGES[''])}{dots}</p>")


def _fault_message(sentence: str, number: int) -> str:
    """A fault, in a sentence: never dressed as an answer."""
    said = f"<strong>That did not work.</strong> {inert(seen(sentence))}"
    return _message("fault", f"<p>{said}</p><p>{_again(number, 'Ask again')}</p>")


def _message(kind: str, body: str) -> str:
    return f'<div class="hq-message hq-{kind}">{body}</div>'


def _answer_message(exchange: Exchange, answer: Answer, number: int, showing: Showing) -> str:
    if answer.is_answered:
        kind, body = "answer", _found(answer, showing.address)
    else:
        kind, body = "not-found", _not_found(answer, showing.address)
    parts = (
        _conditions(exchange, answer, number, showing),
        body,
        "".join(f'<p class="hq-note">{inert(seen(note))}</p>' for note in answer.notes),
        _actions(exchange, number, showing),
    )
    return _message(kind, "".join(parts))


# --- what was read into the question ---


def _conditions(exchange: Exchange, answer: Answer, number: int, showing: Showing) -> str:
    found = {
        Removable.UNDERSTANDING: _understood(answer),
        Removable.PERIOD: _preferred(answer),
        Removable.VARIANTS: answer.also_searched
        and _named("Also searched", [f"“{words}”" for words in answer.also_searched]),
        Removable.READINGS: exchange.wishes.readings
        and _named("In", [showing.titles.get(name, name) for name in exchange.wishes.readings]),
    }
    items = "".join(
        f"<li>{said} {_again(number, 'Ask again without this', removed)}</li>"
        for removed, said in found.items()
        if said
    )
    return f'<ul class="hq-conditions">{items}</ul>' if items else ""


def _understood(answer: Answer) -> str:
    if _folded(answer.understood_as) == _folded(answer.question):
        return ""
    return _named("Understood as", [f"“{answer.understood_as}”"])


def _preferred(answer: Answer) -> str:
    if not answer.period:
        return ""
    return f"<span>Time <bdi>{inert(seen(answer.period))}</bdi>, which comes first</span>"


def _named(label: str, names: Sequence[str]) -> str:
    said = ", ".join(f"<bdi>{inert(seen(name))}</bdi>" for name in names)
    return f"<span>{label} {said}</span>"


def _folded(text: str) -> str:
    return " ".join(text.split()).rstrip("?.! ").casefold()


def _again(number: int, label: str, removed: Removable | None = None) -> str:
    name = f"again-without-{removed}" if removed else "again"
    return _button(name, number, label, kind="hq-remove" if removed else "")


def _button(name: str, number: int, label: str, *, kind: str = "") -> str:
    kinds = f"hq-act {kind}".strip()
    shown = f'<span class="hq-hidden">{label}</span>' if kind == "hq-remove" else label
    return (
        f'<button type="button" class="{kinds}" name="{name}" value="{number}" '
        f'title="{label}">{shown}</button>'
    )


# --- what was found ---


def _found(answer: Answer, address: Address) -> str:
    figures = [
        _quote(quote, number, address, short=answer.short if number == 1 else "")
        for number, quote in enumerate(answer.quotes, 1)
    ]
    shown = max(1, _count_within(answer.quotes, WORDS_BEFORE_FOLD))
    return _lead(answer, address) + "".join(figures[:shown]) + _folded_away(figures[shown:])


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


def _quote(quote: Quote, number: int, address: Address, *, short: str) -> str:
    return (
        '<figure class="hq-quote">'
        f'<blockquote dir="auto">{_with_short(quote.text, short)}</blockquote>'
        f'<figcaption><a class="hq-cite" href="{_escaped(address(quote))}">'
        f'<span class="hq-chip">{number}</span> <bdi>{_place(quote)}</bdi></a></figcaption>'
        "</figure>"
    )


def _with_short(text: str, short: str) -> str:
    """The quote with the short answer marked in it; "yes" and "no" are words of nobody's."""
    is_span = short and short.casefold() not in ("yes", "no")
    before, found, after = text.partition(short) if is_span else (text, "", "")
    mark = f'<mark class="hq-mark">{inert(found)}</mark>' if found else ""
    return f"{inert(before)}{mark}{inert(after)}"


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


def _place(quote: Quote) -> str:
    """The place, never broken before a dot nor inside its last step, such as "paragraph 7"."""
    *steps, last = seen(place(quote)).split(" · ")
    return inert("\N{NO-BREAK SPACE}· ".join([*steps, last.replace(" ", "\N{NO-BREAK SPACE}")]))


def _escaped(address: str) -> str:
    """Relative to the page, which stands at the root of the server, wherever that is."""
    return "." + address.replace("&", "&amp;")


# --- what can be done with it ---


def _actions(exchange: Exchange, number: int, showing: Showing) -> str:
    buttons = _button("copy", number, "Copy") + _button("share", number, "Link")
    return f'<p class="hq-actions">{buttons}{_votes(exchange, number) * showing.takes_votes}</p>'


def _votes(exchange: Exchange, number: int) -> str:
    if exchange.vote:
        said = "You found this helpful." if exchange.vote == "up" else "You found this unhelpful."
        return f'<span class="hq-voted">{said}</span>{_button("unvote", number, "Undo")}'
    return (
        f'<span class="hq-helpful">Helpful?</span>{_button("up", number, "Yes")}'
        f"{_button('down', number, 'No')}"
    )
