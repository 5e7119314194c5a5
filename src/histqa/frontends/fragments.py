"""Pieces of our pages in ``static/``, with names for their words -> markup in a language."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

from histqa.frontends.languages import Language
from histqa.frontends.markup import escaped

NAME = re.compile(r"@\{([a-z_.]+)\}")
"""What ``named`` makes."""
_FILES = frozenset(("header.html", "panel.html", "welcome.html"))


def named(name: str) -> str:
    """What stands on a page for a text of the catalogue, or for a file of ``static/``."""
    return f"@{{{name}}}"


def static_text(name: str) -> str:
    """One of the files in ``static/``."""
    return (files("histqa.frontends") / "static" / name).read_text(encoding="utf-8")


def meant(name: re.Match[str], language: Language) -> str:
    """What a name stands for; a name that nobody knows stands for itself."""
    key = name.group(1)
    if key in _FILES:
        return fragment(key, language)
    return language.known(key, name.group())


def fragment(file: str, language: Language, **parts: str) -> str:
    """A file of ``static/`` with its words, which hold nothing that Markdown would see.

    ``parts`` are markup, each put in where the file has its name.
    """
    known = {
        "address.readings": language.address("./readings"),
        "language.code": language.code,
    }

    def put(name: re.Match[str]) -> str:
        key = name.group(1)
        if key in parts:
            return parts[key]
        return escaped(known.get(key) or meant(name, language))

    return NAME.sub(put, _static_text(file))


_static_text = lru_cache(static_text)
