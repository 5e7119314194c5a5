"""The indexed readings -> where expected quotes stand, and what is relevant because of that."""

from __future__ import annotations

import bisect
import re
from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import PurePosixPath

from histqa.chunking import passages
from histqa.evaluation.metrics.quoting import folded
from histqa.evaluation.metrics.words import words
from histqa.types import Document, Passage, Span

_BETWEEN = "\x00"
_CACHED_DOCUMENTS = 256
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a text stands: ``span`` of the reading ``doc_id``."""

    doc_id: str
    span: Span


class Readings:
    """Finds texts in all readings; keeps the readings' text, white space folded, in memory.

    ``documents``: without text, as ``Assistant.documents``; ``library``: with it, by doc_id.
    ``passage_words``: the setting that the index was made with. Safe to share between threads.
    """

    def __init__(
        self,
        documents: Sequence[Document],
        library: Mapping[str, Document],
        *,
        passage_words: int,
    ) -> None:
        self._library = library
        self._passage_words = passage_words
        self._doc_ids = [document.doc_id for document in documents]
        texts = []
        self._paged: dict[str, Document] = {}
        for doc_id in self._doc_ids:
            document = library[doc_id]
            texts.append(folded(document.text))
            self._paged[doc_id] = replace(document, text="", headings=(), repairs=())
        self._starts = [0]
        for text in texts:
            self._starts.append(self._starts[-1] + len(text) + len(_BETWEEN))
        self._whole = _BETWEEN.join(texts)
        self._names = _names(documents)
        self._chunked = lru_cache(maxsize=_CACHED_DOCUMENTS)(self._cut)
        self._words = lru_cache(maxsize=_CACHED_DOCUMENTS)(self._in_words)

    def named(self, name: str) -> tuple[str, ...]:
        """The doc_ids of the readings with this doc_id, path, file name or title; often one."""
        return self._names.get(_key(name), ())

    def places(self, quote: str, *, within: Collection[str] = ()) -> tuple[Place, ...]:
        """Every place where ``quote`` stands, white space apart; ``within`` () is all readings."""
        wanted = folded(quote)
        return tuple(
            Place(doc_id, span)
            for doc_id in (sorted(within) if within and wanted else self._holding(wanted))
            for span in self._words(doc_id).spans(wanted)
        )

    def hold_words(self, answer: str) -> bool:
        """Whether any reading has the words of ``answer`` in a row, as ``holds_answer`` sees it."""
        return f" {words(answer)} " in self._all_words

    def passages_at(self, places: Collection[Place]) -> tuple[Passage, ...]:
        """The indexed passages that share a character with any of ``places``."""
        wanted: dict[str, list[Span]] = {}
        for place in places:
            wanted.setdefault(place.doc_id, []).append(place.span)
        return tuple(
            passage
            for doc_id, spans in sorted(wanted.items())
            for passage in self._chunked(doc_id)
            if any(passage.span.overlaps(span) for span in spans)
        )

    def pages_of(self, doc_id: str, span: Span) -> tuple[str, ...]:
        """The names of the pages that ``span`` stands on."""
        return tuple(page.name for page in self._paged[doc_id].pages_of(span))

    def text(self, doc_id: str) -> str:
        """The canonical text of a reading."""
        return self._library[doc_id].text

    def nearest_text(self, quote: str, doc_ids: Sequence[str]) -> tuple[float, str]:
        """How similar (0..1) the most similar stretch of these readings is, and that stretch."""
        from rapidfuzz import fuzz

        wanted, best = folded(quote), (0.0, "")
        for doc_id in doc_ids:
            text = folded(self.text(doc_id))
            found = fuzz.partial_ratio_alignment(wanted, text)
            if found and found.score / 100 > best[0]:
                best = found.score / 100, text[found.dest_start : found.dest_end]
        return best

    @cached_property
    def _all_words(self) -> str:
        return f" {_BETWEEN} ".join(["", *map(words, self._whole.split(_BETWEEN)), ""])

    def _holding(self, wanted: str) -> list[str]:
        doc_ids, position = [], self._whole.find(wanted) if wanted else -1
        while position >= 0:
            number = bisect.bisect_right(self._starts, position) - 1
            doc_ids.append(self._doc_ids[number])
            position = self._whole.find(wanted, self._starts[number + 1])
        return doc_ids

    def _in_words(self, doc_id: str) -> _Words:
        return _Words.of(self._library[doc_id].text)

    def _cut(self, doc_id: str) -> tuple[Passage, ...]:
        return passages(self._library[doc_id], max_words=self._passage_words)


@dataclass(frozen=True, slots=True)
class _Words:
    """A text with its white space folded, and where each of its words starts there and before."""

    text: str
    starts: Sequence[int]
    original_starts: Sequence[int]

    @classmethod
    def of(cls, text: str) -> _Words:
        starts, original_starts, position = array("q"), array("q"), 0
        for word in _WORD.finditer(text):
            starts.append(position)
            original_starts.append(word.start())
            position += word.end() - word.start() + 1
        return cls(folded(text), starts, original_starts)

    def spans(self, wanted: str) -> Iterator[Span]:
        """Where ``wanted``, which is folded, stands: spans of the text before folding."""
        start = self.text.find(wanted)
        while start >= 0:
            end = start + len(wanted)
            yield Span(self._original(start), self._original(end - 1) + 1)
            start = self.text.find(wanted, end)

    def _original(self, position: int) -> int:
        number = bisect.bisect_right(self.starts, position) - 1
        return self.original_starts[number] + position - self.starts[number]


def _names(documents: Sequence[Document]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for document in documents:
        path = PurePosixPath(document.path)
        for name in {document.doc_id, document.path, path.name, path.stem, document.title}:
            if _key(name):
                found.setdefault(_key(name), []).append(document.doc_id)
    return {name: tuple(dict.fromkeys(doc_ids)) for name, doc_ids in found.items()}


def _key(name: str) -> str:
    return folded(name).casefold().removeprefix("./")
