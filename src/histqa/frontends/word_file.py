"""Conversation -> a Word document (.docx) with the quotes, their places and the references."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from histqa.frontends.citing import (
    Link,
    answers_of,
    conditions,
    one_line,
    reference,
)
from histqa.frontends.exchanges import Conversation
from histqa.frontends.languages import ENGLISH, Language
from histqa.frontends.view import place, standing
from histqa.types import Answer, Document, Quote

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_GREY = RGBColor(0x67, 0x62, 0x5A)
_LINK = RGBColor(0x23, 0x4E, 0x7D)
_INK = RGBColor(0x23, 0x21, 0x1D)


def as_docx(
    conversation: Conversation,
    documents: Sequence[Document],
    *,
    link: Link,
    language: Language = ENGLISH,
    today: date | None = None,
) -> bytes:
    """A Word document; where XML has no room for a character, � stands for it."""
    made = today or datetime.now(UTC).date()
    answers = answers_of(conversation)
    title = language.text("export.title")
    file = _empty(title, made)
    file.add_heading(title, 0)
    _said(file, made.isoformat())
    for answer in answers:
        _add_answer(file, answer, link, language)
    _add_references(file, answers, documents, link, language)
    written = BytesIO()
    file.save(written)
    return written.getvalue()


def _empty(title: str, made: date) -> Any:
    """A new document with our styles; what python-docx's template says of itself is taken out."""
    file = docx.Document()
    facts, moment = file.core_properties, datetime(made.year, made.month, made.day)
    facts.title, facts.author, facts.comments = title, "", ""
    facts.created = facts.modified = moment
    for name in ("Title", "Heading 1", "Heading 2"):
        file.styles[name].font.color.rgb = _INK
    quoted = file.styles["Quote"]
    quoted.font.italic, quoted.font.color.rgb = False, _INK
    quoted.paragraph_format.left_indent = quoted.paragraph_format.right_indent = Cm(1)
    quoted.paragraph_format.space_after, quoted.paragraph_format.keep_with_next = Pt(2), True
    return file


# --- one answer ---


def _add_answer(file: Any, answer: Answer, link: Link, language: Language) -> None:
    file.add_heading(_writable(one_line(answer.question)), 1)
    for name, words in conditions(answer, language):
        _said(file, f"{name}: {words}")
    if answer.short:
        file.add_paragraph().add_run(_writable(answer.short)).bold = True
    if not answer.is_answered:
        file.add_paragraph().add_run(language.text("answer.not_found")).italic = True
    for number, quote in enumerate(answer.quotes, 1):
        file.add_paragraph(_writable(quote.text), style="Quote")
        where = file.add_paragraph(f"[{number}] ")
        where.paragraph_format.left_indent = Cm(1)
        _add_link(where, one_line(place(quote, language)), link(quote))


def _said(file: Any, text: str) -> None:
    run = file.add_paragraph().add_run(_writable(text))
    run.font.size, run.font.color.rgb = Pt(9.5), _GREY


# --- the references ---


def _add_references(
    file: Any,
    answers: Sequence[Answer],
    documents: Sequence[Document],
    link: Link,
    language: Language,
) -> None:
    """Each reading once, as people list it, and below it every place that was quoted."""
    known = {document.doc_id: document for document in documents}
    quoted = [
        (where, quote) for where, quote in _numbered(answers, language) if quote.doc_id in known
    ]
    if quoted:
        file.add_heading(language.text("export.references"), 1)
    for doc_id in dict.fromkeys(quote.doc_id for _, quote in quoted):
        file.add_paragraph(_writable(reference(known[doc_id])))
        for where, quote in quoted:
            if quote.doc_id == doc_id:
                _add_place(file, f"{where}: {one_line(standing(quote, language))}, ", link(quote))


def _numbered(answers: Sequence[Answer], language: Language) -> Iterator[tuple[str, Quote]]:
    """Every quote with what tells it from the others: "[2]", after the question if several."""
    for asked, answer in enumerate(answers, 1):
        lead = language.text("export.question", number=asked) + ", " if len(answers) > 1 else ""
        for number, quote in enumerate(answer.quotes, 1):
            yield f"{lead}[{number}]", quote


def _add_place(file: Any, where: str, address: str) -> None:
    line = file.add_paragraph(style="List Bullet")
    line.add_run(_writable(where))
    _add_link(line, address, address)


# --- what python-docx has no call for ---


def _add_link(paragraph: Any, text: str, address: str) -> None:
    relation = paragraph.part.relate_to(
        _writable(address), RELATIONSHIP_TYPE.HYPERLINK, is_external=True
    )
    element = OxmlElement("w:hyperlink")
    element.set(qn("r:id"), relation)
    run = paragraph.add_run(_writable(text))
    run.font.color.rgb, run.font.underline = _LINK, True
    element.append(run._r)
    paragraph._p.append(element)


def _writable(text: str) -> str:
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
