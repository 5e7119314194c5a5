"""What an address or a form asks of the compact chat -> checked options, and back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from histqa.frontends.languages import LANGUAGES
from histqa.frontends.markup import seen

POSITIONS = ("right", "left")
_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_LONGEST = 300
_MOST_READINGS = 50
BETWEEN_READINGS = "|"


@dataclass(frozen=True, slots=True)
class Options:
    """How the compact chat looks and what it asks; "" and () stand for what is usual.

    ``readings`` restricts every question to these ids, paths or folders.
    """

    title: str = ""
    colour: str = ""
    position: str = ""
    language: str = ""
    question: str = ""
    readings: tuple[str, ...] = ()

    @classmethod
    def of(cls, query: QueryParams) -> Options:
        """What ``query`` says; what makes no sense there is passed over."""
        colour = query.get("colour") or query.get("color") or ""
        language = (query.get("language") or "").partition("-")[0].lower()
        position = query.get("position", "")
        readings = [
            _line(name)
            for given in query.getlist("readings")
            for name in given.split(BETWEEN_READINGS)
        ]
        return cls(
            title=_line(query.get("title", "")),
            colour=colour if _COLOUR.fullmatch(colour) else "",
            position=position if position in POSITIONS else "",
            language=language if language in LANGUAGES else "",
            question=_line(query.get("question", "")),
            readings=tuple(filter(None, readings))[:_MOST_READINGS],
        )

    @property
    def given(self) -> dict[str, str]:
        """Name and value of each option that differs from what is usual."""
        values = {
            "title": self.title,
            "colour": self.colour,
            "position": self.position,
            "language": self.language,
            "question": self.question,
            "readings": BETWEEN_READINGS.join(self.readings),
        }
        return {name: value for name, value in values.items() if value}

    @property
    def query(self) -> str:
        """What an address of the compact chat says after "?"."""
        return urlencode({name: one for name, one in self.given.items() if name != "position"})


def _line(text: str) -> str:
    return " ".join(seen(text).split())[:_LONGEST]
