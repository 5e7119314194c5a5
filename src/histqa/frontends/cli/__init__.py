"""The command line: arguments -> one command carried out -> its exit status.

0 done, answered; 1 a fault; 2 wrong usage; 3 the readings do not say; 4 files left out under
--strict; 130 interrupted; 141 whoever read the output has gone.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence

from histqa.errors import HistqaError
from histqa.frontends.cli import machine
from histqa.frontends.cli.arguments import parse
from histqa.frontends.cli.commands import COMMANDS
from histqa.frontends.cli.output import complain, make_streams_safe

FAULT = 1
INTERRUPTED = 130
BROKEN_PIPE = 141


def main(arguments: Sequence[str] | None = None) -> int:
    """The program ``histqa``: prepares the process, then runs."""
    make_streams_safe()
    options = parse(arguments)
    machine.prepare(
        is_build=options.command == "index",
        is_verbose=options.verbose,
        may_download=getattr(options, "allow_download", False),
    )
    return carry_out(options)


def run(arguments: Sequence[str]) -> int:
    """Carry out ``arguments`` inside this process, whose settings stay as they are."""
    return carry_out(parse(arguments))


def carry_out(options: Namespace) -> int:
    """Run the command; whatever its input, a fault is one line on stderr."""
    try:
        status = COMMANDS[options.command](options)
        sys.stdout.flush()
    except HistqaError as error:
        return _failed(str(error))
    except BrokenPipeError:
        # The reader of our output has gone (`histqa ask ... | head`): nothing to say, nobody to
        # say it to.
        _drop_output()
        return BROKEN_PIPE
    except OSError as error:
        _drop_output()
        return _failed(f"{error.filename or 'the system'}: {error.strerror or error}")
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


def _drop_output() -> None:
    """Let what stdout still holds go nowhere; Python would complain of it once more at exit."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError:  # not a file: a test's, or a notebook's
        return


def _failed(message: str) -> int:
    complain(message)
    return FAULT
