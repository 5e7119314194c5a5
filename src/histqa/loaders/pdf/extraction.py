"""Bytes of a PDF -> placed fragments of text, labels, metadata, bookmarks. All use of pypdf."""

from __future__ import annotations

import io
import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import pypdf
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError

from histqa.errors import LoadError
from histqa.loaders.pdf.lines import Fragment, estimated_width
from histqa.types import Limits

_SAVE_AGAIN = "open it in a PDF viewer and save it again, or fetch the file again"
_UNPROTECT = "save a copy without protection (print to PDF) and put that into the folder"
_SHOWS_TEXT = frozenset((b"Tj", b"TJ", b"'", b'"'))
_BOLD_NAMES = ("bold", "black", "heavy", "demi")
# Loggers of pypdf that speak when the structure of a file is broken and was mended.
_STRUCTURE_LOGGERS = ("pypdf._reader", "pypdf.generic._data_structures", "pypdf.filters")
_HEADER_WINDOW = 1024

T = TypeVar("T")

# pypdf's log is caught by a handler on its logger, so one file is read at a time in a process;
# the work is pure Python and would not run in parallel anyway.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Bookmark:
    """One entry of the outline: ``level`` from 1, ``page`` the physical page from 1."""

    title: str
    level: int
    page: int


@dataclass(frozen=True, slots=True)
class RawPdf:
    """What stands in the file: fragments per page in content order, and what is said about it.

    ``labels`` has one label a page, or is empty where the file states none; ``faults`` tells
    what was broken and mended or left out.
    """

    pages: tuple[tuple[Fragment, ...], ...]
    labels: tuple[str, ...]
    title: str
    author: str
    bookmarks: tuple[Bookmark, ...]
    faults: tuple[str, ...]


class _Damaged(LoadError):
    """pypdf gave up on the file or on one part of it."""


def extract(content: bytes, limits: Limits) -> RawPdf:
    """Everything that the loader needs from ``content``.

    Raises LoadError for a file that is empty, no PDF, locked, broken, too long or a bomb.
    """
    if not content:
        raise LoadError("the file is empty", "fetch it again or remove it")
    if b"%PDF-" not in content[:_HEADER_WINDOW]:
        raise LoadError("not a PDF file, whatever its name says", "find out what it is, rename it")
    deadline = time.monotonic() + limits.seconds
    with _one_at_a_time, _captured_log() as messages:
        reader = _guarded(lambda: _opened(content, limits))
        pages, faults = _pages(reader, limits, deadline)
        info = _optional(lambda: _information(reader), ("", ""))
        return RawPdf(
            pages=pages,
            labels=_optional(lambda: _labels(reader), ()),
            title=info[0],
            author=info[1],
            bookmarks=_optional(lambda: tuple(_bookmarks(reader, reader.outline, 1)), ()),
            faults=(*dict.fromkeys(messages), *faults),
        )


@contextmanager
def _captured_log() -> Iterator[list[str]]:
    """The messages about broken structure that pypdf logs meanwhile; none gets out."""
    messages: list[str] = []

    class Catcher(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.name in _STRUCTURE_LOGGERS:
                messages.append(record.getMessage())

    logger = logging.getLogger("pypdf")
    catcher, propagated = Catcher(), logger.propagate
    logger.addHandler(catcher)
    logger.propagate = False
    try:
        yield messages
    finally:
        logger.propagate = propagated
        logger.removeHandler(catcher)


def _guarded(read: Callable[[], T]) -> T:
    try:
        return read()
    except LoadError:
        raise
    except FileNotDecryptedError as error:
        raise LoadError("protected by a password", _UNPROTECT) from error
    except DependencyError as error:
        raise LoadError("protected with AES, which needs the package cryptography",
                        f"pip install cryptography, or {_UNPROTECT}") from error  # fmt: skip
    except (LimitReachedError, MemoryError, RecursionError) as error:
        raise LoadError(f"unreasonably large or deeply nested inside ({_short(error)})",
                        "if you trust the file, print it to a new PDF") from error  # fmt: skip
    # pypdf raises nearly every built-in type (KeyError, TypeError, struct.error, ...) somewhere
    # on malformed input; whatever it is, it means the same to us: this part cannot be read.
    except Exception as error:
        raise _Damaged(f"damaged PDF ({_short(error)})", _SAVE_AGAIN) from error


def _optional(read: Callable[[], T], default: T) -> T:
    """What decorates the text: where it is broken, the text is loaded without it."""
    try:
        return _guarded(read)
    except LoadError:
        return default


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__


def _opened(content: bytes, limits: Limits) -> pypdf.PdfReader:
    reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
    count = len(reader.pages)
    if count > limits.pages:
        raise LoadError(
            f"{count} pages, more than the {limits.pages} allowed",
            "divide the file, or raise the setting max_pages",
        )
    if count == 0:
        raise LoadError("a PDF without pages", _SAVE_AGAIN)
    return reader


def _pages(
    reader: pypdf.PdfReader, limits: Limits, deadline: float
) -> tuple[tuple[tuple[Fragment, ...], ...], list[str]]:
    pages: list[tuple[Fragment, ...]] = []
    faults: list[str] = []
    budget = limits.unpacked_bytes
    for number in range(len(reader.pages)):
        collector = _Collector(deadline, limits.seconds)
        try:
            _guarded(lambda n=number, to=collector: to.collect(reader.pages[n]))  # type: ignore[misc]
        except _Damaged as damage:
            faults.append(f"page {number + 1}: {damage.reason}")
        pages.append(tuple(collector.fragments))
        budget -= sum(len(fragment.text) for fragment in collector.fragments)
        if budget < 0:
            raise LoadError(
                f"more than {limits.unpacked_bytes // 1_000_000} MB of text inside",
                "divide the file, or raise the setting max_unpacked_megabytes",
            )
    if len(faults) == len(pages):
        raise LoadError(faults[0], _SAVE_AGAIN)
    return tuple(pages), faults


class _Collector:
    """Receives pypdf's visits to one page and keeps the text with its place."""

    def __init__(self, deadline: float, seconds: float) -> None:
        self.fragments: list[Fragment] = []
        self._deadline = deadline
        self._seconds = seconds
        self._rise = 0.0
        self._shown_rise = 0.0

    def collect(self, page: Any) -> None:
        page.extract_text(visitor_operand_before=self._operand, visitor_text=self._text)

    def _operand(self, operator: bytes, operands: Any, _cm: Any, _tm: Any) -> None:
        if time.monotonic() > self._deadline:
            raise LoadError(
                f"takes longer than {self._seconds:g} seconds to read",
                "print it to a new PDF, or raise the setting max_file_seconds",
            )
        if operator == b"Ts" and operands and isinstance(operands[0], int | float):
            self._rise = float(operands[0])
        elif operator in _SHOWS_TEXT:
            self._shown_rise = self._rise

    def _text(self, text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
        shown = text.rstrip("\n")
        if not shown:
            return
        across = (tm[0] * cm[0] + tm[1] * cm[2], tm[0] * cm[1] + tm[1] * cm[3])
        up = (tm[2] * cm[0] + tm[3] * cm[2], tm[2] * cm[1] + tm[3] * cm[3])
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4] + up[0] * self._shown_rise
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5] + up[1] * self._shown_rise
        height = abs(size) * math.hypot(*up)
        if not all(map(math.isfinite, (*across, x, y, height))):
            return
        name = str(font.get("/BaseFont", "")).lower() if font else ""
        turn = round(math.degrees(math.atan2(across[1], across[0])) / 90) % 4
        x, y = ((x, y), (y, -x), (-x, -y), (-y, x))[turn]
        # U+00AD is drawn as a visible hyphen in a PDF, unlike in a text file.
        shown = shown.replace("\u00ad", "-").replace("\n", " ")
        width = estimated_width(shown, height, name)
        is_bold = any(mark in name for mark in _BOLD_NAMES)
        self.fragments.append(Fragment(shown, x, y, height, width, is_bold, turn))


def _information(reader: pypdf.PdfReader) -> tuple[str, str]:
    metadata = reader.metadata
    return (str(metadata.title or ""), str(metadata.author or "")) if metadata else ("", "")


def _labels(reader: pypdf.PdfReader) -> tuple[str, ...]:
    return tuple(reader.page_labels) if "/PageLabels" in reader.root_object else ()


def _bookmarks(reader: pypdf.PdfReader, entries: Any, level: int) -> Iterator[Bookmark]:
    for entry in entries:
        if isinstance(entry, list):
            yield from _bookmarks(reader, entry, level + 1)
        else:
            page = reader.get_destination_page_number(entry)
            if page is not None and entry.title:
                yield Bookmark(str(entry.title), level, page + 1)
