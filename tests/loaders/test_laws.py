"""What holds for the document of every format, whatever the file says."""

import html
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from histqa.errors import LoadError
from histqa.loaders import LOADERS, SUFFIXES

words = st.sampled_from(
    "The war began[1] in 1914 “didn’t” donâ€™t self- and CHAPTER II Post a Comment é² km² | * #"
    " \x0c \u00ad \ufb01 \u202e x y.".split(" ")
)
paragraphs = st.lists(
    st.lists(words, min_size=1, max_size=12).map(" ".join), min_size=1, max_size=8
)
joints = st.sampled_from(["\n", "\n\n", "\n\n\n", "\r\n"])


def is_read_or_refused(load, path: str, content: bytes) -> bool:
    try:
        return bool(load(path, content).text)
    except LoadError as error:
        return bool(error.reason and error.cure)


def file_of(kind: str, texts: list[str], joint: str, make_epub, make_docx) -> bytes:
    tags = [
        ("h2" if len(text) < 9 else "p", html.escape(re.sub(r"[\x00-\x1f]", "", text)))
        for text in texts
    ]
    body = "".join(f"<{tag}>{text}</{tag}>" for tag, text in tags)
    if kind == "docx":
        return make_docx(lambda new: [new.add_paragraph(html.unescape(text)) for _, text in tags])
    if kind == "epub":
        return make_epub({"a": body})
    if kind == "html":
        return f"<html><body>{body}</body></html>".encode()
    return joint.join(texts).encode()


@pytest.mark.parametrize("kind", ["txt", "md", "html", "docx", "epub"])
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=paragraphs, joint=joints)
def test_text_headings_repairs_and_pages_belong_together(
    kind: str, texts: list[str], joint: str, load, make_epub, make_docx
) -> None:
    content = file_of(kind, texts, joint, make_epub, make_docx)
    try:
        document = load(f"a.{kind}", content)
    except LoadError:
        return
    text = document.text
    assert text == text.strip()
    assert "\n\n\n" not in text
    assert not re.search(
        r"[^\S\n]{2}|[^\S\n]\n|\n[^\S\n]|[\u00ad\ufb01\u202e\ufdd0-\ufdef\x0c]", text
    )
    for heading in document.headings:
        assert heading.span.of(text) == heading.text
        assert heading.text
    for repair in document.repairs:
        assert text.startswith(repair.replacement, repair.position)
        assert 0 <= repair.position <= len(text)
    if document.pages:
        assert "".join(page.span.of(text) for page in document.pages) == text
    assert load(f"a.{kind}", content) == document


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.binary(max_size=300), suffix=st.sampled_from(sorted(set(SUFFIXES) - {".pdf"})))
def test_any_bytes_are_read_or_refused(content: bytes, suffix: str, load) -> None:
    assert is_read_or_refused(load, f"a{suffix}", content)


@pytest.mark.parametrize("kind", ["docx", "epub"])
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_damaged_archive_is_read_or_refused(kind: str, data, load, make_epub, make_docx) -> None:
    whole = bytearray(file_of(kind, ["The war began here.", "It ended."], "", make_epub, make_docx))
    for _ in range(data.draw(st.integers(1, 5))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    content = bytes(whole[: data.draw(st.integers(4, len(whole)))])
    assert is_read_or_refused(load, f"a.{kind}", content)


def test_every_format_that_a_name_can_promise_has_a_loader() -> None:
    assert set(SUFFIXES.values()) == set(LOADERS)
