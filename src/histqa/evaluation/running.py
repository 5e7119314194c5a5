"""A file of test questions and an Assistant -> the report: asks, judges, adds up."""

from __future__ import annotations

import dataclasses
import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from itertools import islice
from pathlib import Path

import histqa
from histqa.assistant import Assistant
from histqa.composers import build_composer
from histqa.errors import QuestionError
from histqa.evaluation.figures import reported
from histqa.evaluation.journal import Journal, key_of
from histqa.evaluation.judging import judged
from histqa.evaluation.readings import Readings
from histqa.evaluation.records import (
    BadRow,
    EvaluationReport,
    ExamQuestion,
    Outcome,
    QuestionFile,
)
from histqa.settings import Settings
from histqa.stages import Composer
from histqa.types import Answer, Trace

Progress = Callable[[str, int, int], None]
# These decide where things are and how fast, not what is answered.
_NOT_DECIDING = ("corpus", "index", "host", "port", "embedding_batch", "max_file", "max_unpacked")


def no_progress(stage: str, done: int, total: int) -> None:
    """Tells nobody."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Measures ``assistant`` by test questions.

    ``jobs``: questions asked at the same time. ``journal``: a file that outcomes are kept in until
    the run is complete; where it is there already, the run goes on from it. ``progress`` is told
    (stage, done, total).
    """

    assistant: Assistant
    jobs: int = 1
    journal: Path | None = None
    progress: Progress = field(default=no_progress)

    def run(self, file: QuestionFile) -> EvaluationReport:
        """Every question of ``file`` asked and judged; one that cannot be asked is a bad row."""
        started = time.monotonic()
        assistant = self.assistant
        run = _Run(assistant, _readings(assistant), _forced(assistant.settings))
        identity = _identity(assistant)
        keys = {question.id: key_of(question, identity) for question in file.questions}
        journal = Journal(self.journal)
        try:
            results = self._results(file, run, keys, journal)
        finally:
            journal.close()
        outcomes = tuple(result for result in results if isinstance(result, Outcome))
        unasked = tuple(result for result in results if isinstance(result, BadRow))
        report = reported(
            dataclasses.replace(file, bad_rows=file.bad_rows + unasked),
            outcomes,
            settings=deciding_settings(assistant.settings),
            manifest={**assistant.manifest, "generation": str(assistant.generation)},
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            version=metadata.version("histqa"),
            seconds=time.monotonic() - started,
        )
        journal.remove()
        return report

    def _results(
        self, file: QuestionFile, run: _Run, keys: Mapping[str, str], journal: Journal
    ) -> list[Outcome | BadRow]:
        found: dict[str, Outcome | BadRow] = {
            question.id: known
            for question in file.questions
            if (known := journal.known(keys[question.id]))
        }
        total = len(file.questions)
        self.progress("asking", len(found), total)
        rest = (question for question in file.questions if question.id not in found)
        for question, result in _in_threads(run.result, rest, jobs=self.jobs):
            if isinstance(result, Outcome):
                journal.write(keys[question.id], result)
            found[question.id] = result
            self.progress("asking", len(found), total)
        return [found[question.id] for question in file.questions]


@dataclass(frozen=True, slots=True)
class _Run:
    assistant: Assistant
    readings: Readings
    forced: Composer

    def result(self, question: ExamQuestion) -> Outcome | BadRow:
        started = time.perf_counter()
        try:
            trace = self.assistant.trace(question.question, history=question.history)
        except QuestionError as error:
            return BadRow(question.origin, "question", f"what can be asked: {error}")
        seconds = time.perf_counter() - started
        return judged(question, trace, self._unrefused(trace), self.readings, seconds=seconds)

    def _unrefused(self, trace: Trace) -> Answer:
        if trace.answer.is_answered:
            return trace.answer
        return self.forced.compose(trace.asked, trace.finding, self.assistant.library)


def deciding_settings(settings: Settings) -> dict[str, str | int | float]:
    """The settings that an answer may depend on."""
    return {
        name: value
        for name, value in dataclasses.asdict(settings).items()
        if not name.startswith(_NOT_DECIDING)
    }


def _readings(assistant: Assistant) -> Readings:
    return Readings(
        assistant.documents, assistant.library, passage_words=assistant.settings.passage_words
    )


def _forced(settings: Settings) -> Composer:
    return build_composer(dataclasses.replace(settings, answer_threshold=0.0))


def _identity(assistant: Assistant) -> Mapping[str, object]:
    return {
        "settings": deciding_settings(assistant.settings),
        "generation": assistant.generation,
        "manifest": dict(assistant.manifest),
        "program": _program_hash(),
    }


def _program_hash() -> str:
    """Of the whole package: a run is not continued with another program than it began with."""
    digest = hashlib.sha256()
    root = Path(histqa.__path__[0])
    for path in sorted(root.rglob("*")):
        if path.suffix in (".py", ".json"):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _in_threads(
    work: Callable[[ExamQuestion], Outcome | BadRow],
    questions: Iterator[ExamQuestion],
    *,
    jobs: int,
) -> Iterator[tuple[ExamQuestion, Outcome | BadRow]]:
    """Each question with its result, as they are done; a fault of one ends the run.

    No more than a few questions wait in line, so that Ctrl-C need not wait for thousands.
    """
    if jobs <= 1:
        yield from ((question, work(question)) for question in questions)
        return
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        waiting: dict[Future[Outcome | BadRow], ExamQuestion] = {}
        while True:
            for question in islice(questions, 2 * jobs - len(waiting)):
                waiting[pool.submit(work, question)] = question
            if not waiting:
                return
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                yield waiting.pop(future), future.result()
