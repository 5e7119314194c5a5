"""Plain text -> sentences as spans, and the terms that words are compared by."""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import lru_cache

import sentencex
import snowballstemmer

from histqa.types import Span

_DIGIT_GROUPS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_MAY_COMBINE = re.compile("[^\x00-\u02ff]")  # no mark below combines; most letters are below
_TERM = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s?$")
WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
"""A word as written: "Austro-Hungarian", "Japan's", "St" are one each."""
_stemmer = snowballstemmer.stemmer("english")
_stemming = threading.Lock()  # the stemmer keeps the word that it works on in itself

FUNCTION_WORDS = frozenset(
    "a about after again all also am an and any are as at be because been before being between both"
    " but by can could did do does doing done during each few for from further had has have having"
    " he her here hers him his how i if in into is it its itself just me more most my no nor not of"
    " off on once only or other our out over own same she should so some such than that the their"
    " theirs them themselves then there these they this those through to too under until up upon"
    " us very was we were what when where which while who whom whose why will with would you your"
    " tell explain describe name list give according"
    # As they are typed in haste; with an apostrophe, they are looked up without it.
    " arent cant couldnt didnt doesnt dont hadnt hasnt havent isnt shouldnt wasnt werent wont"
    " wouldnt hows thats theres whats whens wheres whos whys".split()
)


def terms(text: str) -> tuple[str, ...]:
    """The words of ``text`` in order, as they are compared: lower case, no accents, stemmed.

    "72,000" is one term; possessives and other endings go (Snowball English, "Porter2").
    """
    return tuple(_stem(word) for word in _TERM.findall(folded(_DIGIT_GROUPS.sub("", text))))


def folded(text: str) -> str:
    """``text`` in lower case and without accents."""
    return _MAY_COMBINE.sub(_unless_combining, unicodedata.normalize("NFKD", text).casefold())


def spellings(text: str) -> tuple[str, ...]:
    """The words of letters in ``text`` in order, as written, each of them one term.

    "Austro-Hungarian" is two, and a possessive is none: "Kolchak's" is "Kolchak".
    """
    words = (_POSSESSIVE.sub("", word) for word in _TERM.findall(text))
    return tuple(word for word in words if word.replace("’", "").replace("'", "").isalpha())


def content_terms(text: str) -> tuple[str, ...]:
    """The distinct terms of ``text`` that carry meaning, or all of them where none does."""
    every = tuple(dict.fromkeys(terms(text)))
    return tuple(term for term in every if term not in _functional_terms()) or every


def carries_meaning(text: str) -> bool:
    """Whether ``text`` has a term that not any question may have."""
    return not _functional_terms().issuperset(terms(text))


@lru_cache(maxsize=1)
def _functional_terms() -> frozenset[str]:
    return frozenset(_stem(word) for word in FUNCTION_WORDS)


def _unless_combining(found: re.Match[str]) -> str:
    return "" if unicodedata.combining(found.group()) else found.group()


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    with _stemming:
        return str(_stemmer.stemWord(word.replace("’", "'"))).replace("'", "")


def names_of(question: str) -> tuple[str, ...]:
    """The capitalised words of ``question``, not counting a first word that any question has."""
    words = WORD.findall(question)
    return tuple(
        word for word in words if word[0].isupper() and word.casefold() not in FUNCTION_WORDS
    )


# Abbreviations after which sentencex ends a sentence although history prose goes on.
_GOES_ON = re.compile(
    r"(?:\b(?:vols?|approx|ca?|ch|chap|ed|eds|fig|no|nos|pp?|para|sec|trans|cf|viz|ibid|Gen|Col|Lt|"
    r"Capt|Maj|Sgt|Adm|Gov|Sen|Rep|Rev|Hon|St|Mt|Ft|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec|U\.S|"
    r"[A-Z])|\b[IVX]+)\.$"
)
_STARTS_LOW = re.compile(r"[a-z0-9(\[,;:]")
_LONGEST_ABBREVIATION = 30  # characters: more than any abbreviation or number of a ruler has


def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of one paragraph as spans without surrounding blanks, in order.

    Boundaries are those of sentencex; a split after an abbreviation or a ruler's number
    ("Louis XIV. was") is undone where the next piece does not begin a sentence.
    """
    spans: list[Span] = []
    for boundary in sentencex.get_sentence_boundaries("en", text):
        piece = text[boundary["start_index"] : boundary["end_index"]]
        start = boundary["start_index"] + len(piece) - len(piece.lstrip())
        end = start + len(piece.strip())
        if not text[start:end].strip(". "):  # blanks, or a full stop that stands alone
            continue
        if spans and _belongs_together(_end_of(spans[-1], text), text[start:end]):
            spans[-1] = Span(spans[-1].start, end)
        else:
            spans.append(Span(start, end))
    return tuple(spans)


def _end_of(span: Span, text: str) -> str:
    """All that decides; a sentence grown of thousands of pieces would be read at each of them."""
    return text[max(span.start, span.end - _LONGEST_ABBREVIATION) : span.end]


def _belongs_together(before: str, after: str) -> bool:
    if not any(mark.isalnum() for mark in after):
        return True
    return bool(_GOES_ON.search(before) and _STARTS_LOW.match(after))
