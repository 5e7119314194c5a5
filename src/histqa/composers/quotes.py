"""Finding -> an answer that is nothing but quotes: best first, whole sentences, within a budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from histqa.types import PARAGRAPH_BREAK, Answer, Document, Evidence, Finding, Question, Quote, Span, Verdict

NOT_FOUND_TEXT = "The readings do not say."


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
            for piece in joined(chosen, documents)
        )
        text = "\n\n".join(f"“{quote.text}” [{number}]" for number, quote in enumerate(quotes, 1))
        return Answer(
            question=question.original,
            understood_as=question.text,
            verdict=Verdict.ANSWERED,
            text=text,
            confidence=finding.confidence,
            quotes=quotes,
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
        words = len(piece.span.of(documents[piece.doc_id].text).split())
        if words <= words_left or not chosen:
            chosen.append(piece)
            words_left -= words
    return tuple(chosen)


def joined(
    evidence: Sequence[Evidence], documents: Mapping[str, Document]
) -> tuple[Evidence, ...]:
    """Neighbouring or overlapping pieces of one paragraph as one, best first."""
    pieces: list[Evidence] = []
    for piece in sorted(evidence, key=lambda piece: (piece.doc_id, piece.span)):
        last = pieces[-1] if pieces else None
        if last and last.doc_id == piece.doc_id and _adjoin(last.span, piece.span, documents[piece.doc_id].text):
            span = Span(last.span.start, max(last.span.end, piece.span.end))
            pieces[-1] = Evidence(piece.doc_id, span, max(last.score, piece.score))
        else:
            pieces.append(piece)
    return tuple(sorted(pieces, key=lambda piece: (-piece.score, piece.doc_id, piece.span)))


def _adjoin(earlier: Span, later: Span, text: str) -> bool:
    between = text[earlier.end : later.start]
    return not between.strip() and PARAGRAPH_BREAK not in between
