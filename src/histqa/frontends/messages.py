"""Exchange -> the message that shows it in the chat: one line of inert HTML.

What a button asks for stands in its name and value; ``static/chat.js`` passes both on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from histqa.frontends.addresses import quote_address
from histqa.frontends.exchanges import Exchange, Removable
from histqa.frontends.languages import ENGLISH, Language
from histqa.frontends.markup import inert, seen, shortened
from histqa.frontends.view import place, says_more_than_quotes
from histqa.types import Answer, Quote, word_count

# What a page shows before "show more"; more than this is a wall of text.
WORDS_BEFORE_FOLD = 90
_QUESTION_CHARACTERS = 400
_MARKER = re.compile(r"\[(\d{1,3})\]")

# A quote -> the address, from the root of the server, that shows it in its reading.
Address = Callable[[Quote], str]


@dataclass(frozen=True, slots=True)
class Showing:
    """How exchanges are shown: the titles of readings by doc_id, and whether votes are taken.

    ``spoken``: the languages of readings by doc_id, for those who have them read aloud.
    """

    titles: Mapping[str, str] = field(default_factory=dict)
    takes_votes: bool = False
    address: Address = quote_address
    language: Language = ENGLISH
    spoken: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str, **values: str) -> str:
        """What ``name`` stands for; ``values`` are markup already."""
        return self.language.text(name, **values)


def question_message(question: str) -> str:
    """What the student asked, cut where nobody would read on."""
    shown = shortened(seen(question).strip(), characters=_QUESTION_CHARACTERS)
    return f'<span class="hq-question" dir="auto">{inert(shown)}</span>'


def exchange_message(exchange: Exchange, number: int, showing: Showing) -> str:
    """What stands below the ``number``-th question (from 1) of the conversation."""
    if exchange.answer is not None:
        return _answer_message(exchange, exchange.answer, number, showing)
    if exchange.fault:
        return _fault_message(showing.language.said(exchange.fault), number, showing)
    if exchange.is_stopped:
        said = showing.text("answer.stopped")
        return _message("stopped", f"<p>{said} {_again(number, showing)}</p>")
    return _pending_message(exchange.stage, showing)


def _pending_message(stage: str, showing: Showing) -> str:
    """Shown from the moment of asking until the answer is there."""
    dots = '<span class="hq-dots"><span>.</span><span>.</span><span>.</span></span>'
    said = showing.language.known(f"progress.{stage}", showing.text("progress.waiting"))
    return _message("pending", f"<p>{said}{dots}</p>")


def _fault_message(sentence: str, number: int, showing: Showing) -> str:
    """A fault, in a sentence: never dressed as an answer."""
    said = f"<strong>{showing.text('answer.failed')}</strong> {inert(seen(sentence))}"
    return _message("fault", f"<p>{said}</p><p>{_again(number, showing)}</p>")


def _message(kind: str, body: str) -> str:
    return f'<div class="hq-message hq-{kind}">{body}</div>'


def _answer_message(exchange: Exchange, answer: Answer, number: int, showing: Showing) -> str:
    if answer.is_answered:
        kind, body = "answer", _found(answer, showing)
    else:
        kind, body = "not-found", _not_found(answer, showing)
    parts = (
        _conditions(exchange, answer, number, showing),
        _missing(answer, showing),
        body,
        "".join(f'<p class="hq-note">{inert(seen(note))}</p>' for note in answer.notes),
        _actions(exchange, number, showing),
    )
    return _message(kind, "".join(parts))


# --- what was read into the question ---


def _conditions(exchange: Exchange, answer: Answer, number: int, showing: Showing) -> str:
    found = {
        Removable.UNDERSTANDING: _understood(answer, showing),
        Removable.PERIOD: _preferred(answer, showing),
        Removable.VARIANTS: answer.also_searched
        and _span(showing, "answer.also_searched", words=_quoted(answer.also_searched, showing)),
        Removable.READINGS: exchange.wishes.readings
        and _span(showing, "answer.in", names=_readings(exchange.wishes.readings, showing)),
    }
    items = "".join(
        f"<li>{said} {_again(number, showing, removed)}</li>"
        for removed, said in found.items()
        if said
    )
    return f'<ul class="hq-conditions">{items}</ul>' if items else ""


def _missing(answer: Answer, showing: Showing) -> str:
    if not answer.missing:
        return ""
    said = _span(showing, "answer.missing", words=_quoted(answer.missing, showing))
    return f'<p class="hq-note">{said}</p>'


def _understood(answer: Answer, showing: Showing) -> str:
    if _folded(answer.understood_as) == _folded(answer.question):
        return ""
    words = _quoted([answer.understood_as], showing)
    return _span(showing, "answer.understood", words=words)


def _preferred(answer: Answer, showing: Showing) -> str:
    if not answer.period:
        return ""
    return _span(showing, "answer.time", period=_listed([answer.period]))


def _readings(names: Sequence[str], showing: Showing) -> str:
    return _listed([showing.titles.get(name, name) for name in names])


def _quoted(words: Sequence[str], showing: Showing) -> str:
    return _listed([showing.text("language.quoted", words=one) for one in words])


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"<bdi>{inert(seen(name))}</bdi>" for name in names)


def _span(showing: Showing, name: str, **values: str) -> str:
    return f"<span>{showing.text(name, **values)}</span>"


def _folded(text: str) -> str:
    return " ".join(text.split()).rstrip("?.! ").casefold()


def _again(number: int, showing: Showing, removed: Removable | None = None) -> str:
    if removed is None:
        return _button("again", number, showing.text("answer.ask_again"))
    label = showing.text("answer.ask_without")
    return _button(f"again-without-{removed}", number, label, kind="hq-remove")


def _button(name: str, number: int, label: str, *, kind: str = "") -> str:
    kinds = f"hq-act {kind}".strip()
    shown = f'<span class="hq-hidden">{label}</span>' if kind == "hq-remove" else label
    return (
        f'<button type="button" class="{kinds}" name="{name}" value="{number}" '
        f'title="{label}">{shown}</button>'
    )


# --- what was found ---


def _found(answer: Answer, showing: Showing) -> str:
    figures = [
        _quote(quote, number, showing, short=answer.short if number == 1 else "")
        for number, quote in enumerate(answer.quotes, 1)
    ]
    shown = max(1, _count_within(answer.quotes, WORDS_BEFORE_FOLD))
    folded = _folded_away(figures[shown:], showing)
    return _lead(answer, showing.address) + "".join(figures[:shown]) + folded


def _count_within(quotes: Sequence[Quote], words: int) -> int:
    """How many of the first quotes make at most ``words`` words together."""
    count = 0
    while count < len(quotes) and word_count([q.text for q in quotes[: count + 1]]) <= words:
        count += 1
    return count


def _folded_away(quotes: Sequence[str], showing: Showing) -> str:
    if not quotes:
        return ""
    label = showing.language.counted("count.more", len(quotes))
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


def _quote(quote: Quote, number: int, showing: Showing, *, short: str) -> str:
    return (
        '<figure class="hq-quote">'
        f'<blockquote dir="auto"{_spoken(quote, showing)}>{_with_short(quote.text, short)}'
        f'</blockquote><figcaption><a class="hq-cite" href="{_escaped(showing.address(quote))}">'
        f'<span class="hq-chip">{number}</span> <bdi>{_place(quote, showing)}</bdi></a>'
        "</figcaption>"
        "</figure>"
    )


def _spoken(quote: Quote, showing: Showing) -> str:
    """The language of the quote, where it is not that of the page."""
    code = showing.spoken.get(quote.doc_id, showing.language.code)
    return f' lang="{inert(code)}"' if code != showing.language.code else ""


def _with_short(text: str, short: str) -> str:
    """The quote with the short answer marked in it; "yes" and "no" are words of nobody's."""
    is_span = short and short.casefold() not in ("yes", "no")
    before, found, after = text.partition(short) if is_span else (text, "", "")
    mark = f'<mark class="hq-mark">{inert(found)}</mark>' if found else ""
    return f"{inert(before)}{mark}{inert(after)}"


def _not_found(answer: Answer, showing: Showing) -> str:
    verdict = f'<p class="hq-verdict">{showing.text("answer.not_found")}</p>'
    return verdict + _related(answer.related, showing)


def _related(quotes: Sequence[Quote], showing: Showing) -> str:
    if not quotes:
        return ""
    items = "".join(
        f'<li><a class="hq-cite" href="{_escaped(showing.address(quote))}">'
        f"<bdi>{_place(quote, showing)}</bdi></a>"
        f'<span class="hq-near" dir="auto"{_spoken(quote, showing)}>'
        f"{inert(shortened(quote.text, characters=220))}</span></li>"
        for quote in quotes
    )
    return (
        f'<p class="hq-related-label">{showing.text("answer.nearest")}</p>'
        f'<ul class="hq-related">{items}</ul>'
    )


def _place(quote: Quote, showing: Showing) -> str:
    """The place, never broken before a dot nor inside its last step, such as "paragraph 7"."""
    *steps, last = seen(place(quote, showing.language)).split(" · ")
    return inert("\N{NO-BREAK SPACE}· ".join([*steps, last.replace(" ", "\N{NO-BREAK SPACE}")]))


def _escaped(address: str) -> str:
    """Relative to the page, which stands at the root of the server, wherever that is."""
    return "." + address.replace("&", "&amp;")


# --- what can be done with it ---


def _actions(exchange: Exchange, number: int, showing: Showing) -> str:
    buttons = "".join(
        _button(name, number, showing.text(label))
        for name, label in (("copy", "answer.copy"), ("share", "answer.link"))
    )
    votes = _votes(exchange, number, showing) if showing.takes_votes else ""
    return f'<p class="hq-actions">{buttons}{votes}</p>'


def _votes(exchange: Exchange, number: int, showing: Showing) -> str:
    if exchange.vote:
        said = showing.text(
            "answer.was_helpful" if exchange.vote == "up" else "answer.was_unhelpful"
        )
        undo = _button("unvote", number, showing.text("answer.undo"))
        return f'<span class="hq-voted">{said}</span>{undo}'
    return (
        f'<span class="hq-helpful">{showing.text("answer.helpful")}</span>'
        f"{_button('up', number, showing.text('answer.yes'))}"
        f"{_button('down', number, showing.text('answer.no'))}"
    )
