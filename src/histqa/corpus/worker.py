"""The child process that reads one file after another: Jobs on stdin -> Prepared on stdout.

Started by ``isolation`` and by nobody else. It imports neither torch nor a web framework.
"""

from __future__ import annotations

from histqa.children import serve
from histqa.corpus.preparing import prepare

# Generous: a book takes a small part of it, a bomb in a file would take all of the machine.
_ADDRESS_SPACE_BYTES = 6_000_000_000


def main() -> None:
    """Answers every job until the parent closes the pipe."""
    serve(prepare, address_space_bytes=_ADDRESS_SPACE_BYTES)


if __name__ == "__main__":
    main()
