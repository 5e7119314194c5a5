"""Text that we did not write -> markup that shows it and can do nothing else."""

from __future__ import annotations

import html
import re

# Direction overrides and other unseen marks can make a line read as what it is not (UTR 36);
# lone surrogates cannot be sent at all.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ud800-\udfff]"
)
_ACTIVE_IN_MARKDOWN = re.compile(r"[!-/:-@\[-`{-~\r\n\t]")


def seen(text: str) -> str:
    """``text`` without characters that are not seen: for names and questions, never for quotes."""
    return _UNSEEN.sub("", text)


def escaped(text: str) -> str:
    """``text`` for an HTML page or a quoted attribute; carriage returns survive the parser."""
    sendable = text.encode("utf-8", "replace").decode("utf-8")
    return html.escape(sendable).replace("\r", "&#13;")


def inert(text: str) -> str:
    """``text`` for a chat message, where Markdown, HTML, LaTeX and link finders all look at it.

    Every ASCII mark becomes a character reference: none of them sees one as syntax.
    """
    sendable = text.encode("utf-8", "replace").decode("utf-8")
    return _ACTIVE_IN_MARKDOWN.sub(lambda mark: f"&#{ord(mark.group())};", sendable)


def shortened(text: str, *, characters: int) -> str:
    """``text``, or its beginning and an ellipsis where it is longer than ``characters``."""
    if len(text) <= characters:
        return text
    cut = text[: characters + 1].rpartition(" ")[0] or text[:characters]
    return cut.rstrip() + " …"
