"""HTML and XML as bytes or characters -> trees; no network, no entities, no deep nesting."""

from __future__ import annotations

import re
from html.entities import html5
from typing import Any

from lxml import etree

from histqa.errors import LoadError
from histqa.types import Limits

Element = Any  # lxml has no types of its own

# libxml2 compares each attribute of an element with all before it.
_LONG_TAG = re.compile(r"<[^<>]{20000,}")
_MANY_ATTRIBUTES = 5_000
TOO_DEEP = LoadError(
    "its elements are nested too deeply or too many (a broken or hostile file)",
    "open it in a browser or word processor and save it anew as plain text",
)
_ENTITIES = LoadError(
    "it declares XML entities of its own, which readings do not need and attacks do",
    "open it in a browser or word processor and save it anew as plain text",
)
_NAMED_ENTITY = re.compile(rb"&(?!amp;|lt;|gt;|quot;|apos;)([A-Za-z][A-Za-z0-9]{1,31};)")


def html_tree(text: str, limits: Limits) -> Element:
    """The tree of an HTML page or fragment, however sloppy; no network, nothing expanded."""
    if any(tag.group().count("=") > _MANY_ATTRIBUTES for tag in _LONG_TAG.finditer(text)):
        raise TOO_DEEP
    _check_nesting(text, etree.HTMLParser(target=_DepthGauge(limits.nesting), huge_tree=True))
    # libxml2 takes bytes with a named encoding only; lone surrogates cannot be encoded.
    content = text.encode("utf-8", errors="replace")
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, no_network=True)
    try:
        tree = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        tree = None
    return etree.Element("html") if tree is None else tree


def xml_tree(content: bytes, limits: Limits) -> Element:
    """The tree of an XML or XHTML file; named entities of HTML are known, others refused.

    ``huge_tree`` stays off: libxml2 expands entities in attributes whatever it is told, and only
    without it bounds how far (an encoding can hide the declaration from the check here).
    """
    if b"<!ENTITY" in content:
        raise _ENTITIES
    content = _NAMED_ENTITY.sub(_numbered, content)
    try:
        _check_nesting(content, _xml_parser(target=_DepthGauge(limits.nesting)))
        return etree.fromstring(content, _xml_parser())
    except (etree.XMLSyntaxError, ValueError):
        pass
    _check_nesting(content, _xml_parser(target=_DepthGauge(limits.nesting), recover=True))
    tree = etree.fromstring(content, _xml_parser(recover=True))
    return etree.Element("html") if tree is None else tree


def _xml_parser(**options: Any) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, **options
    )


def _numbered(found: re.Match[bytes]) -> bytes:
    characters = html5.get(found.group(1).decode("ascii"))
    return "".join(f"&#{ord(one)};" for one in characters).encode() if characters else b"&#xFFFD;"


class _TooDeep(Exception):
    """Ends the parsing at once: the parser's own limit would drop text in silence."""


class _DepthGauge:
    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._depth = 0

    def start(self, _tag: str, _attributes: object) -> None:
        self._depth += 1
        if self._depth > self._limit:
            raise _TooDeep

    def end(self, _tag: str) -> None:
        self._depth -= 1

    def close(self) -> None:
        """Nothing to hand back."""


def _check_nesting(content: str | bytes, parser: Any) -> None:
    try:
        etree.fromstring(content, parser)
    except _TooDeep as error:
        raise TOO_DEEP from error


def local_name(element: Element) -> str:
    """The tag without its namespace, in lower case; "" for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def roles(element: Element) -> frozenset[str]:
    """The words of epub:type and role: what an element says it is for."""
    names = (
        name for name in element.attrib if name in ("role", "epub:type") or name.endswith("}type")
    )
    stated = " ".join(element.attrib[name] for name in names).lower()
    return frozenset(stated.replace("doc-", "").split())
