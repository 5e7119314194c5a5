"""The catalogues: each says everything, with the same values in it, and nothing that harms."""

from __future__ import annotations

import re
import string
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from histqa.frontends import languages
from histqa.frontends.languages import ENGLISH, LANGUAGES, Sentence, asked

FOLDER = Path(str(files(languages)))
SOURCE = FOLDER.parent
OTHERS = sorted(set(LANGUAGES) - {"en"})
NO_WORDS = (
    *("address.readings", "language.code", "usual", "titles"),
    *("welcome", "offers", "readings"),
)
REPAIR = re.compile(r'"((?:mended|recovered|rejoined|removed) [a-z ]+)"')


def texts(code: str) -> dict[str, str]:
    """What the file itself says, without what English fills in."""
    return dict(languages._flat(tomllib.loads((FOLDER / f"{code}.toml").read_text("utf-8"))))


def values_in(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_german_is_there() -> None:
    assert LANGUAGES["de"].text("answer.not_found") == "Die Texte sagen dazu nichts."


@pytest.mark.parametrize("code", OTHERS)
def test_every_language_says_what_english_says_with_the_same_values(code: str) -> None:
    said = texts(code)
    assert said.keys() == ENGLISH.texts.keys()
    for name, text in ENGLISH.texts.items():
        assert values_in(said[name]) == values_in(text), name
        assert said[name], name


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_text_holds_what_markup_scripts_or_styles_would_see(code: str) -> None:
    for name, text in texts(code).items():
        names_settings = name.startswith("help.") or name == "refusal.foreign"
        allowed = r"#|_{}" if names_settings else "{}"
        assert not set(text) & (set("<>&\"'\\`*_[]$|~#\n") - set(allowed)), name


def test_a_name_that_a_file_lacks_is_said_in_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "xx.toml").write_text('[chat]\nask = "Aks"\n', encoding="utf-8")
    monkeypatch.setattr(languages, "files", lambda _: tmp_path)
    half = languages.read("xx")
    assert half.text("chat.ask") == "Aks"
    assert half.text("chat.stop") == "Stop"


def test_counts_have_their_form_and_numbers_their_marks() -> None:
    german = LANGUAGES["de"]
    assert german.counted("count.reading", 1) == "1 Text"
    assert german.counted("count.word", 12345) == "12.345 Wörter"
    assert ENGLISH.counted("count.word", 12345) == "12,345 words"
    assert german.said(Sentence.of("no_place.no_part", parts=3)).endswith("der Text hat 3.")


def test_values_are_never_read_as_names_of_values() -> None:
    assert ENGLISH.text("fault.told", detail="{0} {most} {{") == "{0} {most} {{"


def test_an_address_keeps_a_language_that_was_asked_for_and_only_such_a_one() -> None:
    german = asked("de-AT")
    assert german is not None
    assert german.address("/read/x?start=1#quote") == "/read/x?start=1&lang=de#quote"
    assert german.address("/readings") == "/readings?lang=de"
    assert LANGUAGES["de"].address("/readings") == "/readings"
    assert asked("tlh") is None


def test_every_name_that_the_pages_use_is_in_the_catalogue() -> None:
    """And every name in the catalogue is used: what nobody shows need not be translated."""
    code = "".join(
        path.read_text("utf-8")
        for path in SOURCE.rglob("*")
        if path.suffix in (".py", ".html", ".js") and "cli" not in path.parts
    )
    for name in re.findall(r"@\{([a-z_.]+)\}", code):
        known = name in ENGLISH.texts or (SOURCE / "static" / name).is_file()
        assert known or name in NO_WORDS, name
    made = (
        "repair.",
        "picture.",
        "fault.",
        "progress.",
        "count.",
        "export.",
        "help.",
        "embed.",
        "answer.was_",
    )
    unused = [name for name in ENGLISH.texts if f"{name}" not in code and not name.startswith(made)]
    assert unused == []


def test_every_repair_that_loaders_make_has_a_name() -> None:
    code = "".join(
        path.read_text("utf-8")
        for folder in ("loaders", "extraction")
        for path in (SOURCE.parent / folder).rglob("*.py")
    )
    kinds = {kind.replace(" ", "_") for kind in REPAIR.findall(code)}
    assert len(kinds) > 10
    assert {f"repair.{kind}" for kind in kinds} <= ENGLISH.texts.keys()


def test_style_sheets_say_nothing_of_themselves() -> None:
    for file in (SOURCE / "static").glob("*.css"):
        for content in re.findall(r'content:\s*"([^"]*)"', file.read_text("utf-8")):
            assert not re.search(r"[A-Za-z]", content), file.name
