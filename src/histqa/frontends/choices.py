"""Readings -> what a question can be restricted to: each reading, and each folder of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from histqa.frontends.languages import ENGLISH, Language
from histqa.frontends.markup import seen
from histqa.types import Document


def reading_choices(
    documents: Sequence[Document], language: Language = ENGLISH
) -> tuple[tuple[str, str], ...]:
    """Pairs of what is shown and what ``Assistant.ask`` takes: folders first, then readings."""
    inside = Counter(folder for document in documents for folder in _folders(document))
    folders = [
        (f"{seen(folder)}/ ({language.counted('count.reading', count)})", folder)
        for folder, count in sorted(inside.items())
    ]
    return (*folders, *((shown, doc_id) for doc_id, shown in _names(documents).items()))


def shown_names(documents: Sequence[Document], language: Language = ENGLISH) -> Mapping[str, str]:
    """What is shown for each value of ``reading_choices``."""
    return {value: shown for shown, value in reading_choices(documents, language)}


def _folders(document: Document) -> Iterator[str]:
    parts = document.unit.split("/") if document.unit else []
    return ("/".join(parts[: depth + 1]) for depth in range(len(parts)))


def _names(documents: Sequence[Document]) -> dict[str, str]:
    """Titles by doc_id, each with its path where two readings share a title."""
    titles = Counter(document.title for document in documents)
    return {
        document.doc_id: seen(document.title)
        if titles[document.title] == 1
        else seen(f"{document.title} ({document.path})")
        for document in documents
    }
