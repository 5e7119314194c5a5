"""Word's DOCX -> Document: headings, paragraphs, items, table rows, and the notes at the end."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import PackageNotFoundError
from lxml import etree

from histqa.canonical import TextBuilder
from histqa.errors import LoadError
from histqa.extraction.archives import Archive, check_size
from histqa.extraction.blocks import Known, document_of
from histqa.extraction.stated import real_author, real_title
from histqa.extraction.trees import Element, local_name, xml_tree
from histqa.extraction.word import Styles, WordReader
from histqa.types import Document, Limits, Source

_DAMAGED = LoadError(
    "it is not a complete Word document",
    "open it in Word or LibreOffice and save it anew as .docx, or as PDF",
)
_OPENING_FAULTS = (
    PackageNotFoundError, KeyError, ValueError, AttributeError, IndexError, TypeError,
    etree.XMLSyntaxError, zipfile.BadZipFile,
)  # fmt: skip
_NOTE_PARTS = (RELATIONSHIP_TYPE.FOOTNOTES, RELATIONSHIP_TYPE.ENDNOTES)


class DocxLoader:
    """Reads .docx: python-docx opens it, ``WordReader`` reads its running text."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def load(self, source: Source) -> Document:
        """The body in its order, then the notes. No pages: a DOCX has none until it is printed."""
        check_size(source, self._limits)
        Archive(source.content, self._limits).check()
        try:
            document = docx.Document(io.BytesIO(source.content))
            body = document.element.body
            styles = Styles(document.styles.element)
            properties = document.core_properties
            title, author = properties.title or "", properties.author or ""
        except _OPENING_FAULTS as error:
            raise _DAMAGED from error
        if body is None:
            raise _DAMAGED
        builder = TextBuilder()
        reader = WordReader(builder, styles, max_nesting=self._limits.nesting)
        reader.read(body)
        for notes in self._notes(document):
            reader.read(notes)
        known = Known(title=reader.title or real_title(title), author=real_author(author))
        return document_of(source, builder, reader.blocks(), known)

    def _notes(self, document: Any) -> list[Element]:
        """The footnotes and endnotes, without the lines that Word draws above them."""
        notes: list[Element] = []
        for relation in document.part.rels.values():
            if relation.reltype in _NOTE_PARTS and not relation.is_external:
                tree = xml_tree(relation.target_part.blob, self._limits)
                notes.extend(note for note in tree if _is_note(note))
        return notes


def _is_note(element: Element) -> bool:
    kinds = [value for name, value in element.attrib.items() if name.endswith("}type")]
    return local_name(element) in ("footnote", "endnote") and not kinds
