"""Conversation -> what a student takes away: plain text to paste, Markdown, a web page.

Every quote comes with its place and its permanent address; the readings quoted are listed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from histqa.frontends.exchanges import Conversation
from histqa.frontends.languages import ENGLISH, Language
from histqa.frontends.markup import escaped, seen
from histqa.frontends.view import place
from histqa.types import Answer, Document, Quote

# A quote -> the whole address under which it is shown in its reading.
Link = Callable[[Quote], str]

# Whatever CommonMark could take for syntax inside a line, and what only opens one.
_SYNTAX = re.compile(r"[\\`*_\[\]<>&$|~]")
_OPENING = re.compile(r"^(\s*\d{0,9})([#+=.)-])", re.MULTILINE)
_BASE = re.compile(r"https?://[^\x00-\x20\x7f\"'<>()\\]{1,500}", re.ASCII)


def is_base(address: str) -> bool:
    """Whether ``address`` may stand before the addresses of quotes."""
    return bool(_BASE.fullmatch(address))


def references(answers: Sequence[Answer], documents: Sequence[Document]) -> tuple[str, ...]:
    """The readings quoted in ``answers``, once each."""
    known = {document.doc_id: document for document in documents}
    quoted = dict.fromkeys(quote.doc_id for answer in answers for quote in answer.quotes)
    return tuple(reference(known[doc_id]) for doc_id in quoted if doc_id in known)


def reference(document: Document) -> str:
    """One reading as it is listed: author, title, date, source, licence."""
    facts = (
        document.author, document.title, document.date, document.address, document.licence
    )  # fmt: skip
    return ". ".join(seen(fact).rstrip(".") for fact in facts if fact) + "."


def answers_of(conversation: Conversation) -> list[Answer]:
    """Those that there are, in order."""
    return [exchange.answer for exchange in conversation if exchange.answer]


# --- plain text ---


def as_text(
    conversation: Conversation,
    documents: Sequence[Document],
    *,
    link: Link,
    language: Language = ENGLISH,
) -> str:
    """To paste into an essay or a message: the quotes, then where each stands."""
    answers = answers_of(conversation)
    blocks = [block for answer in answers for block in _text_of(answer, link, language)]
    listed = references(answers, documents)
    return "\n\n".join([*blocks, *(["\n".join(listed)] if listed else [])]) + "\n"


def _text_of(answer: Answer, link: Link, language: Language) -> Iterator[str]:
    yield seen(answer.question)
    if answer.short:
        yield answer.short
    if not answer.is_answered:
        yield language.text("answer.not_found")
    for number, quote in enumerate(answer.quotes, 1):
        quoted = language.text("language.quoted", words=quote.text)
        yield f"{quoted} [{number}]\n[{number}] {_place(quote, language)}, {link(quote)}"


# --- Markdown ---


def as_markdown(
    conversation: Conversation,
    documents: Sequence[Document],
    *,
    link: Link,
    language: Language = ENGLISH,
) -> str:
    """CommonMark in which no text of ours is lost and none of theirs becomes syntax."""
    answers = answers_of(conversation)
    blocks = [f"# {_plain(language.text('export.title'))}"]
    for answer in answers:
        blocks += _markdown_of(answer, link, language)
    listed = references(answers, documents)
    if listed:
        heading = _plain(language.text("export.references"))
        blocks += [f"## {heading}", "\n".join(f"- {_plain(line)}" for line in listed)]
    return "\n\n".join(blocks) + "\n"


def _markdown_of(answer: Answer, link: Link, language: Language) -> Iterator[str]:
    yield f"## {_plain(one_line(answer.question))}"
    yield from (_plain(f"{name}: {said}") for name, said in conditions(answer, language))
    if answer.short:
        yield f"**{_plain(answer.short)}**"
    if not answer.is_answered:
        yield f"*{_plain(language.text('answer.not_found'))}*"
    for number, quote in enumerate(answer.quotes, 1):
        lines = _plain(quote.text).split("\n")
        yield "\n".join(f"> {line}" for line in lines)
        yield f"\\[{number}\\] [{_plain(_place(quote, language))}]({link(quote)})"


def conditions(answer: Answer, language: Language) -> list[tuple[str, str]]:
    """What was read into the question and what of it no reading has, with what each is called."""
    found = (
        ("understood", answer.understood_as * (answer.understood_as != answer.question)),
        ("time", answer.period),
        ("also_searched", ", ".join(answer.also_searched)),
        ("missing", ", ".join(answer.missing)),
    )
    return [(language.text(f"export.{name}"), one_line(said)) for name, said in found if said]


def _place(quote: Quote, language: Language) -> str:
    return one_line(place(quote, language))


def one_line(text: str) -> str:
    """``text``, which is no quote, on one line and without what is not seen."""
    return " ".join(seen(text).split())


def _plain(text: str) -> str:
    inside = _SYNTAX.sub(r"\\\g<0>", text)
    return _OPENING.sub(r"\1\\\2", inside)


# --- a web page ---

_STYLE = (
    "body{max-width:42rem;margin:2rem auto;padding:0 1.25rem;color:#23211d;background:#fbf9f5;"
    "font:1.0625rem/1.6 Palatino,'Palatino Linotype',Georgia,serif}"
    "h2{font-size:1.2rem;margin:2.2rem 0 .6rem}blockquote{margin:0 0 .2rem;white-space:pre-line}"
    "figure{margin:0 0 1.2rem 1.5rem}figcaption,.said{font:.875rem/1.5 system-ui,sans-serif;"
    "color:#67625a}.short{font-weight:600}a{color:#234e7d}"
)


def as_page(
    conversation: Conversation,
    documents: Sequence[Document],
    *,
    link: Link,
    language: Language = ENGLISH,
) -> str:
    """One HTML file that needs nothing else and holds no script."""
    answers = answers_of(conversation)
    spoken = {document.doc_id: document.language or "en" for document in documents}
    body = "".join(
        f"<section>{_html_of(answer, link, language, spoken)}</section>" for answer in answers
    )
    listed = "".join(f"<li>{escaped(line)}</li>" for line in references(answers, documents))
    heading, title = (escaped(language.text(f"export.{name}")) for name in ("references", "title"))
    after = f"<h2>{heading}</h2><ul>{listed}</ul>" if listed else ""
    return (
        f'<!doctype html><html lang="{language.code}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{title}</h1>{body}{after}</body></html>"
    )


def _html_of(answer: Answer, link: Link, language: Language, spoken: Mapping[str, str]) -> str:
    said = "".join(
        f'<p class="said">{escaped(name)}: {escaped(words)}</p>'
        for name, words in conditions(answer, language)
    )
    short = f'<p class="short">{escaped(answer.short)}</p>' if answer.short else ""
    none = f"<p><em>{escaped(language.text('answer.not_found'))}</em></p>"
    quotes = "".join(
        f'<figure><blockquote lang="{escaped(spoken.get(quote.doc_id, "en"))}">'
        f"{escaped(quote.text)}</blockquote><figcaption>[{number}] "
        f'<a href="{escaped(link(quote))}">{escaped(_place(quote, language))}</a>'
        "</figcaption></figure>"
        for number, quote in enumerate(answer.quotes, 1)
    )
    heading = f"<h2>{escaped(one_line(answer.question))}</h2>"
    return f"{heading}{said}{short}{none * (not answer.is_answered)}{quotes}"
