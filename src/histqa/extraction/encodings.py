"""The bytes of a text file -> its characters; what had to be mended is marked as a repair."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from histqa.canonical import RepairMark, unmarked
from histqa.errors import LoadError

_MARKED_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE_BYTES = 65_536
_FEW_HIGH_BYTES = 0.12
_WESTERN_LANGUAGES = frozenset(
    "English French German Italian Spanish Portuguese Dutch Swedish Norwegian Danish Finnish"
    " Unknown".split()
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")
_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_NOT_TEXT = LoadError(
    "not a text file (it holds binary data)",
    "open it in the program it comes from and save it as PDF, DOCX or plain text",
)


def decoded(content: bytes, mark: RepairMark, *, declared: str = "") -> str:
    """The characters of a text file; stray bytes and doubly encoded letters are mended.

    Tried in turn: the byte order mark, UTF-16 without one, UTF-8, the encoding that the file
    declares, UTF-8 with stray Windows-1252 bytes, and what charset-normalizer holds likely.
    LoadError for binary data.
    """
    text = _characters(content, mark, declared)
    sample = text[:_SAMPLE_BYTES] + text[-_SAMPLE_BYTES:]
    if len(_CONTROLS.findall(sample)) > len(sample) / 200:
        raise _NOT_TEXT
    return _without_mojibake(text, mark)


def _characters(content: bytes, mark: RepairMark, declared: str) -> str:
    for signature, encoding in _MARKED_ENCODINGS:
        if content.startswith(signature):
            return unmarked(content[len(signature) :].decode(encoding, errors="replace"))
    encoding = _utf16_without_mark(content)
    if encoding:
        return unmarked(content.decode(encoding, errors="replace"))
    try:
        return unmarked(content.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    if _is_worth_trying(declared):
        return unmarked(content.decode(declared, errors="replace"))
    if _is_mostly_utf8(content):
        return _with_stray_bytes(content, mark)
    return unmarked(content.decode(_likely_encoding(content), errors="replace"))


def _utf16_without_mark(content: bytes) -> str:
    """The byte order of UTF-16 whose every second byte is mostly zero, "" for anything else."""
    sample = content[:_SAMPLE_BYTES]
    enough = len(sample) * 0.35
    for encoding, zeros, others in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        if sample[zeros::2].count(0) > enough and sample[others::2].count(0) < enough / 50:
            return encoding
    return ""


def _is_worth_trying(declared: str) -> bool:
    """Whether Python reads the encoding and it is not the UTF-8 that has just failed.

    Latin-1 and ASCII are declared by habit, and say nothing.
    """
    try:
        name = codecs.lookup(declared).name
    except (LookupError, ValueError):
        return False
    return name not in ("utf-8", "utf-8-sig", "ascii", "iso8859-1", "cp1252") and "utf" not in name


def _is_mostly_utf8(content: bytes) -> bool:
    """Whether more high bytes belong to UTF-8 sequences than stand alone."""
    sequences = sum(map(len, _MULTIBYTE.findall(content)))
    return sequences > len(_HIGH_BYTE.findall(content)) / 2


def _with_stray_bytes(content: bytes, mark: RepairMark) -> str:
    """UTF-8 text in which the bytes that are not UTF-8 are read as Windows-1252."""
    pieces: list[str] = []
    done = 0
    for sequence in re.finditer(rb"(?:[\x00-\x7f]|" + _MULTIBYTE.pattern + rb")+", content):
        pieces.extend(_stray(byte, mark) for byte in content[done : sequence.start()])
        pieces.append(unmarked(sequence.group().decode("utf-8", errors="replace")))
        done = sequence.end()
    pieces.extend(_stray(byte, mark) for byte in content[done:])
    return "".join(pieces)


def _stray(byte: int, mark: RepairMark) -> str:
    character = bytes([byte]).decode("cp1252", errors="replace")
    return mark("mended encoding", f"\\x{byte:02x}", " " if character.isspace() else character)


def _likely_encoding(content: bytes) -> str:
    """What charset-normalizer holds likely, judged by the part around the first high byte."""
    high = _HIGH_BYTE.search(content)
    start = max(high.start() - _SAMPLE_BYTES // 2, 0) if high else 0
    sample = content[start : start + _SAMPLE_BYTES]
    best = from_bytes(sample).best()
    if best is None:
        raise _NOT_TEXT
    # The code pages of Europe are hard to tell apart by a few accents. Where the words are not
    # those of another language, Windows-1252 is what its makers nearly always meant.
    is_mostly_ascii = len(_HIGH_BYTE.findall(sample)) < _FEW_HIGH_BYTES * len(sample)
    is_western = best.language in _WESTERN_LANGUAGES
    return "cp1252" if is_mostly_ascii and is_western else best.encoding


# "Mojibake": UTF-8 that was read as Windows-1252 and saved again, "donâ€™t" for "don’t".
_HIGH = "".join(
    bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in range(0x80, 0xC0)
)
_TAIL = f"[{re.escape(_HIGH)}\x80-\x9f]"
_MOJIBAKE = re.compile(f"[\xc2-\xdf]{_TAIL}|[\xe0-\xef]{_TAIL}{{2}}|[\xf0-\xf4]{_TAIL}{{3}}")
# Signs that may rightly follow an accented capital, so that two characters are no proof.
_MAY_FOLLOW = frozenset("«»‹›‘’“”„‚…–—\xa0°·*")


def _without_mojibake(text: str, mark: RepairMark) -> str:
    sure = (
        found
        for found in _MOJIBAKE.finditer(text)
        if (len(found.group()) > 2 or found.group()[1] not in _MAY_FOLLOW)
        and _mended(found.group()) != found.group()
    )
    if next(sure, None) is None:
        return text
    return _MOJIBAKE.sub(lambda found: _mojibake_mark(found.group(), mark), text)


def _mojibake_mark(broken: str, mark: RepairMark) -> str:
    mended = _mended(broken)
    if mended == broken:
        return broken
    return mark("mended encoding", broken, " " if mended.isspace() else mended)


def _mended(broken: str) -> str:
    try:
        return b"".join(map(_single_byte, broken)).decode("utf-8")
    except UnicodeError:
        return broken


def _single_byte(character: str) -> bytes:
    try:
        return character.encode("cp1252")
    except UnicodeEncodeError:
        return character.encode("latin-1")
