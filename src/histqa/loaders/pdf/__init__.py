"""PDF -> Document: reading order, paragraphs over pages, printed page numbers, every repair."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from histqa.canonical import TextBuilder
from histqa.errors import LoadError
from histqa.extraction.stated import real_author, real_title
from histqa.loaders.pdf.columns import columns_of
from histqa.loaders.pdf.composition import Writer, paragraphs_of
from histqa.loaders.pdf.extraction import RawPdf, extract
from histqa.loaders.pdf.furniture import BarePage, without_furniture
from histqa.loaders.pdf.headings import Levels, largest_heading
from histqa.loaders.pdf.lines import lines_of
from histqa.loaders.pdf.paragraphs import Block, blocks_of, style_of
from histqa.loaders.pdf.prose import vocabulary
from histqa.types import Document, Limits, Source


class PdfLoader:
    """Reads PDF files that have a text layer."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def load(self, source: Source) -> Document:
        """The canonical text; a page without text has an empty span. Raises LoadError."""
        raw = extract(source.content, self._limits)
        pages = [lines_of(fragments) for fragments in raw.pages]
        if not any(pages):
            raise LoadError(
                f"no text layer: {len(pages)} scanned or empty pages",
                "run OCRmyPDF (ocrmypdf in.pdf out.pdf) and put out.pdf into the folder",
            )
        return _composed(raw, without_furniture(pages), source)


def _composed(raw: RawPdf, pages: Sequence[BarePage], source: Source) -> Document:
    columns = [columns_of(page.lines) for page in pages]
    style = style_of(list(chain.from_iterable(columns)))
    blocks = [[blocks_of(column, style) for column in page] for page in columns]
    levels = Levels(chain.from_iterable(chain.from_iterable(blocks)), raw.bookmarks)
    known = vocabulary(chain.from_iterable(page.lines for page in pages))
    title = real_title(raw.title, source.path) or _title_in_print(blocks)
    builder = TextBuilder()
    if raw.faults:
        builder.repaired("recovered damaged file", "; ".join(raw.faults))
    writer = Writer(builder, paragraphs_of(blocks, levels, style, known), title)
    for number, (page, label) in enumerate(zip(pages, _labels(raw, pages), strict=True), 1):
        builder.page(label)
        for removal in page.removals:
            builder.repaired(removal.kind, removal.text)
        writer.write_page(number)
    return builder.build(source, title=title, author=real_author(raw.author))


def _title_in_print(pages: Sequence[Sequence[Sequence[Block]]]) -> str:
    first = next((page for page in pages if page), ())
    return largest_heading(list(chain.from_iterable(first)))


def _labels(raw: RawPdf, pages: Sequence[BarePage]) -> list[str]:
    """The labels that the file states; those in print where it only counts its pages, or less."""
    printed = [page.label for page in pages]
    counted = [str(number) for number in range(1, len(pages) + 1)]
    if len(raw.labels) != len(pages) or (list(raw.labels) == counted and any(printed)):
        return printed
    return list(raw.labels)
