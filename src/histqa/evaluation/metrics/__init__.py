"""Every metric by its name: what it says, which way is better, how it is put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

WORDS = (60, 120)
HIT_RANKS = (1, 5, 10)
UNITS = ("documents", "pages", "passages")


@dataclass(frozen=True, slots=True)
class Metric:
    """One row of the table. A "mean" is over the questions that have it; a "statistic" is of
    all questions at once. ``unit``: "share" for 0..1, "seconds", or "" for other numbers.
    """

    name: str
    says: str
    is_higher_better: bool = True
    made: Literal["mean", "statistic"] = "mean"
    unit: str = "share"


def _table() -> tuple[Metric, ...]:
    return (
        Metric("quote_validity", "quotes that stand in their reading as given; must be 1"),
        *(
            Metric(f"coverage@{words}", f"expected quotes within the first {words} quoted words")
            for words in WORDS
        ),
        Metric("quote_precision", "quoted words that belong to an expected quote"),
        *(
            Metric(f"answer_in_quotes@{words}", f"an expected answer within {words} quoted words")
            for words in WORDS
        ),
        Metric("answer_em", "the short answer (else the first quote) is an expected one; SQuAD"),
        Metric("answer_f1", "words shared by the short answer and an expected one; SQuAD"),
        Metric("has_answer_em", "answer_em of answerable questions (SQuAD: HasAns_exact)"),
        Metric("has_answer_f1", "answer_f1 of answerable questions (SQuAD: HasAns_f1)"),
        Metric("no_answer_em", "answer_em of unanswerable questions (SQuAD: NoAns_exact)"),
        Metric("no_answer_f1", "answer_f1 of unanswerable questions (SQuAD: NoAns_f1)"),
        *(metric for unit in UNITS for metric in _ranking(unit)),
        Metric("verdict_correct", "answered what can be, refused what cannot"),
        Metric("false_answers", "unanswerable questions that were answered", False),
        Metric("false_refusals", "answerable questions that were refused", False),
        Metric("loss_if_answered", "what is lost if nothing were refused", False),
        Metric("passed", "questions without a reason of failure"),
        Metric("not_found_precision", "refused questions that are unanswerable", made="statistic"),
        Metric("not_found_recall", "unanswerable questions that were refused", made="statistic"),
        Metric("auc", "confidence tells answerable from unanswerable", made="statistic"),
        Metric("aurc", "mean loss over every threshold", False, made="statistic"),
        Metric("ece", "confidence differs from the share that is answerable", False, "statistic"),
        Metric("seconds_p50", "half of the questions took at most", False, "statistic", "seconds"),
        Metric("seconds_p95", "95 % of the questions took at most", False, "statistic", "seconds"),
    )


def _ranking(unit: str) -> tuple[Metric, ...]:
    return (
        *(
            Metric(f"{unit}.hit@{rank}", f"expected {unit} among the first {rank} retrieved")
            for rank in HIT_RANKS
        ),
        Metric(f"{unit}.mrr", f"mean of 1 / rank of the first expected of the {unit}"),
        Metric(f"{unit}.ndcg@10", f"gain of the first ten retrieved {unit}, as a share"),
    )


METRICS: dict[str, Metric] = {metric.name: metric for metric in _table()}
