"""Bytes -> characters, in whatever encoding they are."""

import random

import pytest

from histqa.canonical import TextBuilder
from histqa.errors import LoadError
from histqa.extraction.encodings import decoded
from histqa.types import Source

TEXT = "The café’s “naïve” élan in Zürich – a long and winding tale of the old days. " * 20


def read(content: bytes, declared: str = "") -> tuple[str, list[tuple[str, str]]]:
    builder = TextBuilder()
    builder.paragraph(decoded(content, builder.repair_mark, declared=declared))
    document = builder.build(Source("a", "a.txt", content))
    return document.text, [(found.original, found.replacement) for found in document.repairs]


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"],
)
def test_common_encodings_are_recognised(encoding: str) -> None:
    assert read(TEXT.encode(encoding)) == (TEXT.strip(), [])


@pytest.mark.parametrize("encoding", ["koi8-r", "shift_jis"])
def test_a_declared_encoding_is_believed_where_the_bytes_are_not_utf8(encoding: str) -> None:
    text = {"koi8-r": "Революция в Петрограде", "shift_jis": "日本の歴史はとても長いです"}[encoding]
    assert read(text.encode(encoding), declared=encoding)[0] == text


def test_cyrillic_without_a_declaration_is_recognised() -> None:
    text = "Революция в Петрограде началась осенью, и рабочие вышли на улицы города. " * 30
    assert read(text.encode("cp1251"))[0] == text.strip()


def test_stray_bytes_in_utf8_are_read_as_windows_1252_and_recorded() -> None:
    text, repairs = read("Zürich’s élan and it".encode() + b"\x92s end")
    assert text == "Zürich’s élan and it’s end"
    assert repairs == [("\\x92", "’")]


def test_doubly_encoded_letters_are_mended_and_recorded() -> None:
    text, repairs = read("They didnâ€™t see the cafÃ© of GÃ¶ring â€” at all".encode())
    assert text == "They didn’t see the café of Göring — at all"
    assert [replacement for _, replacement in repairs] == ["’", "é", "ö", "—"]


@pytest.mark.parametrize("text", ["«IRMÃ» said so", "À côté, Â «vrai»", "naïve café, Ünder"])
def test_accented_capitals_before_marks_are_left_alone(text: str) -> None:
    assert read(text.encode()) == (text, [])


@pytest.mark.parametrize(
    "content",
    [
        random.Random(1).randbytes(5000),
        b"\x7fELF\x02\x01\x01\x00" + bytes(range(32)) * 50,
        b"text" + b"\0\1\2\3" * 100,
    ],
)
def test_binary_data_is_refused(content: bytes) -> None:
    with pytest.raises(LoadError, match="binary"):
        read(content)
