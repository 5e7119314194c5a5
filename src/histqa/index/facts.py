"""What an index build remembers about a file beside its hash: counts, title and likeness."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from histqa.corpus.likeness import Sketch, packed, same_readings, unpacked
from histqa.corpus.preparing import Prepared
from histqa.types import word_count

# Running heads and notes, in one format and not in the other, make up for less than the rest.
_NEARLY_ALL = 0.95


@dataclass(frozen=True, slots=True)
class Facts:
    """About one file that could be read."""

    title: str
    pages: int
    empty_pages: int
    headings: int
    words: int
    passages: int
    texts: int
    packed_sketch: str

    @classmethod
    def of(cls, prepared: Prepared) -> Facts:
        """Those of a file that gave a document; raises ValueError for another."""
        document = prepared.document
        if document is None:
            raise ValueError(f"{prepared.path!r} gave no document")
        return cls(
            title=document.title,
            pages=len(document.pages),
            empty_pages=prepared.empty_pages,
            headings=len(document.headings),
            words=word_count([document.text]),
            passages=len(prepared.passages),
            texts=sum(1 + len(passage.sentences) for passage in prepared.passages),
            packed_sketch=packed(prepared.sketch),
        )

    @classmethod
    def from_json(cls, text: str) -> Facts:
        """What ``json`` gave."""
        return cls(**json.loads(text))

    @property
    def json(self) -> str:
        """The facts as text, for a FileRecord."""
        return json.dumps(asdict(self))

    @property
    def sketch(self) -> Sketch:
        """By which the reading is known in another format."""
        return unpacked(self.packed_sketch)


def repeats(facts: Mapping[str, Facts]) -> dict[str, str]:
    """Path of each file that repeats a reading -> path of the file that is indexed instead.

    Of the files with the same reading the one is kept that has pages, for they can be cited; but
    never one that lacks text which another has. Then headings decide, then the path.
    """
    fullest_first = sorted(facts, key=lambda path: (-facts[path].words, path))
    sketches = {path: one.sketch for path, one in facts.items()}
    found: dict[str, str] = {}
    for group in same_readings(sketches, fullest_first):
        kept = min(group, key=lambda path: _rank(path, facts[path], facts[group[0]].words))
        found |= {path: kept for path in group if path != kept}
    return found


def _rank(path: str, facts: Facts, most_words: int) -> tuple[bool, bool, bool, str]:
    lacks_text = bool(facts.empty_pages) or facts.words < _NEARLY_ALL * most_words
    return lacks_text, not facts.pages, not facts.headings, path
