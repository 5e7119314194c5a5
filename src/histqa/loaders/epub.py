"""EPUB -> Document: the chapters in the order of the spine, with printed page numbers."""

from __future__ import annotations

import posixpath
from urllib.parse import unquote

from histqa.canonical import TextBuilder
from histqa.errors import LoadError
from histqa.extraction.archives import Archive, check_size
from histqa.extraction.blocks import Block, Known, document_of, removed
from histqa.extraction.markup import blocks_of
from histqa.extraction.trees import Element, local_name, roles, xml_tree
from histqa.types import Document, Limits, Source

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_RIGHTS = ("META-INF/rights.xml", "META-INF/license.lcpl", "META-INF/sinf.xml")
# Only fonts are ever obscured with these two; the text can be read.
_FONT_ALGORITHMS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_XHTML = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")
_APPARATUS = frozenset(
    "cover titlepage halftitlepage title-page copyright-page copyright imprint colophon toc"
    " landmarks loi lot page-list".split()
)
_PROTECTED = LoadError(
    "it is protected against copying (DRM)",
    "get an unprotected copy, or one in PDF, from the publisher or the library",
)
_NO_BOOK = LoadError(
    "it is not a complete EPUB book (its table of parts is missing)",
    "download it again, or convert it to EPUB anew (for instance with Calibre)",
)


class EpubLoader:
    """Reads EPUB 2 and 3."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def load(self, source: Source) -> Document:
        """The chapters without cover, imprint and tables of contents; LoadError for DRM."""
        check_size(source, self._limits)
        archive = Archive(source.content, self._limits)
        self._refuse_protected(archive)
        package_path = self._package_path(archive)
        package = xml_tree(archive.read(package_path), self._limits)
        builder = TextBuilder()
        blocks: list[Block] = []
        for path in _chapter_paths(package, package_path):
            if path in archive.names:
                blocks.extend(self._chapter(archive.read(path), path, package, builder))
        return document_of(source, builder, blocks, _known(package))

    def _refuse_protected(self, archive: Archive) -> None:
        if any(name in archive.names for name in _RIGHTS):
            raise _PROTECTED
        if _ENCRYPTION in archive.names:
            tree = xml_tree(archive.read(_ENCRYPTION), self._limits)
            for data in _all(tree, "encrypteddata"):
                methods = [method.get("Algorithm") for method in _all(data, "encryptionmethod")]
                if not methods or any(method not in _FONT_ALGORITHMS for method in methods):
                    raise _PROTECTED

    def _package_path(self, archive: Archive) -> str:
        if _CONTAINER not in archive.names:
            raise _NO_BOOK
        container = xml_tree(archive.read(_CONTAINER), self._limits)
        for rootfile in _all(container, "rootfile"):
            path = str(rootfile.get("full-path", ""))
            if path in archive.names:
                return path
        raise _NO_BOOK

    def _chapter(
        self, content: bytes, path: str, package: Element, builder: TextBuilder
    ) -> list[Block]:
        tree = xml_tree(content, self._limits)
        blocks = blocks_of(tree, builder)
        if _is_apparatus(tree, path, package):
            return [removed("removed front or back matter", block, builder) for block in blocks]
        return blocks


def _all(tree: Element, name: str) -> list[Element]:
    return [element for element in tree.iter() if local_name(element) == name]


def _chapter_paths(package: Element, package_path: str) -> list[str]:
    """Where the parts of the spine lie in the archive, in reading order, each once."""
    items = {item.get("id"): item for item in _all(package, "item")}
    folder = posixpath.dirname(package_path)
    paths = []
    for reference in _all(package, "itemref"):
        item = items.get(reference.get("idref"))
        if item is None or item.get("media-type", _XHTML[0]) not in _XHTML:
            continue
        if "nav" not in item.get("properties", "").split():
            paths.append(_resolved(folder, item.get("href", "")))
    return list(dict.fromkeys(paths))


def _resolved(folder: str, address: str) -> str:
    return posixpath.normpath(posixpath.join(folder, unquote(address.partition("#")[0])))


def _is_apparatus(tree: Element, path: str, package: Element) -> bool:
    """Whether the part itself or the guide calls it a cover, an imprint or a table of contents."""
    body = next(iter(_all(tree, "body")), tree)
    inner = [child for child in body if local_name(child)]
    stated = roles(body) | (roles(inner[0]) if len(inner) == 1 else frozenset())
    name = posixpath.basename(path)
    guide = frozenset(
        reference.get("type", "").lower()
        for reference in _all(package, "reference")
        if posixpath.basename(unquote(reference.get("href", ""))) == name
    )
    return not _APPARATUS.isdisjoint(stated | guide)


def _known(package: Element) -> Known:
    metadata = next(iter(_all(package, "metadata")), package)
    return Known(
        title=next(iter(_texts(metadata, "title")), ""),
        author=", ".join(_texts(metadata, "creator")),
        date=next(iter(_texts(metadata, "date")), "")[:10],
    )


def _texts(metadata: Element, name: str) -> list[str]:
    texts = (" ".join("".join(element.itertext()).split()) for element in _all(metadata, name))
    return list(dict.fromkeys(text for text in texts if text))
