"""Small files of every format, made on the spot, and one way to load them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

import docx
import pytest

from histqa.loaders import LOADERS, format_of
from histqa.settings import Settings
from histqa.types import Document, Limits, Source

LIMITS = Settings().limits

_CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OPS/book.opf"/></rootfiles></container>'
)


def load_bytes(path: str, content: bytes, limits: Limits = LIMITS) -> Document:
    return LOADERS[format_of(path, content)](limits).load(Source("sample", path, content))


def zip_of(members: Mapping[str, str | bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def epub_of(
    chapters: Mapping[str, str], extra: Mapping[str, str | bytes] | None = None, guide: str = ""
) -> bytes:
    """An EPUB whose spine holds ``chapters`` (name -> what is inside body, or a whole file)."""
    items = "".join(
        f'<item id="{name}" href="text/{name}.xhtml" media-type="application/xhtml+xml"/>'
        for name in chapters
    )
    spine = "".join(f'<itemref idref="{name}"/>' for name in chapters)
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The Book</dc:title>'
        "<dc:creator>Ann Author</dc:creator><dc:date>1919-05-01T00:00:00Z</dc:date></metadata>"
        f"<manifest>{items}</manifest><spine>{spine}</spine>{guide}</package>"
    )
    members: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": _CONTAINER,
        "OPS/book.opf": package,
    }
    for name, body in chapters.items():
        whole = (
            '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
            f"<head><title>{name}</title></head><body>{body}</body></html>"
        )
        members[f"OPS/text/{name}.xhtml"] = body if body.lstrip().startswith("<?xml") else whole
    return zip_of({**members, **(extra or {})})


def docx_of(write: Callable[..., None], replaced: Mapping[str, str | bytes] | None = None) -> bytes:
    """A DOCX that ``write`` filled by python-docx, with some parts replaced as raw XML."""
    document = docx.Document()
    write(document)
    packed = io.BytesIO()
    document.save(packed)
    with zipfile.ZipFile(packed) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return zip_of({**members, **(replaced or {})})


@pytest.fixture(scope="session")
def load() -> Callable[..., Document]:
    """Name and bytes of a file -> its document."""
    return load_bytes


@pytest.fixture(scope="session")
def make_zip() -> Callable[..., bytes]:
    return zip_of


@pytest.fixture(scope="session")
def make_epub() -> Callable[..., bytes]:
    return epub_of


@pytest.fixture(scope="session")
def make_docx() -> Callable[..., bytes]:
    return docx_of
