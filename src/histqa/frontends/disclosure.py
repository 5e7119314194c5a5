"""A reading -> how much of it a server may show: all, or what answers quote and a little around."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from histqa.frontends.places import Place, find_passage, find_place
from histqa.frontends.signing import Signatures
from histqa.types import Document, Span

OPEN_LICENCES = frozenset(
    (
        "cc by",
        "cc by sa",
        "cc zero",
        "cc0",
        "creative commons attribution",
        "creative commons attribution share alike",
        "creative commons attribution sharealike",
        "creative commons zero",
        "gnu free documentation",
        "open government",
        "public domain",
        "public domain mark",
        "creativecommons org by",
        "creativecommons org by sa",
        "creativecommons org zero",
        "creativecommons org mark",
    )
)
"""The words of their names and addresses, without those that ``_PASSED_OVER`` holds."""

_PASSED_OVER = frozenset(
    "the a v in usa us international unported generic universal dedication deed license licence "
    "licenses publicdomain https http www en".split()
)
_WORD = re.compile(r"[a-z]+0?")


def is_shown_whole(document: Document) -> bool:
    """What the teacher says in ``show``; where nothing is said, only open licences are."""
    if document.show:
        return document.show == "whole"
    return is_open_licence(document.licence)


def is_open_licence(licence: str) -> bool:
    """Whether ``licence`` is one that lets anyone pass the text on, of whatever version.

    Only what is recognised as a whole is: "CC BY-NC" or "not public domain" is not.
    """
    words = [word for word in _WORD.findall(licence.casefold()) if word not in _PASSED_OVER]
    return " ".join(words) in OPEN_LICENCES


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What may be shown of a reading at an address.

    Of readings that are not shown whole: places that ``signatures`` signed, for an answer quoted
    them, with ``context_words`` words on each side.
    """

    signatures: Signatures
    context_words: int

    def place(self, document: Document, query: Mapping[str, str]) -> Place:
        """What a page shows for ``query``."""
        if is_shown_whole(document):
            return find_place(document, query)
        return self.passage(document, query)

    def passage(self, document: Document, query: Mapping[str, str]) -> Place:
        """The place for ``query`` with the words around it, of any reading."""
        return find_passage(
            document,
            query,
            words=self.context_words,
            is_signed=lambda span: self._is_open(document, span, query.get("sig", "")),
        )

    def _is_open(self, document: Document, span: Span, signature: str) -> bool:
        return is_shown_whole(document) or self.signatures.is_place(
            signature, document.doc_id, span, document.text_hash
        )
