"""Jobs -> answers from a child process with bounds on time and memory: what reads files that harm.

``Child`` is the parent's side; ``serve`` is what the main function of the child's module calls.
"""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO

# Not multiprocessing: its children run the caller's main script again, so that a script without
# an "if __name__ ..." guard, or one read from a pipe, could not build an index.
_START = "import importlib, json, sys; sys.path[:] = json.loads(sys.argv[1]); "
_START += "importlib.import_module(sys.argv[2]).main()"


class ChildDied(Exception):
    """The process ended over a job; ``is_late`` where it was ended, for its time was up."""

    def __init__(self, *, is_late: bool) -> None:
        super().__init__("late" if is_late else "died")
        self.is_late = is_late


class Child:
    """One child process that runs ``main`` of a module; a new one is started after each that ended.

    For one thread at a time, but for ``close``.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self._process: subprocess.Popen[bytes] | None = None
        self._is_closed = False
        self._changing = threading.Lock()

    def answer(self, job: Any, seconds: float) -> Any:
        """What the child makes of ``job``. Raises ChildDied where it hung or died over it."""
        ran_out = threading.Event()
        timer = threading.Timer(seconds, self._run_out, (ran_out,))
        try:
            process = self._running()
            timer.start()
            return _exchanged(process, job)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            self._end()
            raise ChildDied(is_late=ran_out.is_set()) from error
        finally:
            timer.cancel()
            if timer.ident is not None:
                timer.join()  # else it might still kill the process over the next job
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
                self._process = _started(self._module)
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


def _started(module: str) -> subprocess.Popen[bytes]:
    paths = json.dumps([path for path in sys.path if isinstance(path, str)])
    return subprocess.Popen(
        [sys.executable, "-c", _START, paths, module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _exchanged(process: subprocess.Popen[bytes], job: Any) -> Any:
    assert process.stdin is not None
    assert process.stdout is not None
    pickle.dump(job, process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
    process.stdin.flush()
    return pickle.load(process.stdout)


# --- in the child ---


def serve(answer: Callable[[Any], Any], *, address_space_bytes: int) -> None:
    """Answers every job, stdin to stdout, until the parent closes the pipe."""
    answers = _private_stdout()
    _bound_memory(address_space_bytes)
    while True:
        try:
            job = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        pickle.dump(answer(job), answers, protocol=pickle.HIGHEST_PROTOCOL)
        answers.flush()


def _private_stdout() -> BinaryIO:
    """The pipe to the parent, out of the reach of libraries that print."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return answers


def _bound_memory(wanted: int) -> None:
    if sys.platform == "win32":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    except (OSError, ValueError):
        return  # macOS knows the limit but refuses to set it; the time limit still holds
