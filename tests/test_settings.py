"""Settings: file, environment and call in order; mistakes named with place and cure; documented."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from histqa.composers import COMPOSERS
from histqa.embedders import EMBEDDERS
from histqa.errors import SettingsError
from histqa.readers import READERS
from histqa.settings import RANGES, Settings, load_settings

TABLE = (Path(__file__).parent.parent / "docs" / "settings.md").read_text(encoding="utf-8")


def test_each_source_overrides_the_one_before(tmp_path: Path) -> None:
    (tmp_path / "histqa.toml").write_text('hits = 7\nport = 1\ncorpus = "here"\n', encoding="utf-8")
    environment = {"HISTQA_PORT": "2", "HISTQA_HITS": "8", "OTHER": "x"}
    settings = load_settings(tmp_path, environment=environment, hits=9, index=None)
    assert (settings.corpus, settings.port, settings.hits) == ("here", 2, 9)
    assert settings.index == Settings().index


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"hitts": 3}, "unknown setting 'hitts'; known settings: corpus"),
        ({"hits": "many"}, "hits must be a whole number, not 'many'"),
        ({"hits": 2.5}, "hits must be a whole number, not 2.5"),
        ({"hits": True}, "hits must be a whole number, not True"),
        ({"hits": 0}, "hits must be between 1 and 1,000,000,000, not 0"),
        ({"candidates": 10**30}, "candidates must be between 1 and"),
        ({"corpus": 3}, "corpus must be a text"),
        ({"dense_weight": 1.5}, "dense_weight must be between 0 and 1"),
        ({"answer_threshold": float("nan")}, "answer_threshold must be between 0 and 1"),
        ({"dense_weight": 10**400}, "dense_weight must be a number"),
        ({"port": 70000}, "port must be between 0 and 65,535"),
        ({"max_file_seconds": 0}, "max_file_seconds must be between 0.001 and 86,400, not 0"),
        ({"max_file_seconds": "inf"}, "max_file_seconds must be between"),
        ({"related_passages": -1}, "related_passages must be between 0 and"),
        ({"corpus": ""}, "corpus must not be empty"),
        ({"index": " "}, "index must not be empty"),
        ({"access": "closed"}, "access must be open or link, not 'closed'"),
        ({"request_log": ""}, "request_log must be off or requests or questions, not ''"),
        ({"allowed_origins": "moodle.example"}, "allowed_origins: 'moodle.example' is no origin"),
        ({"allowed_origins": "https://a.b/c"}, "allowed_origins: 'https://a.b/c' is no origin"),
        ({"allowed_origins": "*"}, "allowed_origins: '*' is no origin"),
        ({"allowed_origins": "https://a; script-src *"}, "allowed_origins: 'https://a;' is no"),
        ({"root_path": "histqa"}, "root_path must be empty or like /histqa, not 'histqa'"),
        ({"root_path": "/histqa/"}, "root_path must be empty or like /histqa"),
    ],
)
def test_a_mistake_is_named_with_its_place(values: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(f"histqa.toml: {message}")):
        Settings().with_values(values, origin="histqa.toml")


@pytest.mark.parametrize("content", [b"hits = = 3", b"\xff\xfe", b"hits = " + b"9" * 5000])
def test_a_broken_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "histqa.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"histqa\.toml: not readable as TOML"):
        load_settings(tmp_path, environment={})


def test_origins_are_read_one_by_one() -> None:
    settings = Settings().with_values(
        {"allowed_origins": " https://a.example,http://[::1]:8080  https://b-c.example:8443 "},
        origin="test",
    )
    assert settings.origins == (
        "https://a.example", "http://[::1]:8080", "https://b-c.example:8443"
    )  # fmt: skip


def test_a_file_that_a_windows_editor_marked_as_utf_8_is_read(tmp_path: Path) -> None:
    (tmp_path / "histqa.toml").write_text("hits = 7\n", encoding="utf-8-sig")
    assert load_settings(tmp_path, environment={}).hits == 7


def test_every_number_has_a_range_that_holds_its_default() -> None:
    numbers = {field.name for field in fields(Settings) if field.type in ("int", "float")}
    assert RANGES.keys() == numbers
    assert Settings().with_values({}, origin="defaults") == Settings()


def test_the_documented_table_is_the_truth() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| `([^`]*)` \|", TABLE, flags=re.MULTILINE))
    assert rows == {field.name: str(getattr(Settings(), field.name)) for field in fields(Settings)}


@pytest.mark.parametrize("name", [*EMBEDDERS, *READERS, *COMPOSERS])
def test_every_built_in_part_is_documented(name: str) -> None:
    assert f"`{name}`" in TABLE
