"""The child process that reads one file after another: Jobs on stdin -> Prepared on stdout.

Started by ``isolation`` and by nobody else. It imports neither torch nor a web framework.
"""

from __future__ import annotations

import os
import pickle
import sys
from typing import BinaryIO

from histqa.corpus.preparing import prepare

# Generous: a book takes a small part of it, a bomb in a file would take all of the machine.
_ADDRESS_SPACE_BYTES = 6_000_000_000


def main() -> None:
    """Answers every job until the parent closes the pipe."""
    answers = _private_stdout()
    _bound_memory()
    while True:
        try:
            job = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        pickle.dump(prepare(job), answers, protocol=pickle.HIGHEST_PROTOCOL)
        answers.flush()


def _private_stdout() -> BinaryIO:
    """The pipe to the parent, out of the reach of libraries that print."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return answers


def _bound_memory() -> None:
    if sys.platform == "win32":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = _ADDRESS_SPACE_BYTES
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    except (OSError, ValueError):
        return  # macOS knows the limit but refuses to set it; the time limit still holds


if __name__ == "__main__":
    main()
