"""XML files of learning platforms: bytes -> their root, told apart by its name."""

from __future__ import annotations

import re

from lxml import etree

from histqa.errors import QuestionFileError
from histqa.extraction.trees import Element, local_name

# Moodle puts pictures and films into the file, larger than libxml2 lets a text be.
_EMBEDDED = re.compile(rb"<file\b[^<>]*>[A-Za-z0-9+/=\s]*</file>")


def xml_root(name: str, content: bytes) -> Element:
    """The root element; no network, no entities of the file's own, embedded files left out.

    Raises QuestionFileError where it is no XML, broken or hostile. Nothing is mended: a file that
    was cut off would lose questions in silence.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(_EMBEDDED.sub(b"", content), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise QuestionFileError(
            f"{name}: not whole XML ({error}); export it again, or mend that place"
        ) from error
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and next(declared.iterentities(), None) is not None:
        raise QuestionFileError(
            f"{name}: declares XML entities of its own, which questions do not need and attacks do;"
            " export it again"
        )
    return root


def child(element: Element, *path: str) -> Element | None:
    """The first element at ``path``, names without namespace and in lower case; None if none."""
    for name in path:
        element = next((part for part in element if local_name(part) == name), None)
        if element is None:
            return None
    return element


def children(element: Element, name: str) -> list[Element]:
    """The children of that name, without namespace and in lower case."""
    return [part for part in element if local_name(part) == name]


def below(element: Element, *names: str) -> list[Element]:
    """All elements below with one of these names, in the order of the file."""
    return [part for part in element.iterdescendants() if local_name(part) in names]


def text_at(element: Element, *path: str) -> str:
    """All text at ``path``, "" where there is none."""
    found = child(element, *path)
    return "" if found is None else "".join(found.itertext()).strip()
