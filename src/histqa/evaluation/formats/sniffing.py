"""Suffixes that several formats share (.txt, .xml): told apart by what stands in the file."""

from __future__ import annotations

from histqa.errors import QuestionFileError
from histqa.evaluation.formats.aiken import ANSWER, read_aiken
from histqa.evaluation.formats.gift import read_gift
from histqa.evaluation.formats.jsonl import characters
from histqa.evaluation.formats.moodle import read_moodle
from histqa.evaluation.formats.qti import ROOTS, read_qti
from histqa.evaluation.formats.qti.version2 import element_name
from histqa.evaluation.formats.xml import xml_root
from histqa.evaluation.records import QuestionFile
from histqa.extraction.trees import local_name


def read_text(name: str, content: bytes) -> QuestionFile:
    """Aiken if a line begins with "ANSWER:", GIFT if there are braces; QuestionFileError else."""
    text = characters(content)
    if any(ANSWER.match(line.strip()) for line in text.splitlines()):
        return read_aiken(name, content)
    if "{" in text or not text.strip():
        return read_gift(name, content)
    raise QuestionFileError(
        f'{name}: neither GIFT (answers in braces {{ }}) nor Aiken (a line "ANSWER: A"); name '
        "another format with --format, or see docs/question-files.md"
    )


def read_xml(name: str, content: bytes) -> QuestionFile:
    """Moodle XML or QTI by the root; raises QuestionFileError for other XML."""
    root = xml_root(name, content)
    if local_name(root) == "quiz":
        return read_moodle(name, content)
    if element_name(root) in ROOTS:
        return read_qti(name, content)
    raise QuestionFileError(
        f"{name}: XML that begins with <{local_name(root)}> is neither Moodle XML (<quiz>) nor QTI "
        "(<questestinterop>, <assessmentItem>); export the questions in one of these"
    )
