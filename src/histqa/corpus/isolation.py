"""Jobs -> Prepared files, read in child processes, so that no file can hang or kill the build."""

from __future__ import annotations

import json
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import Self

from histqa.corpus.preparing import Job, Prepared, failed, prepare
from histqa.errors import LoadError
from histqa.loaders import format_of, named_format
from histqa.types import Source

_WORKERS = 2
_JOBS_AHEAD = 2
# Up to this size, in bytes, plain text is read at once, and the half second that a child takes to
# start is saved: even text made to be slow to divide into sentences takes no more than seconds.
_READ_AT_ONCE = 100_000

# Not multiprocessing: its children run the caller's main script again, so that a script without
# an "if __name__ ..." guard, or one read from a pipe, could not build an index.
_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
_START += "from histqa.corpus.worker import main; main()"


class Isolation:
    """Prepares files, several at a time, in children that are started when first needed.

    A child that takes longer than ``limits.seconds`` over one file, or dies, is replaced; the file
    ends as a problem. Used as a context manager, it leaves no child behind.
    """

    def __init__(self, *, workers: int = _WORKERS) -> None:
        self._idle: queue.SimpleQueue[_Child] = queue.SimpleQueue()
        self._children = tuple(_Child() for _ in range(workers))
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
            return child.prepare(job)
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


class _Child:
    """One child process; a new one is started after each that ended."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._is_closed = False
        self._changing = threading.Lock()

    def prepare(self, job: Job) -> Prepared:
        """What the child makes of ``job``, or the problem that it hung or died over it."""
        ran_out = threading.Event()
        timer = threading.Timer(job.limits.seconds, self._run_out, (ran_out,))
        try:
            process = self._running()
            timer.start()
            return _exchanged(process, job)
        except (OSError, EOFError, pickle.UnpicklingError):
            self._end()
            return _died(job, is_late=ran_out.is_set())
        finally:
            timer.cancel()
            if timer.ident is not None:
                timer.join()  # else it might still kill the process over the next file
            if ran_out.is_set():
                self._end()

    def close(self) -> None:
        """Ends the process for good, whatever it is doing."""
        with self._changing:
            self._is_closed = True
            if self._process is not None:
                self._process.kill()

    def release(self) -> None:
        """Waits for the end of a process that was closed, when no thread uses it any more."""
        self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self._end()
        with self._changing:
            if self._is_closed:
                raise EOFError("closed")
            if self._process is None:
                self._process = _started()
            return self._process

    def _run_out(self, ran_out: threading.Event) -> None:
        ran_out.set()
        with self._changing:
            if self._process is not None:
                self._process.kill()

    def _end(self) -> None:
        with self._changing:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with suppress(OSError):  # what was not yet written to a dead process
                        stream.close()


def _started() -> subprocess.Popen[bytes]:
    paths = json.dumps([path for path in sys.path if isinstance(path, str)])
    return subprocess.Popen(
        [sys.executable, "-c", _START, paths],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _exchanged(process: subprocess.Popen[bytes], job: Job) -> Prepared:
    assert process.stdin is not None
    assert process.stdout is not None
    pickle.dump(job, process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
    process.stdin.flush()
    prepared = pickle.load(process.stdout)
    assert isinstance(prepared, Prepared)
    return prepared


def _died(job: Job, *, is_late: bool) -> Prepared:
    if is_late:
        reason = f"takes longer than {job.limits.seconds:g} seconds to read"
        return failed(job, reason, "divide it, or raise max_file_seconds in histqa.toml")
    reason = "made the program that reads it crash"
    return failed(job, reason, "save it anew with a word processor or a PDF printer")
