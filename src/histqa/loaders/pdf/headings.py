"""Blocks of a document -> which are headings, of which level, and which is the title."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from histqa.loaders.pdf.extraction import Bookmark
from histqa.loaders.pdf.paragraphs import Block

_DEEPEST_LEVEL = 6


def folded(text: str) -> str:
    """Letters and digits only, in small letters: what titles are compared by."""
    return "".join(re.findall(r"[^\W_]+", text.casefold()))


class Levels:
    """The level of each heading: that of its bookmark, else the rank of its size."""

    def __init__(self, blocks: Iterable[Block], bookmarks: Iterable[Bookmark]) -> None:
        sizes = {_size(block) for block in blocks if block.kind == "heading"}
        self._rank = {size: rank for rank, size in enumerate(sorted(sizes, reverse=True), 1)}
        self._marked: dict[int, dict[str, int]] = defaultdict(dict)
        for bookmark in bookmarks:
            self._marked[bookmark.page].setdefault(folded(bookmark.title), bookmark.level)

    def level(self, block: Block, page: int) -> int:
        """The level from 1, or 0 for a block that is no heading; ``page`` counts from 1."""
        if block.kind == "note":
            return 0
        marked = self._marked.get(page, {}).get(folded(block.text))
        if marked is not None:
            return min(marked, _DEEPEST_LEVEL)
        return min(self._rank[_size(block)], _DEEPEST_LEVEL) if block.kind == "heading" else 0


def largest_heading(blocks: Sequence[Block]) -> str:
    """The heading in the largest print, the first of equals, "" where there is none."""
    headings = [block for block in blocks if block.kind == "heading"]
    return max(headings, key=_size).text if headings else ""


def _size(block: Block) -> tuple[float, bool]:
    return round(2 * block.size) / 2, block.is_bold
