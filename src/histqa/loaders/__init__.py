"""The table of file formats: name -> what reads it. Heavy imports happen when one is called."""

from __future__ import annotations

from collections.abc import Callable

from histqa.extraction.formats import SUFFIXES, format_of, named_format
from histqa.stages import Loader
from histqa.types import Limits

__all__ = ["LOADERS", "SUFFIXES", "format_of", "named_format"]


def _txt(limits: Limits) -> Loader:
    from histqa.loaders.plain import PlainLoader

    return PlainLoader(limits)


def _md(limits: Limits) -> Loader:
    from histqa.loaders.markdown import MarkdownLoader

    return MarkdownLoader(limits)


def _html(limits: Limits) -> Loader:
    from histqa.loaders.html import HtmlLoader

    return HtmlLoader(limits)


def _pdf(limits: Limits) -> Loader:
    from histqa.loaders.pdf import PdfLoader

    return PdfLoader(limits)


def _docx(limits: Limits) -> Loader:
    from histqa.loaders.docx import DocxLoader

    return DocxLoader(limits)


def _epub(limits: Limits) -> Loader:
    from histqa.loaders.epub import EpubLoader

    return EpubLoader(limits)


LOADERS: dict[str, Callable[[Limits], Loader]] = {
    "txt": _txt,
    "md": _md,
    "html": _html,
    "pdf": _pdf,
    "docx": _docx,
    "epub": _epub,
}
