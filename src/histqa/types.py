"""The nouns of histqa: every value that crosses a module border is one of these."""

from __future__ import annotations

import bisect
import hashlib
import re
from collections.abc import Sequence
from dataclasses import InitVar, dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Literal

PARAGRAPH_BREAK = "\n\n"
AUTO = "auto"
"""The period of a question that is taken from its own words."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range ``[start, end)`` of character offsets into ``Document.text``."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: [{self.start}, {self.end})")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The characters of ``text`` that the span covers."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Whether the two share at least one character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Page:
    """One physical page: its number from 1, the label printed on it ("" if none), its text."""

    number: int
    label: str
    span: Span

    @property
    def name(self) -> str:
        """What people cite: the printed label, else the physical number."""
        return self.label or str(self.number)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading that stands in the text; ``level`` counts from 1 (the outermost)."""

    text: str
    level: int
    span: Span


@dataclass(frozen=True, slots=True)
class Repair:
    """One change that a loader made: ``original`` stood in the file at ``position`` of the text.

    ``kind`` says what was mended ("rejoined hyphen", "removed running head", ...);
    ``replacement`` is what stands in ``Document.text`` instead ("" where it was removed).
    """

    kind: str
    position: int
    original: str
    replacement: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One reading: its canonical text, cleaned once by the loader, and what is known about it.

    Paragraphs are separated by exactly one blank line. Pages, where there are any, tile the text.
    ``path`` is relative to the corpus, with forward slashes; ``sha256`` is that of the file.
    ``show`` is how much of the reading a server shows: "whole", "passage" (what answers quote, with
    a little around it) or "", where the licence decides.
    """

    doc_id: str
    path: str
    text: str
    title: str
    author: str = ""
    date: str = ""
    kind: str = ""
    address: str = ""
    licence: str = ""
    show: str = ""
    language: str = ""
    sha256: str = ""
    pages: tuple[Page, ...] = ()
    headings: tuple[Heading, ...] = ()
    repairs: tuple[Repair, ...] = ()

    @property
    def unit(self) -> str:
        """The folder of the corpus that the reading lies in, "" at the top."""
        return self.path.rpartition("/")[0]

    @property
    def text_hash(self) -> str:
        """SHA-256 of the canonical text: it changes when, and only when, offsets may have."""
        return _hash_of(self.text)

    def pages_of(self, span: Span) -> tuple[Page, ...]:
        """The pages that hold at least one character of ``span``, in order."""
        first = bisect.bisect_right(self.pages, span.start, key=lambda page: page.span.end)
        last = bisect.bisect_left(self.pages, span.end, key=lambda page: page.span.start)
        return tuple(page for page in self.pages[first:last] if len(page.span))

    def heading_of(self, position: int) -> str:
        """The last heading that ends at or before ``position``, "" before the first."""
        above = bisect.bisect_right(self.headings, position, key=lambda heading: heading.span.end)
        return self.headings[above - 1].text if above else ""

    def paragraph_of(self, position: int) -> int:
        """The number of the paragraph at ``position``, from 1; headings count as paragraphs."""
        return self.text.count(PARAGRAPH_BREAK, 0, position) + 1


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences inside one paragraph: what is embedded, searched and ranked."""

    doc_id: str
    span: Span
    text: str
    title: str
    heading: str
    sentences: tuple[Span, ...]

    @property
    def searched_text(self) -> str:
        """What is embedded: title and heading lead, and are never quoted."""
        lead = ". ".join(dict.fromkeys(part for part in (self.title, self.heading) if part))
        return f"{lead}. {self.text}" if lead else self.text

    def sentence_text(self, sentence: Span) -> str:
        """The text of one of ``sentences``."""
        return self.text[sentence.start - self.span.start : sentence.end - self.span.start]


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of a conversation; ``answer`` may be ""."""

    question: str
    answer: str = ""
    is_answered: bool = True


@dataclass(frozen=True, slots=True)
class Period:
    """The years ``first`` to ``last``, both included; None stands for an open end.

    ``text`` is as it was written: "after 1920".
    """

    first: int | None
    last: int | None
    text: str = ""

    def ends_before(self, other: Period) -> bool:
        """Whether its last year comes before the other's first."""
        return self.last is not None and other.first is not None and self.last < other.first

    def overlaps(self, other: Period) -> bool:
        """Whether the two share at least one year."""
        return not (self.ends_before(other) or other.ends_before(self))


@dataclass(frozen=True, slots=True)
class Alias:
    """Names of one thing: each of ``names`` may be asked for, and then all are searched.

    ``renderings`` are searched for too, but a question that has one means something else.
    """

    names: tuple[str, ...]
    renderings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A first question to offer, and the reading that its answer quotes first."""

    question: str
    doc_id: str


@dataclass(frozen=True, slots=True)
class Variant:
    """Words of a question, as they stand in it, and what the readings write instead.

    ``is_written``: whether the readings write ``asked``, too.
    """

    asked: str
    found: str
    is_written: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: ``text`` stands alone; ``original`` is what the user typed.

    ``readings`` restricts the search to these doc_ids, paths or units (folders with all that
    lies in them); empty means all. ``max_words`` bounds the words quoted. Passages that name a
    time within ``periods`` come sooner; none is lost for want of it. ``variants`` are searched
    for beside the words of ``text``. ``missing``: its names that no reading has.
    """

    text: str
    original: str
    readings: tuple[str, ...] = ()
    max_words: int = 120
    periods: tuple[Period, ...] = ()
    variants: tuple[Variant, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def period(self) -> str:
        """The periods as they were written: "after 1920"; "" for none."""
        return ", ".join(dict.fromkeys(period.text for period in self.periods))

    @property
    def also_searched(self) -> tuple[str, ...]:
        """What is searched for beside the words of ``text``, each once."""
        return tuple(dict.fromkeys(variant.found for variant in self.variants))

    @property
    def as_found(self) -> str:
        """``text`` in the words of the readings: for embedders and readers, never shown.

        What the readings never write is replaced; what they also write gets its variants in
        brackets.
        """
        found: dict[str, list[Variant]] = {}
        for variant in self.variants:
            found.setdefault(variant.asked, []).append(variant)
        put = {
            asked: f"{asked} ({', '.join(one.found for one in same)})"
            if same[0].is_written
            else same[0].found
            for asked, same in found.items()
        }
        names = "|".join(re.escape(name) for name in sorted(put, key=len, reverse=True))
        quoted = '"[^"]*"|“[^”]*”'  # what stands in quotation marks is meant as typed
        pattern = rf"{quoted}|(?<!\w)(?:{names})(?!\w)" if names else r"(?!)"
        return re.sub(pattern, lambda match: put.get(match[0], match[0]), self.text)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that retrieval found. Scores: higher is better; the ``score`` is in 0..1.

    ``dense`` is the cosine of question and passage, ``lexical`` the BM25 score (0 for no match);
    ``sentence_dense`` has the cosine of each of the passage's sentences with the question.
    ``bonus`` counts for the order, beside the score: the passage fits the time of the question.
    """

    passage: Passage
    score: float
    dense: float
    lexical: float
    sentence_dense: tuple[float, ...]
    bonus: float = 0.0


@dataclass(frozen=True, slots=True)
class SentenceReading:
    """What a model made of one sentence of a passage; higher is better, about 0 is undecided.

    ``sentence_odds``: log-odds that the sentence answers, against "nothing here does".
    ``span_odds``: the same of the exact answer at ``span``, None where the model marks none.
    """

    sentence_odds: float
    span_odds: float
    span: Span | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A run of whole sentences that a reader holds to carry (part of) the answer.

    ``short``: the exact answer inside it, None where the reader marks none.
    """

    doc_id: str
    span: Span
    score: float
    short: Span | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a reader made of the hits: evidence, best first, and whether it answers at all.

    ``confidence`` is the probability, in 0..1, that the readings answer the question.
    """

    evidence: tuple[Evidence, ...]
    confidence: float


class Verdict(StrEnum):
    """Whether the readings answer the question. A fault is an exception, never a verdict."""

    ANSWERED = "answered"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class Quote:
    """Verbatim text with its place. It copies the text itself, so it cannot differ from it."""

    document: InitVar[Document]
    span: Span
    score: float
    text: str = field(init=False)
    doc_id: str = field(init=False)
    title: str = field(init=False)
    author: str = field(init=False)
    pages: tuple[str, ...] = field(init=False)
    paragraph: int = field(init=False)
    heading: str = field(init=False)
    text_hash: str = field(init=False)

    def __post_init__(self, document: Document) -> None:
        if not 0 <= self.span.start < self.span.end <= len(document.text):
            raise ValueError(f"{self.span} is empty or outside {document.doc_id!r}")
        values = {
            "text": self.span.of(document.text),
            "doc_id": document.doc_id,
            "title": document.title,
            "author": document.author,
            "pages": tuple(page.name for page in document.pages_of(self.span)),
            "paragraph": document.paragraph_of(self.span.start),
            "heading": document.heading_of(self.span.start),
            "text_hash": document.text_hash,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @classmethod
    def cut(cls, document: Document, span: Span, *, score: float = 0.0) -> Quote:
        """The quote of ``document`` at ``span``: the only way to make one."""
        return cls(document, span, score)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the user gets. The marker [n] in ``text`` stands for ``quotes[n - 1]``.

    ``confidence``: calibrated probability in 0..1 that the readings answer the question.
    ``related``: the nearest passages, offered when nothing was found; never an answer.
    ``short``: the exact span or yes/no that answers, "" where the composer finds none.
    ``period``: the time whose passages were preferred, as written; "" for none.
    ``missing``: names of the question that stand in no reading of the index.
    """

    question: str
    understood_as: str
    verdict: Verdict
    text: str
    confidence: float
    quotes: tuple[Quote, ...] = ()
    related: tuple[Quote, ...] = ()
    short: str = ""
    also_searched: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    period: str = ""
    notes: tuple[str, ...] = ()

    @property
    def is_answered(self) -> bool:
        """Whether the verdict is ANSWERED."""
        return self.verdict is Verdict.ANSWERED

    @property
    def turn(self) -> Turn:
        """The exchange as part of the conversation that the next question may lean on."""
        return Turn(self.question, self.text, self.is_answered)


@dataclass(frozen=True, slots=True)
class Trace:
    """What each stage made of one question, for those who measure or explain the answer."""

    asked: Question
    hits: tuple[Hit, ...]
    finding: Finding
    answer: Answer


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one file, so that a hostile one ends as a line in the report."""

    file_bytes: int
    unpacked_bytes: int
    nesting: int
    pages: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the corpus as read from disk, once: what a loader gets."""

    doc_id: str
    path: str
    content: bytes

    @property
    def sha256(self) -> str:
        """SHA-256 of the file's bytes, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of the index report: what is wrong with a file, and the cure.

    An "error" kept the file out of the index, a "warning" did not.
    """

    path: str
    severity: Literal["error", "warning"]
    reason: str
    cure: str


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What an index build or update found and did."""

    files: int
    readings: int
    pages: int
    empty_pages: int
    words: int
    passages: int
    added: int
    changed: int
    removed: int
    unchanged: int
    seconds: float
    problems: tuple[Problem, ...]


@lru_cache(maxsize=64)
def _hash_of(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def word_count(texts: Sequence[str]) -> int:
    """The number of white-space separated words in all of ``texts``."""
    return sum(len(text.split()) for text in texts)
