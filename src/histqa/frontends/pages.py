"""Readings -> plain HTML pages of our own: the list of readings, and one reading with a mark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from histqa.chunking import paragraphs
from histqa.frontends.addresses import MARK, READINGS, reading_address
from histqa.frontends.figures import figures
from histqa.frontends.languages import ENGLISH, Language
from histqa.frontends.markup import escaped, seen
from histqa.frontends.page_pictures import PagePicture
from histqa.frontends.places import Place, divided, part_of
from histqa.frontends.view import standing
from histqa.types import PARAGRAPH_BREAK, Document, Heading, Quote, Repair, Span

_REPAIRS_LISTED = 200
_HEADINGS_LISTED = 400


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is asked for: inside the chat's panel or alone, in which colours and language.

    ``root`` is the path under which the server is reached, "" or "/a/b".
    """

    framed: bool = False
    theme: Literal["", "dark", "light"] = ""
    root: str = ""
    language: Language = ENGLISH

    def link(self, address: str) -> str:
        """``address`` as an attribute value that keeps this look."""
        query = ["framed=1"] * self.framed + [f"theme={self.theme}"] * bool(self.theme)
        path, hash_mark, fragment = address.partition("#")
        joint = "&" if "?" in path else "?"
        asked = joint + "&".join(query) if query else ""
        return escaped(self.language.address(self.root + path + asked + hash_mark + fragment))

    def text(self, name: str, **values: str | int) -> str:
        """What ``name`` stands for in the language of the page, as markup."""
        return escaped(self.language.text(name, **values))


def readings_page(documents: Sequence[Document], look: Look) -> str:
    """The list of all readings with what is known about each, unit by unit."""
    units = sorted({document.unit for document in documents})
    lists = "".join(
        _unit(unit, [document for document in documents if document.unit == unit], look)
        for unit in units
    )
    none = f"<p>{look.text('page.no_readings')}</p>"
    body = f"<h1>{look.text('page.readings')}</h1>{lists or none}"
    return _page(look.language.text("page.readings"), body, look)


def reading_page(
    document: Document, place: Place, look: Look, pictures: Sequence[PagePicture] = ()
) -> str:
    """One reading, or a part of it, with the place marked and below it ``pictures`` of pages."""
    shown = figures(document, pictures, look.language, root=look.root, is_open=not look.framed)
    above, below = (
        _parts_nav(document, place, look, look.text(name))
        for name in ("page.parts", "page.parts_again")
    )
    kind = "paged" if document.pages else "numbered"
    language = escaped(document.language or "en")
    body = (
        f"<header>{_title(document, look)}{_about(document, place, look)}"
        f"{_contents(document, look) * place.is_whole}</header>"
        f"{_notice(place, look)}{_where(document, place, look)}{above}"
        f'<article class="{kind}" lang="{language}" dir="auto">'
        f"{''.join(_paragraphs(document, place, look, shown))}</article>{below}"
    )
    return _page(document.title, body, look)


def sentence_page(heading: str, sentence: str, look: Look) -> str:
    """A page that says one thing, such as what is not there."""
    return _page(heading, f"<h1>{escaped(heading)}</h1><p>{escaped(seen(sentence))}</p>", look)


def _page(title: str, body: str, look: Look) -> str:
    theme = f' data-theme="{look.theme}"' * bool(look.theme)
    home = escaped(look.language.address(f"{look.root}/"))
    nav = (
        ""
        if look.framed
        else f'<nav class="top" aria-label="{look.text("page.site")}">'
        f'<a class="home" href="{home}">histqa</a>'
        f'<a href="{look.link(READINGS)}">{look.text("page.all_readings")}</a></nav>'
    )
    return (
        f'<!doctype html><html lang="{look.language.code}"{theme}><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escaped(seen(title))} – histqa</title>"
        f'<link rel="icon" href="{escaped(look.root)}/style/icon.svg">'
        f'<link rel="stylesheet" href="{escaped(look.root)}/style/reading.css"></head>'
        f"<body>{nav}<main>{body}</main></body></html>"
    )


def _unit(unit: str, documents: Sequence[Document], look: Look) -> str:
    heading = f"<h2><bdi>{escaped(seen(unit))}</bdi></h2>" if unit else ""
    items = "".join(
        f'<li><a href="{look.link(reading_address(document.doc_id))}">'
        f"<bdi>{escaped(seen(document.title))}</bdi></a>{_known(document, look)}</li>"
        for document in documents
    )
    return f'{heading}<ul class="readings">{items}</ul>'


def _notice(place: Place, look: Look) -> str:
    if place.problem is None:
        return ""
    return f'<p class="notice" role="note">{escaped(look.language.said(place.problem))}</p>'


def _title(document: Document, look: Look) -> str:
    return f"<h1><bdi>{escaped(seen(document.title))}</bdi></h1>{_known(document, look)}"


def _known(document: Document, look: Look) -> str:
    facts = [document.author, document.date, document.kind, document.licence]
    known = " · ".join(f"<bdi>{escaped(seen(fact))}</bdi>" for fact in facts if fact)
    source = f" · {_source(document.address, look)}" if document.address else ""
    known = (known + source).removeprefix(" · ") or f"<bdi>{escaped(seen(document.path))}</bdi>"
    return f'<p class="known">{known}</p>'


def _source(address: str, look: Look) -> str:
    """A link to where the reading came from, only where it is a web address."""
    if not address.lower().startswith(("https://", "http://")):
        return f"<bdi>{escaped(seen(address))}</bdi>"
    name = look.text("page.source")
    return f'<a href="{escaped(address)}" target="_blank" rel="noopener noreferrer">{name}</a>'


def _about(document: Document, place: Place, look: Look) -> str:
    counted = look.language.counted
    pages = f"{counted('count.page', len(document.pages))} · " if document.pages else ""
    words = counted("count.word", len(document.text.split()))
    return f'<p class="known">{escaped(pages + words)}</p>{_extent(document, place, look)}'


def _extent(document: Document, place: Place, look: Look) -> str:
    """What was repaired, which quotes the text; of a passage only that it is no more than that."""
    if place.is_whole:
        return _repairs(document.repairs, look)
    said = look.text("page.only_passage")
    return f'<p class="known">{said}</p>' if place.mark else ""


def _repairs(repairs: Sequence[Repair], look: Look) -> str:
    if not repairs:
        return ""
    kinds = ", ".join(
        escaped(look.language.text("page.of_kind", kind=_kind(kind, look.language), count=count))
        for kind, count in Counter(repair.kind for repair in repairs).items()
    )
    items = "".join(f"<li>{_repair(repair, look)}</li>" for repair in repairs[:_REPAIRS_LISTED])
    made = escaped(look.language.counted("count.repair", len(repairs)))
    return f"<details><summary>{made}</summary><p>{kinds}.</p><ol>{items}</ol></details>"


def _repair(repair: Repair, look: Look) -> str:
    kind = escaped(_kind(repair.kind, look.language))
    became = (
        f" {look.text('page.became')} <q>{escaped(repair.replacement)}</q>"
        if repair.replacement
        else ""
    )
    return f"{kind}: <q>{escaped(repair.original)}</q>{became}"


def _kind(kind: str, language: Language) -> str:
    return language.known(f"repair.{kind.replace(' ', '_')}", kind)


def _contents(document: Document, look: Look) -> str:
    if len(document.headings) < 2:
        return ""
    parts = divided(document)
    items = "".join(
        f'<li class="level-{min(heading.level, 3)}"><a href="'
        f'{look.link(_heading_address(document, heading, parts))}">'
        f"{escaped(heading.text)}</a></li>"
        for heading in document.headings[:_HEADINGS_LISTED]
    )
    name = look.text("page.contents")
    return f'<details><summary>{name}</summary><ul class="contents">{items}</ul></details>'


def _heading_address(document: Document, heading: Heading, parts: Sequence[Span]) -> str:
    part = part_of(parts, heading.span.start)
    return f"{reading_address(document.doc_id, part=part)}#at-{heading.span.start}"


def _where(document: Document, place: Place, look: Look) -> str:
    """The heading and page of the mark, in sight while its text scrolls by."""
    if place.mark is None or not place.is_whole:
        return ""
    said = seen(standing(Quote.cut(document, place.mark), look.language))
    return (
        f'<p class="where"><bdi>{escaped(said)}</bdi> '
        f'<a href="#{MARK}">{look.text("page.to_mark")}</a></p>'
    )


def _parts_nav(document: Document, place: Place, look: Look, label: str) -> str:
    if place.parts == 1:
        return ""
    before, after = (
        f'<a rel="{rel}" href="{look.link(reading_address(document.doc_id, part=number))}">'
        f"{direction}</a>"
        if 1 <= number <= place.parts
        else f"<span>{direction}</span>"
        for rel, number, direction in (
            ("prev", place.part - 1, look.text("page.earlier")),
            ("next", place.part + 1, look.text("page.later")),
        )
    )
    part = look.text("page.part", part=place.part, parts=place.parts)
    return f'<nav class="parts" aria-label="{label}">{before}<span>{part}</span>{after}</nav>'


def _paragraphs(document: Document, place: Place, look: Look, below_mark: str) -> Iterator[str]:
    levels = {heading.span.start: heading.level for heading in document.headings}
    number = document.paragraph_of(place.window.start)
    is_mark_named = False
    for part in paragraphs(place.window.of(document.text)):
        span = Span(place.window.start + part.start, place.window.start + part.end)
        inner = _inline(document, span, place.mark, look, names_mark=not is_mark_named)
        is_mark_named = is_mark_named or "<mark" in inner
        level = levels.get(span.start)
        tag = f"h{min(level + 1, 6)}" if level else "p"
        yield f'<{tag} id="at-{span.start}" data-number="{number}">{inner}</{tag}>'
        if place.mark and span.start < place.mark.end <= span.end:
            yield below_mark
        number += 1


def _inline(
    document: Document, span: Span, mark: Span | None, look: Look, *, names_mark: bool
) -> str:
    """The paragraph's characters, with page marks between them and the mark around its own.

    A page mark holds no text of its own (CSS shows its name), so that marked text stays verbatim.
    """
    # A page that begins with a paragraph begins before the blank line that leads to it.
    lead = max(span.start - len(PARAGRAPH_BREAK), 0)
    starts = {
        max(page.span.start, span.start): page.name
        for page in document.pages_of(Span(lead, span.end))
        if page.span.start >= lead
    }
    bounds = {span.start, span.end, *starts}
    if mark is not None:
        bounds |= {cut for cut in (mark.start, mark.end) if span.start < cut < span.end}
    pieces = []
    for start, end in pairwise(sorted(bounds)):
        if start in starts:
            page = look.text("place.page", page=starts[start])
            pieces.append(f'<span class="page" data-page="{page}"></span>')
        piece = escaped(document.text[start:end])
        if mark is not None and mark.start <= start < mark.end:
            name = f' id="{MARK}"' if names_mark else ""
            piece = f"<mark{name}>{piece}</mark>"
            names_mark = False
        pieces.append(piece)
    return "".join(pieces)
