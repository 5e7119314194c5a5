"""What goes to the child process that draws pages, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels of the picture, from its upper left corner."""

NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class PictureJob:
    """Page ``number`` (from 1) of the PDF ``content``, at most ``width`` pixels wide.

    The words of ``quote`` are marked; ``before`` and ``after`` are the rest of the page's text as
    we read it. Without ``is_drawn`` only the size and the places are asked.
    """

    content: bytes
    number: int
    width: int
    quote: str = ""
    before: str = ""
    after: str = ""
    is_drawn: bool = True


@dataclass(frozen=True, slots=True)
class Picture:
    """The page as WebP in ``content``, its size in pixels, and the ``boxes`` of the marked words.

    ``problem``: why there is no picture (its ``width`` is 0), or why nothing is marked in it, as
    a name that whoever shows it has words for.
    """

    content: bytes = b""
    width: int = 0
    height: int = 0
    boxes: tuple[Box, ...] = ()
    problem: str = ""
