"""Answers and reports -> what front ends show: JSON values, text for terminals, places in words."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from histqa.frontends.languages import ENGLISH, Language
from histqa.types import Answer, IndexReport, Problem, Quote

_MARKER = re.compile(r"\s*\[\d+\]")
# What a terminal would obey or reorder instead of showing: control characters (escape sequences
# begin with one), direction overrides (Unicode TR 36), line separators, lone surrogates.
_OBEYED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff]"
)
_BLANKS = re.compile(r"\s+")


def place(quote: Quote, language: Language = ENGLISH) -> str:
    """Where a quote stands, as people cite it: "Title · Heading · pp. 12–13"; else a paragraph."""
    return f"{quote.title or quote.doc_id} · {standing(quote, language)}"


def standing(quote: Quote, language: Language = ENGLISH) -> str:
    """Where in its reading a quote stands: "Heading · pp. 12–13", or the paragraph."""
    heading = [quote.heading] if quote.heading and quote.heading != quote.title else []
    return " · ".join([*heading, _where(quote, language)])


def _where(quote: Quote, language: Language) -> str:
    if not quote.pages:
        return language.text("place.paragraph", number=str(quote.paragraph))
    first, last = quote.pages[0], quote.pages[-1]
    if len(quote.pages) == 1:
        return language.text("place.page", page=first)
    return language.text("place.pages", first=first, last=last)


def says_more_than_quotes(answer: Answer) -> bool:
    """Whether ``answer.text`` has words of its own beside its quotes and their markers."""
    rest = _MARKER.sub("", answer.text)
    for quote in sorted(answer.quotes, key=lambda quote: -len(quote.text)):
        rest = rest.replace(quote.text, "")
    return any(mark.isalnum() for mark in rest)


def also_searched(answer: Answer) -> str:
    """What was searched for beside the words of the question, and how to do without."""
    names = ", ".join(answer.also_searched)
    return f'Also searched: {names} (a word in "quotes" is searched as typed)'


def missing(answer: Answer) -> str:
    """Which names of the question no reading has."""
    return f"Not in the readings: {', '.join(answer.missing)}"


# --- JSON ---


def answer_as_json(answer: Answer) -> dict[str, Any]:
    """The answer as ``schemas/answer.json`` describes it."""
    return {
        "format": "histqa-answer-1",
        "question": answer.question,
        "understood_as": answer.understood_as,
        "verdict": str(answer.verdict),
        "text": answer.text,
        "short": answer.short,
        "confidence": answer.confidence,
        "quotes": [quote_as_json(quote) for quote in answer.quotes],
        "related": [quote_as_json(quote) for quote in answer.related],
        "also_searched": list(answer.also_searched),
        "missing": list(answer.missing),
        "period": answer.period,
        "notes": list(answer.notes),
    }


def quote_as_json(quote: Quote) -> dict[str, Any]:
    """One quote; ``start`` and ``end`` count code points of the reading's canonical text."""
    return {
        "text": quote.text,
        "doc_id": quote.doc_id,
        "title": quote.title,
        "author": quote.author,
        "heading": quote.heading,
        "pages": list(quote.pages),
        "paragraph": quote.paragraph,
        "start": quote.span.start,
        "end": quote.span.end,
        "place": place(quote),
        "score": quote.score,
        "text_hash": quote.text_hash,
    }


def report_as_json(report: IndexReport) -> dict[str, Any]:
    """The index report as ``schemas/index.json`` describes it."""
    return {
        "format": "histqa-index-1",
        **asdict(report),
        "problems": [asdict(problem) for problem in report.problems],
    }


# --- text for terminals ---


def printable(text: str) -> str:
    """``text`` on one line, with � for every character that a terminal would obey."""
    return _OBEYED.sub("\N{REPLACEMENT CHARACTER}", _BLANKS.sub(" ", text)).strip()


def answer_as_text(answer: Answer, *, width: int) -> str:
    """The answer for people, wrapped to ``width`` columns; nothing in it can steer a terminal."""
    blocks = list(_found(answer, width) if answer.is_answered else _not_found(answer, width))
    if answer.understood_as not in ("", answer.question):
        blocks.insert(0, _wrapped(f"Understood as: {printable(answer.understood_as)}", width))
    if answer.period:
        time = f"{printable(answer.period)} (its passages come sooner; not with --period none)"
        blocks.insert(0, _wrapped(f"Time: {time}", width))
    if answer.missing:
        blocks.insert(0, _wrapped(printable(missing(answer)), width))
    notes = list(answer.notes)
    if answer.also_searched:
        notes.append(also_searched(answer))
    blocks += [_wrapped(f"Note: {printable(note)}", width) for note in notes]
    return "\n\n".join(blocks) + "\n"


def _found(answer: Answer, width: int) -> Iterator[str]:
    if answer.short:
        yield _wrapped(printable(answer.short), width)
    if says_more_than_quotes(answer):
        yield from (_wrapped(printable(part), width) for part in answer.text.split("\n\n"))
    for number, quote in enumerate(answer.quotes, 1):
        yield _quote(f"[{number}] ", quote, width)


def _not_found(answer: Answer, width: int) -> Iterator[str]:
    yield _wrapped(f"NOT FOUND. {printable(answer.text)}", width)
    if answer.related:
        yield _wrapped("The nearest passages, which do not answer the question:", width)
        yield from (_quote("  ~ ", quote, width) for quote in answer.related)


def _quote(mark: str, quote: Quote, width: int) -> str:
    indent = " " * len(mark)
    where = f"{printable(place(quote))} · characters {quote.span.start}–{quote.span.end}"
    return "\n".join(
        (
            _wrapped(f"{mark}“{printable(quote.text)}”", width, indent),
            _wrapped(f"{indent}— {where}", width, indent + "  "),
        )
    )


def _wrapped(text: str, width: int, indent: str = "") -> str:
    return textwrap.fill(
        text, max(width, 20), subsequent_indent=indent, break_on_hyphens=False, tabsize=1
    )


def report_as_text(report: IndexReport) -> str:
    """The index report as a table, and one line for each problem with its cure."""
    rows = (
        ("files", report.files, ""),
        ("readings", report.readings, _changes(report)),
        ("pages", report.pages, f"{report.empty_pages:,} without text" * bool(report.empty_pages)),
        ("words", report.words, ""),
        ("passages", report.passages, ""),
    )
    lines = [f"{name:<9} {count:>11,}  {remark}".rstrip() for name, count, remark in rows]
    lines.append(f"{'seconds':<9} {report.seconds:>11,.1f}")
    if report.problems:
        lines += ["", f"problems  {len(report.problems):>11,}"]
        lines += [_problem(problem) for problem in report.problems]
    return "\n".join(lines) + "\n"


def _changes(report: IndexReport) -> str:
    counts = (
        (report.added, "new"),
        (report.changed, "changed"),
        (report.removed, "removed"),
        (report.unchanged, "as before"),
    )
    return ", ".join(f"{count:,} {name}" for count, name in counts if count)


def _problem(problem: Problem) -> str:
    said = f"{problem.severity}: {problem.path}: {problem.reason}. {problem.cure}"
    return f"  {printable(said)}"
