"""The words of the interface: one TOML file for each language -> texts by name.

A name that a file lacks is said in English. Readings, quotes and questions stay as they are.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

_DEFAULT = "en"
_PLAIN = str | int


@dataclass(frozen=True, slots=True)
class Sentence:
    """Something to say whose language is not known yet: a name of the catalogue and its values."""

    name: str
    values: tuple[tuple[str, _PLAIN], ...] = ()

    @classmethod
    def of(cls, name: str, **values: _PLAIN) -> Sentence:
        """The sentence ``name`` with its ``values``."""
        return cls(name, tuple(values.items()))

    def __str__(self) -> str:
        """The sentence in English, as programs get it."""
        return ENGLISH.said(self)


@dataclass(frozen=True, slots=True)
class Language:
    """One language. ``is_asked``: the address named it, so that links from there must too."""

    code: str
    texts: Mapping[str, str]
    is_asked: bool = False

    def text(self, name: str, **values: _PLAIN) -> str:
        """What ``name`` stands for; numbers are written as the language writes them."""
        shown = {key: self._shown(value) for key, value in values.items()}
        return self.texts[name].format_map(shown) if shown else self.texts[name]

    def counted(self, name: str, count: int) -> str:
        """``count`` with the fitting form of ``name``, such as "1 reading", "1,200 readings"."""
        return self.text(f"{name}.{'one' if count == 1 else 'other'}", count=count)

    def said(self, sentence: Sentence) -> str:
        """``sentence`` in this language."""
        return self.text(sentence.name, **dict(sentence.values))

    def known(self, name: str, otherwise: str) -> str:
        """What ``name`` stands for, or ``otherwise`` where it is not in the catalogue."""
        return self.texts.get(name, otherwise)

    def address(self, address: str) -> str:
        """``address``, which leads to a page in this language, where that has to be asked for."""
        if not self.is_asked:
            return address
        path, mark, fragment = address.partition("#")
        return f"{path}{'&' if '?' in path else '?'}lang={self.code}{mark}{fragment}"

    def _shown(self, value: _PLAIN) -> str:
        if isinstance(value, str):
            return value
        return f"{value:,}".replace(",", self.texts["language.thousands"])


def _texts(code: str) -> dict[str, str]:
    content = (files(__name__) / f"{code}.toml").read_text(encoding="utf-8")
    return dict(_flat(tomllib.loads(content)))


def _flat(table: Mapping[str, Any], lead: str = "") -> Iterator[tuple[str, str]]:
    """Names with dots between: ``[chat] ask = "Ask"`` is "chat.ask"."""
    for name, value in table.items():
        if isinstance(value, str):
            yield lead + name, value
        else:
            yield from _flat(value, f"{lead}{name}.")


def _codes() -> list[str]:
    names = sorted(file.name for file in files(__name__).iterdir())
    return [name.removesuffix(".toml") for name in names if name.endswith(".toml")]


ENGLISH = Language(_DEFAULT, _texts(_DEFAULT))


def read(code: str) -> Language:
    """The language of the file ``code.toml``; what it lacks is English."""
    return Language(code, {**ENGLISH.texts, **_texts(code)})


LANGUAGES: dict[str, Language] = {_DEFAULT: ENGLISH, **{code: read(code) for code in _codes()}}
"""Code -> language; another file is another language."""


def asked(code: str) -> Language | None:
    """The language that an address asks for, such as "de" or "de-AT"; None for one we lack."""
    language = LANGUAGES.get(code.partition("-")[0].lower())
    return replace(language, is_asked=True) if language else None
