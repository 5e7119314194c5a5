"""Finding -> an answer that is nothing but quotes: best first, whole sentences, within a budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from histqa.composers.leaning import opened
from histqa.kinds import Kind, holds, kind_of
from histqa.types import (
    PARAGRAPH_BREAK,
    Answer,
    Document,
    Evidence,
    Finding,
    Question,
    Quote,
    Span,
    Verdict,
)

NOT_FOUND_TEXT = "The readings do not say."
# Longer quotes bury the sentence that answers among its neighbours (benchmarks/RESULTS.md).
QUOTE_WORDS = 60
# What a few words can answer; an exact answer that is longer than this is the sentence itself.
SHORT_KINDS = (Kind.WHEN, Kind.WHO, Kind.WHERE, Kind.HOW_MANY)
SHORT_WORDS = 12


@dataclass(frozen=True, slots=True)
class QuoteComposer:
    """Quotes as long as they are worth reading; NOT_FOUND below ``threshold``.

    ``related``: how many of the nearest sentences go with NOT_FOUND.
    """

    threshold: float
    related: int

    def compose(
        self, question: Question, finding: Finding, documents: Mapping[str, Document]
    ) -> Answer:
        """Answered with at most ``question.max_words`` words of quotes, or NOT_FOUND."""
        if finding.confidence < self.threshold or not finding.evidence:
            return self._not_found(question, finding, documents)
        pieces = chosen_pieces(finding.evidence, documents, max_words=question.max_words)
        quotes = tuple(
            Quote.cut(documents[piece.doc_id], piece.span, score=piece.score) for piece in pieces
        )
        text = "\n\n".join(f"“{quote.text}” [{number}]" for number, quote in enumerate(quotes, 1))
        return Answer(
            question=question.original,
            understood_as=question.text,
            verdict=Verdict.ANSWERED,
            text=text,
            confidence=finding.confidence,
            quotes=quotes,
            short=short_answer(question, pieces[0], documents),
            period=question.period,
            also_searched=question.also_searched,
            missing=question.missing,
        )

    def _not_found(
        self, question: Question, finding: Finding, documents: Mapping[str, Document]
    ) -> Answer:
        nearest = finding.evidence[: self.related]
        return Answer(
            question=question.original,
            understood_as=question.text,
            verdict=Verdict.NOT_FOUND,
            text=NOT_FOUND_TEXT,
            confidence=finding.confidence,
            related=tuple(
                Quote.cut(documents[piece.doc_id], piece.span, score=piece.score)
                for piece in nearest
            ),
            period=question.period,
            also_searched=question.also_searched,
            missing=question.missing,
        )


def chosen_pieces(
    evidence: Sequence[Evidence], documents: Mapping[str, Document], *, max_words: int
) -> tuple[Evidence, ...]:
    """What is quoted, best first, neighbours joined, within the budget.

    The first piece stands alone: where it leans on the sentence before, that comes with it. The
    others do where there are words left, for opening them all would crowd out other evidence
    (benchmarks/RESULTS.md). The first is taken however long it is: no quote would be no answer.
    """
    first, *rest = evidence
    pieces: tuple[Evidence, ...] = (_opened(first, documents),)
    if _total_words(pieces, documents) > max_words:
        pieces = (first,)
    for piece in rest:
        pieces = _if_it_fits(pieces, piece, documents, max_words)
    for piece in pieces[1:]:
        if piece in pieces:  # and not taken up by one that was opened before it
            pieces = _if_it_fits(pieces, _opened(piece, documents), documents, max_words)
    return pieces


def _opened(piece: Evidence, documents: Mapping[str, Document]) -> Evidence:
    return replace(piece, span=opened(piece.span, documents[piece.doc_id].text))


def _if_it_fits(
    pieces: tuple[Evidence, ...],
    piece: Evidence,
    documents: Mapping[str, Document],
    max_words: int,
) -> tuple[Evidence, ...]:
    more = with_piece(pieces, piece, documents)
    return more if _total_words(more, documents) <= max_words else pieces


def short_answer(question: Question, piece: Evidence, documents: Mapping[str, Document]) -> str:
    """The exact words that answer, where a few words can and ``piece`` has them marked."""
    kind = kind_of(question.text)
    if piece.short is None or kind not in SHORT_KINDS:
        return ""
    text = piece.short.of(documents[piece.doc_id].text)
    return text if holds(kind, text) and len(text.split()) <= SHORT_WORDS else ""


def with_piece(
    pieces: Sequence[Evidence],
    piece: Evidence,
    documents: Mapping[str, Document],
    *,
    longest: int = QUOTE_WORDS,
) -> tuple[Evidence, ...]:
    """``pieces`` with one more, joined to neighbours of its paragraph up to ``longest`` words.

    Pieces that overlap become one, however long: nothing is quoted twice.

    A joined piece keeps the place of its best part, so what answers best is read first.
    """
    taken_up: list[Evidence] = []
    for earlier in pieces:
        union = _united(earlier, piece, documents)
        overlaps = earlier.doc_id == piece.doc_id and earlier.span.overlaps(piece.span)
        if union and (overlaps or _words(union, documents) <= longest):
            piece = union
            taken_up.append(earlier)
    rest = [other for other in pieces if other not in taken_up]
    rest.insert(pieces.index(taken_up[0]) if taken_up else len(rest), piece)
    return tuple(rest)


def _united(
    earlier: Evidence, later: Evidence, documents: Mapping[str, Document]
) -> Evidence | None:
    """Both as one, with the better score, if nothing but a blank lies between them."""
    one, other = earlier.span, later.span
    if earlier.doc_id != later.doc_id:
        return None
    text = documents[earlier.doc_id].text
    if not _adjoin(one, other, text):
        return None
    span = Span(min(one.start, other.start), max(one.end, other.end))
    better = max(earlier, later, key=lambda piece: piece.score)
    return replace(better, span=span)


def _adjoin(one: Span, other: Span, text: str) -> bool:
    between = text[min(one.end, other.end) : max(one.start, other.start)]
    return not between.strip() and PARAGRAPH_BREAK not in between


def _words(piece: Evidence, documents: Mapping[str, Document]) -> int:
    return len(piece.span.of(documents[piece.doc_id].text).split())


def _total_words(pieces: Sequence[Evidence], documents: Mapping[str, Document]) -> int:
    return sum(_words(piece, documents) for piece in pieces)
