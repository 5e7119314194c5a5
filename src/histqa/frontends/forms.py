"""Name of a form in which a conversation is taken away -> what writes it, and its kind of file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from histqa.frontends.citing import Link, as_markdown, as_page, as_text
from histqa.frontends.exchanges import Conversation
from histqa.frontends.languages import ENGLISH, Language
from histqa.frontends.word_file import as_docx
from histqa.types import Document

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True, slots=True)
class Form:
    """``write`` takes the conversation, the readings, ``link`` and ``language``.

    ``suffix`` is the file's.
    """

    write: Callable[..., bytes]
    media_type: str
    suffix: str


def _encoded(write: Callable[..., str]) -> Callable[..., bytes]:
    def written(
        conversation: Conversation,
        documents: Sequence[Document],
        *,
        link: Link,
        language: Language = ENGLISH,
    ) -> bytes:
        text = write(conversation, documents, link=link, language=language)
        return text.encode("utf-8", "replace")

    return written


FORMS: dict[str, Form] = {
    "text": Form(_encoded(as_text), "text/plain; charset=utf-8", "txt"),
    "markdown": Form(_encoded(as_markdown), "text/markdown; charset=utf-8", "md"),
    "page": Form(_encoded(as_page), "text/html; charset=utf-8", "html"),
    "word": Form(as_docx, _WORD, "docx"),
}
