"""A test question and the trace of its answer -> its Outcome: facts, metrics, reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from histqa.evaluation.gold import Gold, gold_of, rankings
from histqa.evaluation.metrics import HIT_RANKS, WORDS
from histqa.evaluation.metrics.quoting import coverage, first_words, precision, validity
from histqa.evaluation.metrics.ranking import hit, ndcg, reciprocal_rank
from histqa.evaluation.metrics.words import exact_match, holds_answer, token_f1
from histqa.evaluation.readings import Readings
from histqa.evaluation.reasons import Case, is_polar, reason_of
from histqa.evaluation.records import ExamQuestion, Outcome, QuoteFact, Ranking, Reason
from histqa.types import Answer, Quote, Span, Trace

_CONTEXT = 240


def judged(
    question: ExamQuestion, trace: Trace, forced: Answer, readings: Readings, *, seconds: float
) -> Outcome:
    """The outcome; ``forced`` is the answer as it would be if nothing were refused."""
    answer = trace.answer
    gold = gold_of(question, readings)
    ranked = rankings(gold, trace.hits, readings)
    reason, explanation = reason_of(Case(question, gold, trace.hits, answer), readings)
    quotes = tuple(_fact(quote, gold, readings) for quote in answer.quotes)
    return Outcome(
        question=question,
        verdict=str(answer.verdict),
        confidence=answer.confidence,
        short=answer.short,
        understood_as=answer.understood_as,
        quotes=quotes,
        related=tuple(_fact(quote, gold, readings) for quote in answer.related),
        rankings=ranked,
        seconds=seconds,
        metrics={
            **_quote_metrics(question, quotes),
            **_answer_metrics(question, answer),
            **_ranking_metrics(ranked),
            **_verdict_metrics(question, answer.is_answered),
            **_loss(question, forced),
            "passed": float(reason is Reason.NONE),
        },
        reason=reason,
        explanation=explanation,
    )


def _fact(quote: Quote, gold: Gold, readings: Readings) -> QuoteFact:
    text, start, end = readings.text(quote.doc_id), quote.span.start, quote.span.end
    return QuoteFact(
        doc_id=quote.doc_id,
        title=quote.title,
        heading=quote.heading,
        pages=quote.pages,
        start=start,
        end=end,
        text=quote.text,
        score=quote.score,
        before=text[max(0, start - _CONTEXT) : start],
        after=text[end : end + _CONTEXT],
        gold=_gold_inside(quote, gold),
        is_verbatim=quote.span.of(text) == quote.text,
    )


def _gold_inside(quote: Quote, gold: Gold) -> tuple[tuple[int, int], ...]:
    spans = {
        (
            max(place.span.start, quote.span.start) - quote.span.start,
            min(place.span.end, quote.span.end) - quote.span.start,
        )
        for place in gold.places
        if place.doc_id == quote.doc_id and place.span.overlaps(quote.span)
    }
    return tuple(sorted(spans))


def _quote_metrics(question: ExamQuestion, quotes: Sequence[QuoteFact]) -> Mapping[str, float]:
    found: dict[str, float] = {}
    texts = [quote.text for quote in quotes]
    if quotes:
        found["quote_validity"] = validity([quote.is_verbatim for quote in quotes])
    if question.quote_groups:
        for words in WORDS:
            found[f"coverage@{words}"] = coverage(texts, question.quote_groups, words=words)
        if quotes:
            spans = [[Span(*part) for part in quote.gold] for quote in quotes]
            found["quote_precision"] = precision(texts, spans)
    return found


def _answer_metrics(question: ExamQuestion, answer: Answer) -> Mapping[str, float]:
    """SQuAD's figures; the prediction is the short answer, else the first quote, else ""."""
    found: dict[str, float] = {}
    if question.answers or not question.answerable:
        given = answer.short or (answer.quotes[0].text if answer.quotes else "")
        kind = "has" if question.answerable else "no"
        em, f1 = exact_match(given, question.answers), token_f1(given, question.answers)
        found |= {"answer_em": em, "answer_f1": f1}
        found |= {f"{kind}_answer_em": em, f"{kind}_answer_f1": f1}
    if _is_in_words(question):
        for words in WORDS:
            shown = first_words([quote.text for quote in answer.quotes], words)
            found[f"answer_in_quotes@{words}"] = float(
                holds_answer(shown, question.answers, question.numbers)
            )
    return found


def _is_in_words(question: ExamQuestion) -> bool:
    return bool(question.answers or question.numbers) and not is_polar(question)


def _ranking_metrics(ranked: Sequence[Ranking]) -> Mapping[str, float]:
    found: dict[str, float] = {}
    for ranking in ranked:
        for k in HIT_RANKS:
            found[f"{ranking.unit}.hit@{k}"] = hit(ranking.ranks, k)
        found[f"{ranking.unit}.mrr"] = reciprocal_rank(ranking.ranks)
        found[f"{ranking.unit}.ndcg@10"] = ndcg(ranking.ranks, 10, relevant=ranking.relevant)
    return found


def _verdict_metrics(question: ExamQuestion, is_answered: bool) -> Mapping[str, float]:
    fault = "false_refusals" if question.answerable else "false_answers"
    is_wrong = is_answered != question.answerable
    return {"verdict_correct": float(not is_wrong), fault: float(is_wrong)}


def _loss(question: ExamQuestion, forced: Answer) -> Mapping[str, float]:
    """1 - coverage (or 1 - answer in quotes) of what would be quoted; 1 for the unanswerable."""
    texts = [quote.text for quote in forced.quotes]
    if not question.answerable:
        gain = 0.0
    elif question.quote_groups:
        gain = coverage(texts, question.quote_groups, words=WORDS[-1])
    elif _is_in_words(question):
        shown = first_words(texts, WORDS[-1])
        gain = float(holds_answer(shown, question.answers, question.numbers))
    else:
        return {}
    return {"loss_if_answered": 1.0 - gain}
