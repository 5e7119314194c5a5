"""histqa answers questions about a set of history readings with verbatim quotes.

>>> from histqa import Assistant
>>> assistant = Assistant.open("index")                              # doctest: +SKIP
>>> answer = assistant.ask("why did Japan stay after 1920")          # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from histqa.errors import HistqaError
from histqa.types import Answer, Document, Quote, Span, Turn, Verdict

if TYPE_CHECKING:
    from histqa.assistant import Assistant

__all__ = ["Answer", "Assistant", "Document", "HistqaError", "Quote", "Span", "Turn", "Verdict"]


def __getattr__(name: str) -> object:
    """Imports ``Assistant`` when it is first asked for: it brings the search libraries along."""
    if name == "Assistant":
        from histqa.assistant import Assistant

        return Assistant
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
