"""The child process that draws one page after another: PictureJobs on stdin -> Pictures on stdout.

Started by ``drawing`` and by nobody else.
"""

from __future__ import annotations

from histqa.children import serve
from histqa.pictures.rendering import render

_ADDRESS_SPACE_BYTES = 2_000_000_000


def main() -> None:
    """Answers every job until the parent closes the pipe."""
    serve(render, address_space_bytes=_ADDRESS_SPACE_BYTES)


if __name__ == "__main__":
    main()
