"""Text that we did not write stays text."""

from __future__ import annotations

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histqa.frontends.markup import escaped, inert, seen, shortened

HOSTILE = (
    "<script>alert(1)</script>",
    "${alert(1)}",
    "![picture](https://elsewhere.example/a.png)",
    "[link](javascript:alert(1))",
    "$$\\frac{1}{2}$$",
    '" onmouseover="alert(1)',
    "https://elsewhere.example www.elsewhere.example",
    "    indented\n\n# heading\n\n- list",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_chat_message_holds_no_character_that_markdown_or_html_acts_on(text: str) -> None:
    rest = inert(text)
    for reference in {piece.split(";")[0] for piece in rest.split("&#")[1:]}:
        rest = rest.replace(f"&#{reference};", "")
    assert not set(rest) & set("<>&\"'`*_[](){}!$#\\/:.-+|~=\n")


@given(st.text())
def test_what_is_shown_is_what_was_written(text: str) -> None:
    sendable = text.encode("utf-8", "replace").decode("utf-8")
    assert unescape(escaped(text)).replace("\r", "\n") == sendable.replace("\r", "\n")
    printable = "".join(mark for mark in sendable if mark.isprintable())
    assert unescape(inert(printable)) == printable


def test_names_lose_marks_that_would_reorder_them() -> None:
    assert seen("a\u202egnp.exe\u2066\x00") == "agnp.exe"


def test_long_text_is_cut_with_an_ellipsis() -> None:
    assert shortened("abcdef", characters=6) == "abcdef"
    assert shortened("abcdefg", characters=6) == "abcdef …"
