"""What a running chat serves while its index is updated, with real indexes."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from histqa.assistant import Assistant
from histqa.errors import IndexFault
from histqa.frontends import newest
from histqa.frontends.newest import Newest
from histqa.index import build_index
from histqa.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "first.txt").write_text("The canal was opened in 1893.\n", encoding="utf-8")
    return Settings(corpus=str(corpus), index=str(tmp_path / "index"), embedder="hashing")


@pytest.fixture
def served(settings: Settings) -> Iterator[Newest]:
    build_index(settings)
    served = Newest(Assistant.open(settings=settings))
    yield served
    served.close()


def add(settings: Settings, name: str, text: str = "Zeppelins crossed in 1919.\n") -> None:
    (Path(settings.corpus) / name).write_text(text, encoding="utf-8")
    build_index(settings)


def paths(assistant: Assistant) -> list[str]:
    return [document.path for document in assistant.documents]


def test_an_unchanged_index_is_not_opened_again(served: Newest) -> None:
    assert served() is served()


def test_an_updated_index_is_served_from_the_next_request_on(
    served: Newest, settings: Settings
) -> None:
    add(settings, "second.txt")
    assert paths(served()) == ["first.txt", "second.txt"]
    assert served() is served()


def test_a_request_ends_with_the_index_that_it_began_with_which_is_then_let_go_of(
    served: Newest, settings: Settings
) -> None:
    old = served()
    add(settings, "second.txt")
    assert served() is not old
    assert paths(old) == ["first.txt"]
    gone = weakref.ref(old._store)
    gc.disable()  # nothing but its last user keeps it
    try:
        del old
        assert gone() is None
    finally:
        gc.enable()


def test_an_index_that_cannot_be_opened_leaves_the_old_one_and_is_not_tried_at_every_request(
    served: Newest, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    add(settings, "second.txt")
    build_index(replace(settings, passage_words=20))
    old = served()
    assert paths(old) == ["first.txt"]
    assert served() is old
    assert caplog.text.count("going on with the index as it was") == 1
    assert "passage" in caplog.text


def test_after_a_while_it_is_tried_again(
    served: Newest, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newest, "_SECONDS_BETWEEN_TRIES", 0.0)
    build_index(replace(settings, passage_words=20))
    assert paths(served()) == ["first.txt"]
    add(settings, "second.txt")
    assert paths(served()) == ["first.txt", "second.txt"]


def test_callers_at_once_all_get_an_answer_while_the_index_changes(
    served: Newest, settings: Settings
) -> None:
    def ask(number: int) -> str:
        try:
            return served().ask(f"When was canal {number} opened?").question
        except IndexFault as error:
            return str(error)

    with ThreadPoolExecutor(8) as people:
        answers = people.map(ask, range(200))
        for number in range(4):
            add(settings, f"more {number}.txt", f"Number {number} crossed in 1919.\n" * 3)
        assert list(answers) == [f"When was canal {number} opened?" for number in range(200)]
    assert len(paths(served())) == 5
