"""A quote of a PDF reading -> its pages as pictures, if the reading is shown whole."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from histqa.frontends.addresses import picture_address
from histqa.frontends.disclosure import is_shown_whole
from histqa.loaders import named_format
from histqa.pictures.drawing import UNREADABLE, Drawing
from histqa.pictures.values import Picture, PictureJob
from histqa.settings import Settings
from histqa.types import Document, Page, Span

_WIDTH = 1000
_PAGES_SHOWN = 3
CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class PagePicture:
    """One page that a quote stands on; ``picture`` has its size, and nothing drawn yet."""

    page: Page
    picture: Picture
    address: str


class PagePictures:
    """Pages of the corpus's PDF files; only those of readings that are shown whole."""

    def __init__(self, settings: Settings) -> None:
        self._corpus = Path(settings.corpus).resolve()
        self._file_bytes = settings.limits.file_bytes
        self._is_on = settings.page_picture_seconds > 0
        self._drawing = Drawing(settings.page_picture_seconds)

    def of_quote(self, document: Document, mark: Span | None) -> tuple[PagePicture, ...]:
        """The first pages of what is marked; none where there is nothing to draw them from."""
        file = self._file(document)
        if file is None or mark is None:
            return ()
        return tuple(
            PagePicture(
                page,
                self._drawing.place(*self._asked(file, document, page, mark, is_drawn=False)),
                picture_address(document, page.number, mark),
            )
            for page in document.pages_of(mark)[:_PAGES_SHOWN]
        )

    def drawn(self, document: Document, page: Page, mark: Span | None) -> Picture | None:
        """The page with what stands of the mark on it; None where it may not be shown."""
        file = self._file(document)
        if file is None:
            return None
        return self._drawing.picture(*self._asked(file, document, page, mark, is_drawn=True))

    def close(self) -> None:
        """Leave no child process behind."""
        self._drawing.close()

    def _file(self, document: Document) -> _File | None:
        """The file that the index names, if it lies in the corpus and may be shown."""
        if not self._is_on or not is_shown_whole(document) or not _is_pdf(document.path):
            return None
        try:
            place = (self._corpus / document.path).resolve(strict=True)
            known = place.stat()
        except (OSError, ValueError, RuntimeError):
            return None
        is_ours = place.is_relative_to(self._corpus) and place.is_file()
        if not is_ours or known.st_size > self._file_bytes:
            return None
        return _File(place, known.st_mtime_ns, known.st_size)

    def _asked(
        self, file: _File, document: Document, page: Page, mark: Span | None, *, is_drawn: bool
    ) -> tuple[object, _Asking]:
        key = (file, document.sha256, document.text_hash, page.number, mark)
        return key, _Asking(file, document, page, mark, is_drawn)


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it is now: what was drawn from it before holds as long as these are the same."""

    place: Path
    changed_at: int
    size: int


@dataclass(frozen=True, slots=True)
class _Asking:
    """Reads the file only when it is called: what is remembered needs no file."""

    file: _File
    document: Document
    page: Page
    mark: Span | None
    is_drawn: bool

    def __call__(self) -> PictureJob | Picture:
        try:
            content = self.file.place.read_bytes()
        except OSError:
            return Picture(problem=UNREADABLE)
        if hashlib.sha256(content).hexdigest() != self.document.sha256:
            return Picture(problem=CHANGED)
        text, page = self.document.text, self.page.span
        mark = self.mark if self.mark and self.mark.overlaps(page) else Span(page.end, page.end)
        start, end = max(mark.start, page.start), min(mark.end, page.end)
        return PictureJob(
            content, self.page.number, _WIDTH,
            text[start:end], text[page.start : start], text[end : page.end], self.is_drawn,
        )  # fmt: skip


def _is_pdf(path: str) -> bool:
    return named_format(path) == "pdf"
