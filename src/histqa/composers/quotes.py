"""Finding -> an answer that is nothing but quotes: best first, whole sentences, within a budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
        chosen = within_budget(finding.evidence, documents, max_words=question.max_words)
        quotes = tuple(
            Quote.cut(documents[piece.doc_id], piece.span, score=piece.score)
            for piece in joined(chosen, documents, max_words=QUOTE_WORDS)
        )
        text = "\n\n".join(f"“{quote.text}” [{number}]" for number, quote in enumerate(quotes, 1))
        return Answer(
            question=question.original,
            understood_as=question.text,
            verdict=Verdict.ANSWERED,
            text=text,
            confidence=finding.confidence,
            quotes=quotes,
            also_searched=question.also_searched,
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
            also_searched=question.also_searched,
        )


def within_budget(
    evidence: Sequence[Evidence], documents: Mapping[str, Document], *, max_words: int
) -> tuple[Evidence, ...]:
    """The best evidence, in order, whose words together stay within ``max_words``.

    What does not fit is passed over for shorter evidence behind it; the first is always taken,
    for an answer without a quote would be none.
    """
    chosen: list[Evidence] = []
    words_left = max_words
    for piece in evidence:
        words = _words(piece.span, documents[piece.doc_id].text)
        if words <= words_left or not chosen:
            chosen.append(piece)
            words_left -= words
    return tuple(chosen)


def joined(
    evidence: Sequence[Evidence], documents: Mapping[str, Document], *, max_words: int
) -> tuple[Evidence, ...]:
    """Neighbouring sentences of one paragraph as one piece of at most ``max_words`` words.

    A piece keeps the place of its best sentence, so what answers best is read first.
    """
    pieces: list[Evidence] = []
    for piece in evidence:
        taken_up: list[Evidence] = []
        for earlier in pieces:
            union = _united(earlier, piece, documents)
            if union and _words(union.span, documents[piece.doc_id].text) <= max_words:
                piece = union
                taken_up.append(earlier)
        place = pieces.index(taken_up[0]) if taken_up else len(pieces)
        pieces = [other for other in pieces if other not in taken_up]
        pieces.insert(place, piece)
    return tuple(pieces)


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
    return Evidence(earlier.doc_id, span, max(earlier.score, later.score))


def _adjoin(one: Span, other: Span, text: str) -> bool:
    between = text[min(one.end, other.end) : max(one.start, other.start)]
    return not between.strip() and PARAGRAPH_BREAK not in between


def _words(span: Span, text: str) -> int:
    return len(span.of(text).split())
