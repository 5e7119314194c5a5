"""Shared by all tests: the seed article and small libraries over the hashing embedder."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from histqa.canonical import TextBuilder
from histqa.chunking import passages
from histqa.embedders.hashing import HashingEmbedder
from histqa.stores.exact import ExactStore
from histqa.stores.records import Reading
from histqa.types import Document, Source

SEED_CORPUS = Path(__file__).parent.parent / "docs_corpus"

A4 = (595.0, 842.0)

Paragraphs = Sequence[str]


@pytest.fixture(scope="session")
def make_document() -> Callable[..., Document]:
    """Paragraphs -> a document; one that begins with "# " is a heading."""

    def make(name: str, paragraphs: Paragraphs, *, title: str = "") -> Document:
        builder = TextBuilder()
        for paragraph in paragraphs:
            if paragraph.startswith("# "):
                builder.heading(paragraph[2:], 1)
            else:
                builder.paragraph(paragraph)
        return builder.build(Source(name, f"{name}.txt", b""), title=title or name)

    return make


@pytest.fixture(scope="session")
def make_store() -> Callable[..., ExactStore]:
    """Documents -> the exact store over the hashing embedder."""

    def make(documents: Sequence[Document], *, max_words: int = 120) -> ExactStore:
        embedder = HashingEmbedder()
        readings = []
        for document in documents:
            found = passages(document, max_words=max_words)
            sentences = [piece.sentence_text(span) for piece in found for span in piece.sentences]
            searched = [piece.searched_text for piece in found]
            readings.append(
                Reading(document, found, embedder.embed(searched), embedder.embed(sentences))
            )
        return ExactStore(readings)

    return make


@pytest.fixture(scope="session")
def make_pdf() -> Callable[..., bytes]:
    """Lines of each page -> a PDF; the first line stands at the top, 40 points from the edges."""

    def make(
        pages: Sequence[Sequence[str]], *, size: tuple[float, float] = A4, turn: int = 0,
        password: str = "",
    ) -> bytes:  # fmt: skip
        encrypt = StandardEncryption(password, canPrint=0) if password else None
        written = io.BytesIO()
        turned = size[::-1] if turn in (90, 270) else size  # reportlab turns it back
        canvas = Canvas(written, pagesize=turned, encrypt=encrypt, invariant=1)
        for lines in pages:
            canvas.setPageRotation(turn)
            canvas.setFont("Times-Roman", 14)
            for number, line in enumerate(lines):
                canvas.drawString(40, size[1] - 60 - 20 * number, line)
            canvas.showPage()
        canvas.save()
        return written.getvalue()

    return make
