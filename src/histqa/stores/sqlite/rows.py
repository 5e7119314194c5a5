"""Documents, passages and file records <-> what the columns of the database hold."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from histqa.stages import Vectors
from histqa.stores.records import FileRecord
from histqa.types import Document, Heading, Page, Passage, Problem, Repair, Span

_METADATA = ("title", "author", "date", "kind", "address", "licence", "show", "language", "sha256")


def packed(text: str) -> bytes:
    """``text`` as a BLOB; it may hold the lone surrogates that stand for odd bytes in names.

    The order of the bytes is that of the characters.
    """
    return text.encode("utf-8", "surrogatepass")


def unpacked(blob: bytes) -> str:
    """What ``packed`` was given."""
    return blob.decode("utf-8", "surrogatepass")


def metadata_of(document: Document) -> str:
    """The column ``metadata``: what a list of readings shows."""
    return json.dumps({name: getattr(document, name) for name in _METADATA})


def title_in(metadata: str) -> str:
    """The title in a column ``metadata``."""
    return str(json.loads(metadata)["title"])


def structure_of(document: Document) -> str:
    """The column ``structure``: pages, headings and repairs."""
    return json.dumps(
        {
            "pages": [
                [page.number, page.label, page.span.start, page.span.end] for page in document.pages
            ],
            "headings": [
                [heading.text, heading.level, heading.span.start, heading.span.end]
                for heading in document.headings
            ],
            "repairs": [
                [repair.kind, repair.position, repair.original, repair.replacement]
                for repair in document.repairs
            ],
        }
    )


def listed_document(doc_id: bytes, path: bytes, metadata: str) -> Document:
    """A document without text, pages, headings and repairs."""
    return Document(unpacked(doc_id), unpacked(path), "", **json.loads(metadata))


def whole_document(
    doc_id: bytes, path: bytes, metadata: str, structure: str, text: bytes
) -> Document:
    """A document with everything."""
    parts: dict[str, list[Any]] = json.loads(structure)
    return Document(
        unpacked(doc_id),
        unpacked(path),
        unpacked(text),
        pages=tuple(
            Page(number, label, Span(start, end)) for number, label, start, end in parts["pages"]
        ),
        headings=tuple(
            Heading(heading, level, Span(start, end))
            for heading, level, start, end in parts["headings"]
        ),
        repairs=tuple(Repair(*repair) for repair in parts["repairs"]),
        **json.loads(metadata),
    )


def sentences_of(passage: Passage) -> bytes:
    """The column ``sentences``: start and end of each as little-endian 32-bit numbers."""
    pairs = [(span.start, span.end) for span in passage.sentences]
    return np.array(pairs, dtype="<u4").tobytes()


def passage_from(
    doc_id: bytes, start: int, title: bytes, heading: bytes, text: bytes, sentences: bytes
) -> Passage:
    """A passage as it was added."""
    words = unpacked(text)
    pairs = np.frombuffer(sentences, dtype="<u4").reshape(-1, 2).tolist()
    return Passage(
        doc_id=unpacked(doc_id),
        span=Span(start, start + len(words)),
        text=words,
        title=unpacked(title),
        heading=unpacked(heading),
        sentences=tuple(Span(first, last) for first, last in pairs),
    )


def vector_bytes(vectors: Vectors) -> bytes:
    """Vectors as little-endian half floats, row after row."""
    return np.ascontiguousarray(vectors, dtype="<f2").tobytes()


def vectors_from(blobs: Sequence[bytes], dimension: int) -> Vectors:
    """What ``vector_bytes`` was given, one below the other, rounded to half floats."""
    halves = np.frombuffer(b"".join(blobs), dtype="<f2")
    return halves.reshape(-1, dimension).astype(np.float32)


def record_json(record: FileRecord) -> str:
    """The column ``record`` of a file."""
    return json.dumps(asdict(record))


def record_from(record: str) -> FileRecord:
    """A file record as it was added."""
    values = json.loads(record)
    problems = tuple(Problem(**problem) for problem in values.pop("problems"))
    return FileRecord(**values, problems=problems)
