"""QTI 1.2 and 2.x, one XML file or the zip package that platforms export -> QuestionFile."""

from __future__ import annotations

from collections.abc import Iterator

from histqa.errors import LoadError, QuestionFileError
from histqa.evaluation.formats import cells
from histqa.evaluation.formats.collecting import Row, collected
from histqa.evaluation.formats.qti.version1 import rows_of_item
from histqa.evaluation.formats.qti.version2 import element_name, row_of_assessment_item
from histqa.evaluation.formats.quiz import without_repeated_ids
from histqa.evaluation.formats.xml import below, xml_root
from histqa.evaluation.records import BadRow, QuestionFile
from histqa.extraction.archives import Archive
from histqa.extraction.trees import Element, local_name
from histqa.settings import Settings

_ZIP = b"PK\x03\x04"
_PARTS = (".xml", ".qti")
# Canvas writes its quizzes twice: in a reduced form for everybody, and whole in this folder.
_WHOLE, _REDUCED = "non_cc_assessments/", "assessment_qti.xml"
_ITEM, _ITEMS = "item", "assessmentitem"
ROOTS = frozenset(("questestinterop", "assessmentitem", "assessmenttest"))


def read_qti(name: str, content: bytes) -> QuestionFile:
    """Every question; raises QuestionFileError for what is no QTI at all."""
    found = _package(name, content) if content.startswith(_ZIP) else _single(name, content)
    return collected(without_repeated_ids(found), name=name, format_name="qti")


def _single(name: str, content: bytes) -> list[Row]:
    root = xml_root(name, content)
    if element_name(root) not in ROOTS:
        raise QuestionFileError(
            f"{name}: not QTI, it begins with <{local_name(root)}>; export the quiz as QTI 1.2 or "
            "2.x, as one XML file or as a zip package"
        )
    found = list(_rows(name, root))
    if not found:
        raise QuestionFileError(
            f"{name}: this QTI file lists a test but holds no questions; give the whole package "
            "(.zip) that it was exported in"
        )
    return found


def _package(name: str, content: bytes) -> list[Row]:
    try:
        archive = Archive(content, Settings().limits)
    except LoadError as error:
        raise QuestionFileError(
            f"{name}: {error.reason}; export the quiz alone, without course files, and copy it anew"
        ) from error
    found: list[Row] = []
    for member in _members(archive):
        found += _member(name, member, archive)
    if not found:
        raise QuestionFileError(
            f"{name}: no QTI questions in this package; export the quiz as QTI 1.2 or 2.x"
        )
    return found


def _members(archive: Archive) -> list[str]:
    names = sorted(part for part in archive.names if part.lower().endswith(_PARTS))
    if any(_WHOLE in part for part in names):
        names = [part for part in names if not part.endswith(_REDUCED)]
    return names


def _member(name: str, member: str, archive: Archive) -> list[Row]:
    """Its questions; none where it is something else, a bad row where it cannot be read."""
    origin = f"{name}, {member}"
    try:
        root = xml_root(origin, archive.read(member))
    except (LoadError, QuestionFileError) as error:
        return [BadRow(origin, "", "a whole XML file", str(error)[:120])]
    return list(_rows(origin, root)) if element_name(root) in ROOTS else []


def _rows(origin: str, root: Element) -> Iterator[Row]:
    every = [root, *root.iterdescendants()] if element_name(root) == _ITEMS else below(root, _ITEM)
    for element in every:
        place = f"{origin}, item {element.get('ident') or element.get('identifier') or '?'}"
        try:
            if element_name(element) == _ITEM:
                yield from rows_of_item(element, place)
            elif element_name(element) == _ITEMS:
                yield row_of_assessment_item(element, place)
        except cells.CellFault as fault:
            yield BadRow(place, "", fault.expected, fault.found)
