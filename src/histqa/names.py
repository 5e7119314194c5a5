"""A question -> the same with what else to search for: the corpus's own spellings, its aliases."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from jellyfish import nysiis
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from histqa.stages import Store
from histqa.text import FUNCTION_WORDS, content_terms, folded, spellings, terms
from histqa.types import Alias, Question, Variant

# What each of these numbers is worth: benchmarks/RESULTS.md, "Names".
LEAST_LETTERS = 5  # shorter words have too many neighbours
TWO_SLIPS_LETTERS = 7  # a name so long may differ by two letters
COMMON_LETTERS = 7  # words that are no names: the shorter ones become others by one letter
NAME_LETTERS = 4  # what is shorter is mostly an abbreviation: US, whose readings write U.S.
SOUND_LIKENESS = 0.6  # the least share of letters that names of one sound must have in common

_AS_TYPED = re.compile(r'"[^"]*"|“[^”]*”')
_NAME = re.compile(r"(?<=[\w,;] )[^\W\d_a-z][\w-]*(?: [^\W\d_a-z][\w-]*)*")
_ARTICLE = re.compile(r"^the\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the corpus: its most frequent spelling, in how many passages, is it a name?"""

    written: str
    passages: int
    is_name: bool


class Vocabulary:
    """The words of a corpus by what they look and sound like."""

    def __init__(self, written: Iterable[tuple[str, int]]) -> None:
        self._words = _words(written)
        self._alike: dict[tuple[bool, int], list[str]] = defaultdict(list)
        self._sounding: dict[str, list[str]] = defaultdict(list)
        for folded_word, word in self._words.items():
            self._alike[word.is_name, len(folded_word)].append(folded_word)
            if word.is_name and len(folded_word) >= LEAST_LETTERS:
                self._sounding[nysiis(folded_word)].append(folded_word)

    def meant_by(self, unknown: str) -> str:
        """The word nearest to one that the corpus does not have, as it writes it; "" for none.

        A name may differ by one letter, a long one by two, or sound the same (NYSIIS); any other
        word, if it is long, by one letter behind the first, which hardly anybody mistypes.
        Swapped neighbours count as one letter (optimal string alignment).
        """
        asked = folded(unknown)
        if len(asked) < LEAST_LETTERS:
            return ""
        near = {**dict(self._looking_like(asked)), **dict(self._sounding_like(asked))}
        if not near:
            return ""
        best = min(near, key=lambda word: (near[word], -self._words[word].passages, word))
        return self._words[best].written

    def _looking_like(self, asked: str) -> Iterator[tuple[str, int]]:
        for length in range(len(asked) - 2, len(asked) + 3):
            slips = 2 if min(len(asked), length) >= TWO_SLIPS_LETTERS else 1
            yield from _near(asked, self._alike.get((True, length), ()), slips)
            if len(asked) >= COMMON_LETTERS:
                common = self._alike.get((False, length), ())
                near = _near(asked, common, 1)
                yield from ((word, slip) for word, slip in near if word[0] == asked[0])

    def _sounding_like(self, asked: str) -> Iterator[tuple[str, int]]:
        for word in self._sounding.get(nysiis(asked), ()):
            if OSA.normalized_similarity(asked, word) >= SOUND_LIKENESS:
                yield word, OSA.distance(asked, word)


class NameFinder:
    """Finds what else the words of a question may stand for in one store.

    ``aliases``: the names that mean the same, from ``names.toml``.
    """

    def __init__(self, store: Store, aliases: Sequence[Alias] = ()) -> None:
        self._store = store
        self._aliases = _by_name(aliases)
        names = sorted(self._aliases, key=lambda name: (-len(name), name))
        choice = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in names)
        pattern = rf"(?<!\w)(?:{choice})(?!\w)" if names else r"(?!)"
        self._names = re.compile(pattern, re.IGNORECASE)

    def with_variants(self, question: Question) -> Question:
        """``question`` with its variants; words in double quotes are searched as typed."""
        text = _AS_TYPED.sub(" ", question.text)
        found = (*self._other_names(text), *self._spellings(text))
        return replace(question, variants=tuple(dict.fromkeys(found)))

    def missing(self, question: Question) -> tuple[str, ...]:
        """The names in ``question`` whose last word, such as a surname, no reading has.

        Names are told by their capitals, so none begins the question, and one with a capital on
        every word has none. What is searched in another spelling is not missing.
        """
        behind = spellings(question.text)[1:]
        if len(behind) > 1 and all(word[0].isupper() for word in behind):
            return ()
        found = {folded(word) for variant in question.variants for word in spellings(variant.asked)}
        names = dict.fromkeys(match.group() for match in _NAME.finditer(question.text))
        return tuple(name for name in names if self._is_missing(name, found))

    def _is_missing(self, name: str, found: Collection[str]) -> bool:
        last = name.split()[-1]
        if not last[0].isupper() or len(last) < NAME_LETTERS or folded(last) in found:
            return False
        return last.casefold() not in FUNCTION_WORDS and not all(
            self._store.document_frequencies(content_terms(last))
        )

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(self._store.spellings())

    def _other_names(self, text: str) -> Iterator[Variant]:
        for match in self._names.finditer(text):
            asked = match.group()
            is_written = self._is_written(asked)
            for other in self._aliases.get(_plain(asked), ()):  # a rare capital folds otherwise
                if _plain(other) != _plain(asked) and self._is_written(other):
                    yield Variant(asked, other, is_written)

    def _spellings(self, text: str) -> Iterator[Variant]:
        words = dict.fromkeys(spellings(text))
        frequencies = self._store.document_frequencies([" ".join(terms(word)) for word in words])
        for word, frequency in zip(words, frequencies, strict=True):
            if frequency or word.casefold() in FUNCTION_WORDS:
                continue
            if found := self._vocabulary.meant_by(word):
                yield Variant(word, found)

    def _is_written(self, name: str) -> bool:
        return all(self._store.document_frequencies(content_terms(name)))


def _near(asked: str, words: Sequence[str], slips: int) -> Iterator[tuple[str, int]]:
    found = extract(asked, words, scorer=OSA.distance, score_cutoff=slips, limit=None)
    yield from ((word, int(slip)) for word, slip, _ in found)


def _words(written: Iterable[tuple[str, int]]) -> dict[str, Word]:
    """Folded word -> the word. A name is what stands with a capital more often than without."""
    spelled: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for word, passages in written:
        spelled[folded(word)].append((passages, word))
    words = {}
    for name, found in spelled.items():
        passages = sum(count for count, _ in found)
        capitals = sum(count for count, word in found if word[0].isupper())
        words[name] = Word(max(found)[1], passages, 2 * capitals > passages)
    return words


def _by_name(aliases: Sequence[Alias]) -> dict[str, tuple[str, ...]]:
    """Each name that may be asked for, without its article -> all that means the same."""
    found: dict[str, tuple[str, ...]] = {}
    for alias in aliases:
        for name in alias.names:
            found[_plain(name)] = (*found.get(_plain(name), ()), *alias.names, *alias.renderings)
    return found


def _plain(name: str) -> str:
    return " ".join(_ARTICLE.sub("", name).casefold().split())
