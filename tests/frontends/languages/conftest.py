"""A language whose every text is marked, and readings without a Latin letter.

Whatever Latin letter then stands outside the marks on a page is a literal of its code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import html

from histqa.assistant import Assistant
from histqa.frontends.languages import ENGLISH, LANGUAGES, Language
from histqa.settings import Settings

OURS = ("histqa",)
ATTRIBUTES = ("aria-label", "title", "placeholder", "alt", "data-page")
# Code and addresses to copy, and what no eye sees. Questions that are offered are in the language
# of the readings, as every question is.
# Two parts of Gradio are there, unseen (style/chat.css), and speak as Gradio does.
_CLASSES = ("hq-example", "icon-button-wrapper", "scroll-down-button-container")
_NOT_SAID = " | ".join(
    ["//script", "//style", "//textarea[@readonly]"]
    + [f"//*[contains(@class, '{name}')]" for name in _CLASSES]
)
_MARKED = re.compile(r"⟦[^⟦⟧]*⟧")
_WORD = re.compile(r"[A-Za-z]{2,}|[a-z]")


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> Language:
    """The language "qq", like every other an entry of the table."""
    texts = {
        name: text if name.startswith("language.") else f"⟦{text}⟧"
        for name, text in ENGLISH.texts.items()
    }
    monkeypatch.setitem(LANGUAGES, "qq", Language("qq", texts))
    return LANGUAGES["qq"]


@pytest.fixture(scope="session")
def words_left() -> Callable[[str], list[str]]:
    """A text -> the words in Latin letters that are outside the marks."""

    def left(text: str) -> list[str]:
        while _MARKED.search(text):
            text = _MARKED.sub(" ", text)
        names = [language.texts["language.name"] for language in LANGUAGES.values()]
        return [word for word in _WORD.findall(_without(text, (*OURS, *names))) if word]

    return left


def _without(text: str, names: tuple[str, ...]) -> str:
    for name in names:
        text = text.replace(name, " ")
    return text


@pytest.fixture(scope="session")
def left_on_page(words_left: Callable[[str], list[str]]) -> Callable[[str], list[str]]:
    """A page -> such words in what is seen or read aloud of it."""

    def left(page: str) -> list[str]:
        tree = html.document_fromstring(page)
        for element in tree.xpath(_NOT_SAID):
            element.drop_tree()
        said = [tree.text_content()]
        for name in ATTRIBUTES:
            said += [str(value) for value in tree.xpath(f"//@{name}")]
        return [word for text in said for word in words_left(text)]

    return left


GREEK = (
    "Η διώρυγα της Κορίνθου άνοιξε το 1893 μετά από έντεκα χρόνια.",
    "Η σκαπάνη του Νέρωνα ήταν χρυσή.",
    "Το Βελιγράδι έπεσε το 1456.",
)
KNOWN = """
["1.txt"]
title = "Διώρυγα"
kind = "άρθρο"
show = "whole"
["2/3.txt"]
title = "Πόλη"
kind = "άρθρο"
"""


@pytest.fixture(scope="session")
def greek(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over readings in Greek, one shown whole and one in a folder by passage."""
    corpus: Path = tmp_path_factory.mktemp("greek")
    (corpus / "2").mkdir()
    (corpus / "1.txt").write_text("\n\n".join(GREEK[:2]) + "\n", encoding="utf-8")
    (corpus / "2/3.txt").write_text(GREEK[2] + "\n", encoding="utf-8")
    (corpus / "readings.toml").write_text(KNOWN, encoding="utf-8")
    settings = Settings(embedder="hashing", reader="none", answer_threshold=0.0)
    with Assistant.build(corpus, tmp_path_factory.mktemp("index"), settings=settings) as built:
        yield built
