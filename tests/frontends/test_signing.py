"""Signatures that only the holder of the secret can make, and where the secret comes from."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from histqa.errors import SettingsError
from histqa.frontends.signing import Signatures, secret_of
from histqa.settings import Settings
from histqa.types import Span

OURS, OTHERS = Signatures("our own long secret"), Signatures("another long secret")
SPAN = Span(3, 9)


def test_a_token_says_when_it_expires() -> None:
    assert OURS.expiry_of(OURS.token(1234)) == 1234


@pytest.mark.parametrize(
    "token",
    [
        "", ".", "1234", "1234.", "9999999999." + OURS.token(1234).partition(".")[2], "é.ü",
        OTHERS.token(9_999_999_999), "9999999999." + OURS.place("d", SPAN, "h"), "x" * 5000,
    ],
)  # fmt: skip
def test_a_token_that_we_did_not_make_has_long_expired(token: str) -> None:
    assert OURS.expiry_of(token) == 0


def test_a_place_is_known_again_and_no_other_is() -> None:
    signature = OURS.place("doc", SPAN, "hash")
    assert OURS.is_place(signature, "doc", SPAN, "hash")
    assert not OURS.is_place(signature, "doc", Span(3, 10), "hash")
    assert not OURS.is_place(signature, "do", SPAN, "hash")
    assert not OURS.is_place(signature, "doc", SPAN, "other")
    assert not OTHERS.is_place(signature, "doc", SPAN, "hash")


def test_the_setting_goes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    settings = Settings(secret="sixteen characters", secret_file=str(file))
    assert secret_of(settings) == "sixteen characters"
    assert not file.exists()


def test_the_file_is_made_once_and_for_this_account_alone(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    first = secret_of(Settings(secret_file=str(file)))
    assert len(first) > 40
    assert secret_of(Settings(secret_file=str(file))) == first
    if os.name != "nt":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff" * 40])
def test_a_secret_that_is_none_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "secret"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match="secret"):
        secret_of(Settings(secret_file=str(file)))


def test_a_file_that_cannot_be_made_is_named_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="HISTQA_SECRET"):
        secret_of(Settings(secret_file=str(tmp_path / "no" / "folder")))


def test_a_secret_in_the_settings_has_to_be_long_enough() -> None:
    with pytest.raises(SettingsError, match="secret: a secret needs at least 16"):
        secret_of(Settings(secret="short"))
