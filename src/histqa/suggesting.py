"""A finished index -> a few first questions that it really answers, kept beside it."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

from histqa.assistant import Assistant
from histqa.errors import HistqaError
from histqa.evaluation.drafting import answerable_drafts
from histqa.index.manifest import suggestions_in
from histqa.index.suggestions import read_suggestions, write_suggestions
from histqa.settings import Settings
from histqa.stores.sqlite.notes import read_notes
from histqa.types import Answer, Document, Suggestion

logger = logging.getLogger(__name__)

# A teacher's list is tried as far as this; of drafted questions a few are enough.
_MOST_TRIED = 12
_ENOUGH = 3
_READINGS_LOOKED_INTO = 6
_LONGEST = 80
# The other patterns also make what nobody would ask ("Who was opened in 1893?", of a canal).
_DRAFTED_KIND = "when"
# How far from the threshold to certainty the confidence must be at least.
_SURELY = 0.25


def renew_suggestions(settings: Settings) -> None:
    """Ask the index what it might be asked, and keep what it answers well, if that is to be done.

    Never raises for what goes wrong here: an index without suggestions serves as well.
    """
    try:
        if _is_to_be_done(settings):
            with Assistant.open(settings=settings) as assistant:
                found = suggestions_for(assistant)
                write_suggestions(settings, assistant.manifest, assistant.generation, found)
    except Exception as error:  # noqa: BLE001 - whatever it is, the index is whole without them
        logger.error("no questions are suggested: %s: %s", type(error).__name__, error)


def suggestions_for(assistant: Assistant) -> tuple[Suggestion, ...]:
    """Of the teacher's questions those that are answered well; where none is, of drafted ones."""
    listed = suggestions_in(assistant.manifest)[:_MOST_TRIED]
    found = tuple(_answered(assistant, ((question, "") for question in listed)))
    drafted = _answered(assistant, islice(_drafted(assistant), _MOST_TRIED))
    return found or tuple(islice(drafted, _ENOUGH))


def _is_to_be_done(settings: Settings) -> bool:
    folder = Path(settings.index)
    if not os.access(folder, os.W_OK):
        return False
    notes = read_notes(folder)
    return read_suggestions(settings, notes.manifest, notes.generation) is None


def _answered(assistant: Assistant, asked: Iterable[tuple[str, str]]) -> Iterator[Suggestion]:
    """Those that are answered well, and from the sentence that is given with them, if one is."""
    least = assistant.settings.answer_threshold
    least += _SURELY * (1 - least)
    for question, sentence in asked:
        try:
            answer = assistant.ask(question)
        except HistqaError:  # too long, for example
            continue
        if answer.is_answered and answer.confidence >= least and _quotes(answer, sentence):
            yield Suggestion(question, answer.quotes[0].doc_id)


def _quotes(answer: Answer, sentence: str) -> bool:
    return any(sentence in " ".join(quote.text.split()) for quote in answer.quotes)


def _drafted(assistant: Assistant) -> Iterator[tuple[str, str]]:
    """Questions that the readings ask themselves, as titles and headings, and drafted ones."""
    ids = [document.doc_id for document in assistant.documents[:_READINGS_LOOKED_INTO]]
    readings = [assistant.document(doc_id) for doc_id in ids]
    drafts = (
        (draft.question, draft.quote_groups[0][0])
        for draft in answerable_drafts(readings)
        if draft.kind == _DRAFTED_KIND
    )
    said = dict(chain(_headings(readings), drafts))
    yield from (one for one in said.items() if len(one[0]) <= _LONGEST)


def _headings(readings: Iterable[Document]) -> Iterator[tuple[str, str]]:
    for document in readings:
        for heading in document.headings:
            if heading.text.strip().endswith("?"):
                yield " ".join(heading.text.split()), ""
