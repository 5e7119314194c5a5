"""What is suggested was asked of the very index that it is kept with, and answered well."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from histqa.assistant import Assistant
from histqa.errors import QuestionError
from histqa.frontends import cli
from histqa.index import build_index
from histqa.index.suggestions import write_suggestions
from histqa.settings import Settings
from histqa.stores.sqlite import verify
from histqa.stores.sqlite.notes import read_notes
from histqa.suggesting import renew_suggestions
from histqa.types import Suggestion

CANAL = (
    "The canal\n\nThe Corinth Canal was opened in 1893 after eleven years of digging.\n\n"
    "Nobody had believed in it.\n"
)
FORTRESS = "The fortress\n\nThe fortress of Belgrade fell to its besiegers in 1456.\n"
OF_THE_CANAL = "When was the Corinth Canal opened?"
OF_THE_FORTRESS = "When did the fortress of Belgrade fall?"
OF_NOTHING = "Who was the cook of Napoleon?"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Over a corpus of two readings and a teacher's list, the index of which is not made yet."""
    corpus = tmp_path / "corpus"
    (corpus / "unit 1").mkdir(parents=True)
    (corpus / "canal.txt").write_text(CANAL, encoding="utf-8")
    (corpus / "unit 1/fortress.txt").write_text(FORTRESS, encoding="utf-8")
    list_questions(corpus, OF_NOTHING, OF_THE_FORTRESS, OF_THE_CANAL)
    return Settings(
        corpus=str(corpus), index=str(tmp_path / "index"), embedder="hashing", reader="similarity"
    )


def list_questions(corpus: Path, *questions: str) -> None:
    said = f"questions = {json.dumps(questions)}\n"
    (corpus / "suggestions.toml").write_text(said, encoding="utf-8")


def updated(settings: Settings) -> tuple[str, ...]:
    """What is suggested after an update."""
    build_index(settings)
    renew_suggestions(settings)
    return suggested(settings)


def suggested(settings: Settings, *readings: str) -> tuple[str, ...]:
    with Assistant.open(settings=settings) as assistant:
        return assistant.suggestions(readings)


def kept(settings: Settings) -> list[str]:
    return sorted(path.name for path in Path(settings.index).glob("suggestions-*"))


def test_what_the_readings_cannot_answer_is_not_suggested(settings: Settings) -> None:
    assert updated(settings) == (OF_THE_FORTRESS, OF_THE_CANAL)


def test_an_answer_that_is_barely_one_is_not_enough(settings: Settings) -> None:
    list_questions(Path(settings.corpus), OF_NOTHING, OF_THE_CANAL)
    eager = settings.with_values({"answer_threshold": 0.0}, origin="test")
    found = updated(eager)
    with Assistant.open(settings=eager) as assistant:
        assert assistant.ask(OF_NOTHING).is_answered
    assert OF_NOTHING not in found
    assert OF_THE_CANAL in found


def test_a_question_goes_with_the_reading_that_answered_it(settings: Settings) -> None:
    updated(settings)
    (Path(settings.corpus) / "unit 1/fortress.txt").unlink()
    assert updated(settings) == (OF_THE_CANAL,)
    assert kept(settings) == ["suggestions-2.json"]


def test_another_list_is_taken_up(settings: Settings) -> None:
    updated(settings)
    other = ("Which canal was opened in 1893?", OF_THE_CANAL)
    list_questions(Path(settings.corpus), *other)
    assert updated(settings) == other


def test_without_a_list_questions_are_drafted_and_each_is_answered_by_its_sentence(
    settings: Settings,
) -> None:
    corpus = Path(settings.corpus)
    (corpus / "suggestions.toml").unlink()
    history = "Why did Belgrade fall?\n\nIn 1456, an army of two kings came to Belgrade.\n\n"
    (corpus / "unit 1/fortress.txt").write_text(history + FORTRESS, encoding="utf-8")
    found = updated(settings)
    assert "When was it that an army of two kings came to Belgrade?" in found
    with Assistant.open(settings=settings) as assistant:
        assert all(assistant.ask(question).is_answered for question in found)


def test_they_can_be_restricted_to_those_that_some_readings_answer(settings: Settings) -> None:
    updated(settings)
    assert suggested(settings, "unit 1") == (OF_THE_FORTRESS,)
    with pytest.raises(QuestionError, match="unit 2"):
        suggested(settings, "unit 2")


def test_they_hold_only_for_the_settings_that_they_were_checked_with(settings: Settings) -> None:
    updated(settings)
    strict = settings.with_values({"answer_threshold": 0.9}, origin="test")
    assert suggested(strict) == ()
    renew_suggestions(strict)
    assert suggested(settings) == ()


def test_nothing_is_asked_again_where_nothing_has_changed(settings: Settings) -> None:
    updated(settings)
    file = Path(settings.index) / "suggestions-1.json"
    before = file.stat().st_mtime_ns
    updated(settings)
    assert file.stat().st_mtime_ns == before


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"mark": "another", "questions": []}', "\0"])
def test_a_broken_file_is_none_and_is_made_anew(settings: Settings, content: str) -> None:
    expected = updated(settings)
    (Path(settings.index) / "suggestions-1.json").write_text(content, encoding="utf-8")
    assert suggested(settings) == ()
    assert updated(settings) == expected


def test_an_index_without_them_serves_and_is_whole(settings: Settings) -> None:
    build_index(settings)
    assert suggested(settings) == ()
    renew_suggestions(settings)
    assert verify(Path(settings.index)) == ()


def test_a_fault_is_logged_and_leaves_the_index_as_it_is(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    build_index(settings)
    renew_suggestions(settings.with_values({"reader": "/no/such/model"}, origin="test"))
    assert "no questions are suggested" in caplog.text
    assert (suggested(settings), kept(settings)) == ((), [])


@pytest.mark.skipif(os.name == "nt", reason="folders are not made read-only there")
def test_an_older_update_does_not_remove_what_a_newer_one_kept(settings: Settings) -> None:
    build_index(settings)
    manifest = read_notes(Path(settings.index)).manifest
    write_suggestions(settings, manifest, 2, [Suggestion(OF_THE_CANAL, "canal")])
    write_suggestions(settings, manifest, 1, [])
    assert kept(settings) == ["suggestions-1.json", "suggestions-2.json"]


@pytest.mark.parametrize("command", [["index"], ["ask", "--update", OF_THE_CANAL]])
def test_the_commands_that_update_an_index_renew_them(
    settings: Settings, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("corpus", "index", "embedder", "reader"):
        monkeypatch.setenv(f"HISTQA_{name.upper()}", getattr(settings, name))
    assert cli.run(command) == 0
    assert suggested(settings) == (OF_THE_FORTRESS, OF_THE_CANAL)
