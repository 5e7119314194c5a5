"""The nouns of evaluation: test questions as read, outcomes as measured, the report of both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

# --- what is asked and expected ---


@dataclass(frozen=True, slots=True)
class Number:
    """An expected number: every value that is at most ``tolerance`` away from it is right."""

    value: float
    tolerance: float = 0.0

    def accepts(self, given: float) -> bool:
        """Whether ``given`` is near enough; both ends count as near enough."""
        slack = 1e-9 * max(1.0, abs(self.value))  # 0.3 is 0.1 ± 0.2, whatever floats make of it
        return abs(given - self.value) <= self.tolerance + slack


@dataclass(frozen=True, slots=True)
class ExamQuestion:
    """One test question in the form that every file format is turned into.

    ``id`` is unique in its file. ``history``: earlier questions, oldest first. ``answers``: any of
    them is right ("yes"/"no" for a true-or-false question). ``numbers``: any of them is right.
    ``quote_groups``: the quotes must hold every group, and of each group any one; the texts are
    verbatim, white space apart. ``document``: a doc_id, path or title; "" for any reading.
    ``pages``: page names of ``document``, as printed. ``kind``: why, who, list ...; "" if not
    said. ``origin``: "file, row 12", for messages.
    """

    id: str
    question: str
    history: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()
    quote_groups: tuple[tuple[str, ...], ...] = ()
    document: str = ""
    pages: tuple[str, ...] = ()
    answerable: bool = True
    kind: str = ""
    tags: tuple[str, ...] = ()
    origin: str = ""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is broken: ``found`` stands in ``column`` ("" for the whole row) instead of
    what was ``expected``. The other rows run, and the exit status says that some were bad.
    """

    origin: str
    column: str
    expected: str
    found: str = ""

    def __str__(self) -> str:
        column = f", column {self.column!r}" if self.column else ""
        found = f", found {self.found!r}" if self.found else ""
        return f"{self.origin}{column}: expected {self.expected}{found}"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A question of a type that a quoting assistant cannot be judged by (an essay, say)."""

    origin: str
    question: str
    reason: str

    def __str__(self) -> str:
        return f"{self.origin}: skipped, {self.reason}"


@dataclass(frozen=True, slots=True)
class Column:
    """How a column (or field) of the file was understood; ``meaning`` "" if it is not used.

    ``meaning`` is the name of a field of ExamQuestion.
    """

    name: str
    meaning: str


@dataclass(frozen=True, slots=True)
class QuestionFile:
    """A file of test questions as read: nothing in it is dropped silently.

    ``name`` is the file's name without folders, ``sha256`` that of its bytes, ``format`` the name
    in ``formats.FORMATS``.
    """

    name: str
    format: str
    sha256: str
    questions: tuple[ExamQuestion, ...]
    bad_rows: tuple[BadRow, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    columns: tuple[Column, ...] = ()


# --- what came of it ---


class Reason(StrEnum):
    """Why a question failed; the first that fits, in this order. NONE: it did not fail."""

    NONE = ""
    NOT_IN_READINGS = "expectation not in the readings"
    NOT_INDEXED = "not indexed"
    NOT_RETRIEVED = "not retrieved"
    NOT_CHOSEN = "retrieved but not chosen"
    WRONG_PART = "wrong part chosen"
    WRONGLY_REFUSED = "wrongly refused"
    WRONGLY_ANSWERED = "wrongly answered"


@dataclass(frozen=True, slots=True)
class QuoteFact:
    """One quote of an answer, with its place and some of the text around it.

    ``start`` and ``end`` are offsets into the reading's canonical text; ``before`` and ``after``
    stand there on either side. ``gold``: the parts of ``text``, as offsets into it, that were
    expected. ``is_verbatim``: whether the reading really has ``text`` at that place.
    """

    doc_id: str
    title: str
    heading: str
    pages: tuple[str, ...]
    start: int
    end: int
    text: str
    score: float
    before: str = ""
    after: str = ""
    gold: tuple[tuple[int, int], ...] = ()
    is_verbatim: bool = True


@dataclass(frozen=True, slots=True)
class Ranking:
    """At which ranks (from 1) the relevant documents, pages or passages were retrieved.

    ``relevant`` is how many there are in the index; ``depth`` how many distinct ones of this
    unit were retrieved at all.
    """

    unit: str
    ranks: tuple[int, ...]
    relevant: int
    depth: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the assistant made of one test question, and how good that is.

    ``verdict``: "answered" or "not_found". ``confidence`` in 0..1. ``related``: offered beside a
    refusal. ``metrics``: by the names of ``metrics.METRICS``, only those that apply.
    ``explanation``: the reason in a sentence, with what was expected and what was given.
    """

    question: ExamQuestion
    verdict: str
    confidence: float
    short: str
    understood_as: str
    quotes: tuple[QuoteFact, ...]
    related: tuple[QuoteFact, ...]
    rankings: tuple[Ranking, ...]
    seconds: float
    metrics: Mapping[str, float]
    reason: Reason = Reason.NONE
    explanation: str = ""

    @property
    def is_answered(self) -> bool:
        """Whether the verdict is "answered"."""
        return self.verdict == "answered"

    @property
    def has_failed(self) -> bool:
        """Whether there is a reason of failure."""
        return self.reason is not Reason.NONE


# --- the report ---


@dataclass(frozen=True, slots=True)
class Figure:
    """One aggregate with its 95 % interval; ``count``: the questions that it rests on."""

    metric: str
    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Slice:
    """The figures of the questions that share something.

    ``axis``: "overall", "kind", "tag" or "document"; ``name``: which of them ("" overall).
    """

    axis: str
    name: str
    count: int
    figures: tuple[Figure, ...]

    def figure(self, metric: str) -> Figure | None:
        """The figure of that name, None where no question of the slice has it."""
        return next((figure for figure in self.figures if figure.metric == metric), None)


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """If only confidences of at least ``threshold`` were answered: ``coverage``, the share of all
    questions that would be answered, and ``risk``, the mean loss among these (0 good, 1 bad).
    """

    threshold: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Questions with a confidence in [low, high): ``confidence`` is their mean, ``answerable`` the
    share that the readings do answer. A calibrated assistant has the two equal.
    """

    low: float
    high: float
    count: int
    confidence: float
    answerable: float


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """Everything that one run found; ``report.as_json`` writes it, ``report.from_json`` reads it.

    ``created``: ISO 8601, UTC. ``settings``: those that decide answers. ``manifest``: that of the
    index, with its "generation". ``slices``: overall first, then by kind, tag and document.
    """

    file: QuestionFile
    created: str
    version: str
    settings: Mapping[str, str | int | float]
    manifest: Mapping[str, str]
    slices: tuple[Slice, ...]
    outcomes: tuple[Outcome, ...]
    risk_coverage: tuple[RiskPoint, ...] = ()
    reliability: tuple[ReliabilityBin, ...] = ()
    seconds: float = 0.0
    notes: tuple[str, ...] = field(default=())

    @property
    def overall(self) -> Slice:
        """The figures over all questions."""
        return self.slices[0]

    @property
    def failures(self) -> tuple[Outcome, ...]:
        """The outcomes with a reason of failure, in the order of the file."""
        return tuple(outcome for outcome in self.outcomes if outcome.has_failed)
