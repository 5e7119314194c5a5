"""An older report and a newer one -> what got better, what got worse, and whether by chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from histqa.evaluation.metrics import METRICS
from histqa.evaluation.metrics.resampling import randomisation_p
from histqa.evaluation.records import EvaluationReport, ExamQuestion, Outcome, Reason

# The first of these that differs says whether a question got better or worse.
_DECIDING = (
    "passed", "coverage@120", "coverage@60", "answer_in_quotes@120", "answer_in_quotes@60",
    "answer_f1", "quote_precision",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MetricChange:
    """One metric over the questions that both runs measured it on.

    ``p``: two-sided, paired randomisation; below 0.05 the difference is hardly chance.
    """

    metric: str
    old: float
    new: float
    p: float
    better: int
    worse: int
    count: int


@dataclass(frozen=True, slots=True)
class QuestionChange:
    """One question that got better or worse, by the first metric that differs."""

    question: ExamQuestion
    metric: str
    old: float
    new: float
    old_reason: Reason
    new_reason: Reason
    is_better: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed between two runs; only questions that both asked in the same words count.

    ``differences``: settings and facts of the index that differ, each as a sentence.
    """

    metrics: tuple[MetricChange, ...]
    questions: tuple[QuestionChange, ...]
    unchanged: int
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]
    reworded: tuple[str, ...]
    differences: tuple[str, ...]

    @property
    def better(self) -> tuple[QuestionChange, ...]:
        """The questions that got better."""
        return tuple(change for change in self.questions if change.is_better)

    @property
    def worse(self) -> tuple[QuestionChange, ...]:
        """The questions that got worse."""
        return tuple(change for change in self.questions if not change.is_better)


def compared(old: EvaluationReport, new: EvaluationReport) -> Comparison:
    """Question by question, by id; a question that was edited in between is not compared."""
    before = {outcome.question.id: outcome for outcome in old.outcomes}
    after = {outcome.question.id: outcome for outcome in new.outcomes}
    both = [name for name in after if name in before]
    reworded = [name for name in both if not _is_same(before[name], after[name])]
    pairs = [(before[name], after[name]) for name in both if name not in set(reworded)]
    changes = tuple(change for pair in pairs if (change := _question_change(*pair)))
    return Comparison(
        metrics=tuple(
            change for change in _metric_changes(pairs) if new.overall.figure(change.metric)
        ),
        questions=changes,
        unchanged=len(pairs) - len(changes),
        only_old=tuple(name for name in before if name not in after),
        only_new=tuple(name for name in after if name not in before),
        reworded=tuple(reworded),
        differences=(
            *_differences("setting", old.settings, new.settings),
            *_differences("index", old.manifest, new.manifest),
        ),
    )


def _is_same(old: Outcome, new: Outcome) -> bool:
    """Where a question stands in its file, and how it is filed, does not matter."""
    return _bare(old.question) == _bare(new.question)


def _bare(question: ExamQuestion) -> ExamQuestion:
    return replace(question, origin="", kind="", tags=())


def _metric_changes(pairs: Sequence[tuple[Outcome, Outcome]]) -> Iterator[MetricChange]:
    for name, metric in METRICS.items():
        values = [
            (old.metrics[name], new.metrics[name])
            for old, new in pairs
            if name in old.metrics and name in new.metrics
        ]
        if not values:
            continue
        before, after = zip(*values, strict=True)
        sign = 1 if metric.is_higher_better else -1
        yield MetricChange(
            metric=name,
            old=sum(before) / len(before),
            new=sum(after) / len(after),
            p=randomisation_p(before, after),
            better=sum(sign * (new - old) > 0 for old, new in values),
            worse=sum(sign * (new - old) < 0 for old, new in values),
            count=len(values),
        )


def _question_change(old: Outcome, new: Outcome) -> QuestionChange | None:
    for name in _DECIDING:
        before, after = old.metrics.get(name, 0.0), new.metrics.get(name, 0.0)
        if before != after:
            return QuestionChange(
                new.question, name, before, after, old.reason, new.reason, after > before
            )
    return None


def _differences(what: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[str]:
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            yield f"{what} {name}: {old.get(name, 'none')} before, {new.get(name, 'none')} now"
