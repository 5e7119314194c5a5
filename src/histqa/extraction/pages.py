"""The tree and blocks of a web page -> what the page is about, without what the site adds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy

import trafilatura
from lxml import etree
from trafilatura.settings import DEFAULT_CONFIG

from histqa.canonical import TextBuilder
from histqa.extraction.blocks import Block, removed
from histqa.extraction.furniture import is_furniture
from histqa.extraction.trees import Element, local_name

_ADDED_BY_SITE = frozenset(
    "cookie cookies consent gdpr comment comments commentlist disqus respond sidebar related"
    " newsletter subscribe share sharing sharedaddy social breadcrumb breadcrumbs advert"
    " advertisement ads promo popup modal navbar navigation menu pagination pager widget".split()
)
_CONTAINERS = frozenset(("aside", "div", "section", "ul", "ol", "footer", "form", "span", "table"))
_MAIN = frozenset(("main", "article", "h1"))
_NAME_PART = re.compile(r"[a-z]+")
_LARGEST_SHARE = 0.5

_WORD = re.compile(r"\w+")
_RUN_WORDS = 5
_SHARE_FOUND = 0.2
# Prose that trafilatura passes over is kept all the same: to lose matter is worse than noise.
_PROSE_WORDS = 30
# On less trafilatura often mistakes one part of a small page for all of it.
_TRUSTED_WORDS = 50
_GAP_BLOCKS = 2
_WIDEST_CHILDREN = 20_000
_LARGE_CHARACTERS = 2_000_000


def without_site_parts(tree: Element, builder: TextBuilder) -> None:
    """Replace cookie bars, comments, share buttons and the like in ``tree`` by marks."""
    total = len("".join(tree.itertext()))
    for element in list(tree.iter(*_CONTAINERS)):
        if not _is_added_by_site(element):
            continue
        text = " ".join("".join(element.itertext("*")).split())
        if len(text) > total * _LARGEST_SHARE or any(True for _ in element.iter(*_MAIN)):
            continue
        # Emptied, not taken out: marks gathered in one neighbour's tail would cost n squared.
        del element[:]
        element.text = builder.repair_mark("removed page furniture", text) if text else ""


def _is_added_by_site(element: Element) -> bool:
    names = f"{element.get('class', '')} {element.get('id', '')}".lower()
    return not _ADDED_BY_SITE.isdisjoint(_NAME_PART.findall(names))


def main_blocks(blocks: Sequence[Block], tree: Element, builder: TextBuilder) -> list[Block]:
    """The blocks that trafilatura holds to be the main content, all prose, and what lies between.

    The others are removed and marked. Where trafilatura finds hardly anything, everything stays.
    """
    known = _Known("" if _is_wide(tree) else _main_text(tree))
    if known.words < _TRUSTED_WORDS:
        return list(blocks)
    kept = [
        known.has(block) or (len(_folded(block)) >= _PROSE_WORDS and not is_furniture(block.plain))
        for block in blocks
    ]
    kept = _with_headings(blocks, _with_small_gaps(blocks, kept))
    return [
        block if is_kept else removed("removed page furniture", block, builder)
        for block, is_kept in zip(blocks, kept, strict=True)
    ]


def _is_wide(tree: Element) -> bool:
    """Whether an element has so many children that trafilatura, taking their square, hangs."""
    counts = Counter(element.getparent() for element in tree.iter())
    return max(counts.values(), default=0) > _WIDEST_CHILDREN


def _main_text(tree: Element) -> str:
    page = etree.tostring(tree, encoding="unicode", method="html")
    config = deepcopy(DEFAULT_CONFIG)
    config.set("DEFAULT", "MIN_EXTRACTED_SIZE", "1")
    config.set("DEFAULT", "MAX_FILE_SIZE", str(4 * len(page) + 1))
    found = trafilatura.bare_extraction(
        page,
        config=config,
        favor_recall=True,
        include_comments=False,
        fast=len(page) > _LARGE_CHARACTERS,
    )
    return str(getattr(found, "text", "") or "")


class _Known:
    """The word runs and the short lines of a text, to recognise its pieces elsewhere."""

    def __init__(self, text: str) -> None:
        words = _WORD.findall(text.casefold())
        self.words = len(words)
        self._runs = set(_runs(words))
        self._lines = {tuple(_WORD.findall(line)) for line in text.casefold().split("\n")}

    def has(self, block: Block) -> bool:
        """Whether the piece, or a fair part of it, stands in the text."""
        words = _folded(block)
        runs = list(_runs(words))
        if not runs:
            return tuple(words) in self._lines
        return sum(run in self._runs for run in runs) >= _SHARE_FOUND * len(runs)


def _runs(words: Sequence[str]) -> Iterator[int]:
    # Hashes of runs, not runs: a book has as many runs as words.
    return (
        hash(tuple(words[start : start + _RUN_WORDS]))
        for start in range(len(words) - _RUN_WORDS + 1)
    )


def _folded(block: Block) -> list[str]:
    return _WORD.findall(block.plain.casefold())


def _with_small_gaps(blocks: Sequence[Block], kept: Sequence[bool]) -> list[bool]:
    """Up to a few pieces left out between two that are kept are kept too."""
    filled = list(kept)
    last = -1
    for number in (number for number, is_kept in enumerate(kept) if is_kept):
        if last >= 0 and number - last - 1 <= _GAP_BLOCKS:
            for between in range(last + 1, number):
                filled[between] = not is_furniture(blocks[between].plain)
        last = number
    return filled


def _with_headings(blocks: Sequence[Block], kept: Sequence[bool]) -> list[bool]:
    """A heading goes with what follows it, if that is not a heading of its own rank."""
    result = list(kept)
    for number in range(len(blocks) - 2, -1, -1):
        level, below = blocks[number].level, blocks[number + 1].level
        if level and result[number + 1] and (below == 0 or below > level):
            result[number] = True
    return result


def meta_of(tree: Element) -> dict[str, list[str]]:
    """The contents of the meta elements by their lower-case name or property."""
    found: dict[str, list[str]] = {}
    for element in tree.iter():
        if local_name(element) == "meta":
            name = (element.get("name") or element.get("property") or "").lower()
            content = " ".join((element.get("content") or "").split())
            if name and content:
                found.setdefault(name, []).append(content)
    return found
