"""Jobs -> Prepared files, read in child processes, so that no file can hang or kill the build."""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from histqa.children import Child, ChildDied
from histqa.corpus.preparing import Job, Prepared, failed, prepare
from histqa.errors import LoadError
from histqa.loaders import format_of, named_format
from histqa.types import Source

_WORKER = "histqa.corpus.worker"
_WORKERS = 2
_JOBS_AHEAD = 2
# Up to this size, in bytes, plain text is read at once, and the half second that a child takes to
# start is saved: even text made to be slow to divide into sentences takes no more than seconds.
_READ_AT_ONCE = 100_000


class Isolation:
    """Prepares files, several at a time, in children that are started when first needed.

    A child that takes longer than ``limits.seconds`` over one file, or dies, is replaced; the file
    ends as a problem. Used as a context manager, it leaves no child behind.
    """

    def __init__(self, *, workers: int = _WORKERS) -> None:
        self._idle: queue.SimpleQueue[Child] = queue.SimpleQueue()
        self._children = tuple(Child(_WORKER) for _ in range(workers))
        for child in self._children:
            self._idle.put(child)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="histqa-reading")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for child in self._children:
            child.close()
        self._threads.shutdown(cancel_futures=True)
        for child in self._children:
            child.release()

    def prepared(self, jobs: Iterable[Job]) -> Iterator[Prepared]:
        """What became of each job, in the order of ``jobs``, of which few are held at a time."""
        pending: deque[Callable[[], Prepared]] = deque()
        for job in jobs:
            pending.append(self._begun(job))
            if len(pending) > len(self._children) + _JOBS_AHEAD:
                yield pending.popleft()()
        while pending:
            yield pending.popleft()()

    def _begun(self, job: Job) -> Callable[[], Prepared]:
        if _is_harmless(job.source):
            return lambda: prepare(job)
        future: Future[Prepared] = self._threads.submit(self._prepare, job)
        return future.result

    def _prepare(self, job: Job) -> Prepared:
        child = self._idle.get()
        try:
            return _prepared(child, job)
        finally:
            self._idle.put(child)


def _is_harmless(source: Source) -> bool:
    """Whether it is short plain text, by its bytes and not only by its name."""
    if len(source.content) > _READ_AT_ONCE or named_format(source.path) != "txt":
        return False
    try:
        return format_of(source.path, source.content) == "txt"
    except LoadError:
        return True  # it goes no further than this in the child either


def _prepared(child: Child, job: Job) -> Prepared:
    """What the child makes of ``job``, or the problem that it hung or died over it."""
    try:
        prepared = child.answer(job, job.limits.seconds)
    except ChildDied as death:
        return _died(job, is_late=death.is_late)
    assert isinstance(prepared, Prepared)
    return prepared


def _died(job: Job, *, is_late: bool) -> Prepared:
    if is_late:
        reason = f"takes longer than {job.limits.seconds:g} seconds to read"
        return failed(job, reason, "divide it, or raise max_file_seconds in histqa.toml")
    reason = "made the program that reads it crash"
    return failed(job, reason, "save it anew with a word processor or a PDF printer")
