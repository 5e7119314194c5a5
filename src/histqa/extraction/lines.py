"""The lines of a plain text file -> blocks: paragraphs made whole, headings recognised."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from histqa.canonical import RepairMark, unmarked
from histqa.extraction.blocks import Block
from histqa.extraction.mending import without_line_end_hyphens

_WIDEST_WRAP = 110
_NARROWEST_WRAP = 35
_EARLY = 0.8
_ENDS_SENTENCE = re.compile(r"[.!?:][\"'”’)\]]*$")
_STARTS_SENTENCE = re.compile(r"[\"'“‘(\[]*[A-Z0-9]")
_UNDERLINE = re.compile(r"\s*([=\-~^*_])\1{2,}\s*")
_VOCABULARY_WORD = re.compile(r"\w+(?:-\w+)*")
_LINES_ARE_SENTENCES = 0.7

_NUMBERED_HEADING = re.compile(
    r"(?:chapter|part|book|section|appendix|volume|lecture|letter|act|scene)\s+"
    r"(?:[ivxlc]+|\d+|one|two|three|four|five|six|seven|eight|nine|ten|the\s+\w+)\b.{0,90}"
    r"|[IVXLC]{1,7}\.?|\d+(?:\.\d+)+\.?\s+[A-Z].{0,90}",
    re.IGNORECASE,
)
_NO_HEADING_START = re.compile(r"[a-z]|By\s|BY\s|[-•*–—·>]\s|\[|https?:|\d+[.)]\s|\W*$")
_NO_HEADING_END = re.compile(r"[.,;:!…-][\"'”’)\]]*$")
_HEADING_WORDS = 14
_HEADING_CHARACTERS = 100
# More short lines than these in a row are a list, a table or verse.
_HEADINGS_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class _Piece:
    """A block and how many blank lines stood above it."""

    block: Block
    blank_lines: int


def blocks_of_lines(lines: Sequence[str], mark: RepairMark) -> list[Block]:
    """The paragraphs and headings of a text, whichever way its lines were broken.

    Paragraphs may be set off by blank lines or by indentation, or be one line each; lines that
    were wrapped at a fixed width are joined, verse and tables keep theirs.
    """
    width = _wrap_width(lines)
    words = _VOCABULARY_WORD.findall(" ".join(map(unmarked, lines)).lower())
    vocabulary = frozenset(words)
    pieces = [
        _Piece(replace(block, text=_joined(block.text, vocabulary, mark)), blank_lines)
        for blank_lines, run in _runs(lines)
        for block in _paragraphs(run, width)
    ]
    return _with_headings(pieces)


def _joined(text: str, vocabulary: frozenset[str], mark: RepairMark) -> str:
    whole = without_line_end_hyphens(text, mark, vocabulary=vocabulary) if "-\n" in text else text
    return whole.replace("\r", "\n") if "\r" in whole else whole.replace("\n", " ")


def _wrap_width(lines: Sequence[str]) -> int:
    """The number of characters at which lines were wrapped, 0 where each is a paragraph."""
    seen = [line.rstrip() for line in map(unmarked, lines) if line.strip()]
    lengths = sorted(map(len, seen))
    width = lengths[len(lengths) * 9 // 10] if lengths else 0
    sentences = sum(bool(_ENDS_SENTENCE.search(line[-4:])) for line in seen)
    if width > _WIDEST_WRAP or sentences >= _LINES_ARE_SENTENCES * len(seen):
        return 0
    return max(width, _NARROWEST_WRAP)


def _runs(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines without a blank one between them, and the blank lines above each."""
    run: list[str] = []
    blank, above = 0, 0
    for line in lines:
        if unmarked(line).strip():
            if not run:
                above = blank
            run.append(line)
            blank = 0
            continue
        if run:
            yield above, run
        run = [line] if line.strip() else []  # marks alone go with what follows
        blank += 1
    if run:
        yield above, run


def _paragraphs(run: list[str], width: int) -> Iterator[Block]:
    if not width:
        yield from (Block(line) for line in run)
        return
    group: list[str] = []
    for line in run:
        underline = _UNDERLINE.fullmatch(unmarked(line))
        if underline and len(group) == 1:
            yield Block(group[0], level=1 if underline.group(1) == "=" else 2)
            group = []
            continue
        is_title_again = group == run[:1] and unmarked(line).strip() == unmarked(run[0]).strip()
        if group and (
            is_title_again or _starts_paragraph(unmarked(group[-1]), unmarked(line), width)
        ):
            yield _paragraph(group, width)
            group = []
        group.append(line)
    if group:
        yield _paragraph(group, width)


def _starts_paragraph(before: str, line: str, width: int) -> bool:
    is_indented = _indent(line) >= 2 and _indent(line) > _indent(before) + 1
    is_alone = max(len(line), len(before)) > 1.5 * width
    ends = bool(_ENDS_SENTENCE.search(before.rstrip())) and bool(_STARTS_SENTENCE.match(line))
    if is_indented:
        return _indent(before) == 0 and not _STARTS_LOW.match(line)
    return is_alone or (ends and _is_early(before, line, width))


_STARTS_LOW = re.compile(r"\s*[a-z]")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_early(before: str, line: str, width: int) -> bool:
    """Whether ``before`` ended although the next word would have fitted well."""
    first_word = line.split(maxsplit=1)[0] if line.strip() else ""
    return len(before.rstrip()) + 1 + len(first_word) <= _EARLY * width


def _paragraph(group: list[str], width: int) -> Block:
    """One block; line ends to be kept are written as \\r until hyphens have been rejoined."""
    seen = list(map(unmarked, group))
    early = sum(_is_early(before, line, width) for before, line in pairwise(seen))
    keeps_lines = early > (len(group) - 1) / 2
    return Block(("\r" if keeps_lines else "\n").join(group))


def _with_headings(pieces: Sequence[_Piece]) -> list[Block]:
    """The blocks, with lone short lines made headings where they look like some."""
    plains = [_short_plain(piece.block) for piece in pieces]
    strong = list(map(_is_strong, plains))
    candidates = list(map(_is_candidate, plains))
    weak = [is_one and not sure for is_one, sure in zip(candidates, strong, strict=True)]
    weak = _without_lists(_set_off(pieces, weak))
    if candidates[:1] == [True] and _is_subtitle(weak, candidates):
        weak[1] = True
    lower = 3 if any(strong) else 2
    blocks: list[Block] = []
    for number, piece in enumerate(pieces):
        block = piece.block
        if block.level or number == len(pieces) - 1:
            blocks.append(block)
        elif number == 0 and (strong[0] or candidates[0]):
            blocks.append(replace(block, level=1))
        elif strong[number] or weak[number]:
            blocks.append(replace(block, level=2 if strong[number] else lower))
        else:
            blocks.append(block)
    return blocks


def _short_plain(block: Block) -> str:
    """The text of a block that may be a heading, "" for one that is too long to be one."""
    return block.plain if len(block.text) < 4 * _HEADING_CHARACTERS else ""


def _is_subtitle(weak: Sequence[bool], candidates: Sequence[bool]) -> bool:
    """Whether a short line between title and running text is the heading of that text."""
    return any(weak) and candidates[1:3] == [True, False]


def _is_strong(plain: str) -> bool:
    if not 0 < len(plain) <= _HEADING_CHARACTERS or plain.count("\n") > 2 or plain[0] == "[":
        return False
    if _NUMBERED_HEADING.fullmatch(plain.replace("\n", " ")):
        return not _NO_HEADING_START.match(plain)
    letters = [character for character in plain if character.isalpha()]
    is_loud = len(letters) > 2 and plain.upper() == plain and plain.lower() != plain
    return is_loud and len(plain.split()) <= _HEADING_WORDS and not plain.endswith((",", ";"))


def _is_candidate(plain: str) -> bool:
    if not 0 < len(plain) <= _HEADING_CHARACTERS or len(plain.split()) > _HEADING_WORDS:
        return False
    if "\n" in plain or not any(character.isalpha() for character in plain):
        return False
    return not (_NO_HEADING_START.match(plain) or _NO_HEADING_END.search(plain))


def _set_off(pieces: Sequence[_Piece], weak: Sequence[bool]) -> list[bool]:
    """Where some lone lines have more blank lines above than others, only those are headings.

    The others are captions, signatures and the like.
    """
    far = [is_weak and piece.blank_lines > 1 for piece, is_weak in zip(pieces, weak, strict=True)]
    others = sum(weak[1:]) - sum(far[1:])
    return far if sum(far) > 1 and others else list(weak)


def _without_lists(weak: Sequence[bool]) -> list[bool]:
    result = list(weak)
    start = 0
    for number in range(len(weak) + 1):
        if number == len(weak) or not weak[number]:
            if number - start > _HEADINGS_IN_A_ROW:
                result[start:number] = [False] * (number - start)
            start = number + 1
    return result
