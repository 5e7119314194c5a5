"""Rows with an answer -> rows without one that look as if they had: near misses."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from data import Row, folded

from histqa.text import FUNCTION_WORDS, content_terms

ARTICLE_CONTEXTS = (4, 400)
"""So many contexts of one title are an article; more are a collection of comments."""


def article_negatives(rows: Sequence[Row], count: int, sampler: random.Random) -> list[Row]:
    """Questions with the paragraph of the same article that shares most words but no answer."""
    contexts: dict[str, dict[str, Row]] = {}
    for row in rows:
        if row.title and row.answers:
            contexts.setdefault(row.title, {}).setdefault(row.context, row)
    rich = [
        row
        for row in rows
        if row.answers
        and ARTICLE_CONTEXTS[0] <= len(contexts.get(row.title, ())) < ARTICLE_CONTEXTS[1]
    ]
    terms = {
        context: frozenset(content_terms(context))
        for title in {row.title for row in rich}
        for context in contexts[title]
    }
    negatives = []
    for row in sampler.sample(rich, min(count, len(rich))):
        texts = {folded(row.context[start:end]) for start, end in row.answers}
        asked = set(content_terms(row.question))
        others = [
            (len(asked & terms[context]) - len(terms[context]) / 1000, context)
            for context in contexts[row.title]
            if context != row.context and not any(text in folded(context) for text in texts)
        ]
        if others:
            other = contexts[row.title][max(others)[1]]
            negatives.append(_without_answer(other, row, "article"))
    return negatives


def foreign_negatives(rows: Sequence[Row], source: str, sampler: random.Random) -> list[Row]:
    """Every other question of ``source`` with the passage, of 200, that shares most words."""
    own = [row for row in rows if row.source == source]
    terms = [frozenset(content_terms(row.context)) for row in own]
    negatives = []
    for row in own[::2]:
        asked = set(content_terms(row.question))
        others = sampler.sample(range(len(own)), min(200, len(own)))
        other = own[max(others, key=lambda n: (own[n].title != row.title, len(asked & terms[n])))]
        if other.title != row.title:
            negatives.append(_without_answer(other, row, "foreign"))
    return negatives


def swapped_negatives(rows: Sequence[Row], count: int, sampler: random.Random) -> list[Row]:
    """Near misses: a name or year of the question is exchanged for another one of the passage.

    "When did Japan annex Korea?" becomes "When did Russia annex Korea?", over the same text.
    The other name must not stand in the sentence that answers.
    """
    usable = [row for row in rows if row.answers and _NAME.search(row.question[1:])]
    negatives: list[Row] = []
    for row in sampler.sample(usable, len(usable)):
        if len(negatives) >= count:
            break
        question = _swapped(row, sampler)
        if question:
            negatives.append(_without_answer(row, replace(row, question=question), "swapped"))
    return negatives


_NAME = re.compile(r"\b(?:[A-Z][\w’'-]+(?: (?:of |the )?[A-Z][\w’'-]+)*|1\d{3}|20\d\d)\b")


_PREPOSITIONS = frozenset("at by for from in into of on over the to under with".split())


def _swapped(row: Row, sampler: random.Random) -> str:
    """The question with another name that stands after the same word; "" where there is none."""
    answers = " ".join(row.context[slice(*row.sentences[number])] for number in row.right)
    inside = [
        found
        for found in _NAME.finditer(row.question)
        if found.start() > 0 and found.group() in row.context
    ]
    if not inside:
        return ""
    old = sampler.choice(inside)
    others = sorted(
        {
            found.group()
            for found in _NAME.finditer(row.context)
            if found.group()[0].isdigit() == old.group()[0].isdigit()
            and _before(found) == _before(old)
            and found.group().casefold() not in FUNCTION_WORDS
            and found.group() not in answers
            and found.group() not in row.question
        }
    )
    if not others:
        return ""
    return row.question[: old.start()] + sampler.choice(others) + row.question[old.end() :]


def _before(found: re.Match[str]) -> str:
    words = found.string[max(0, found.start() - 20) : found.start()].split()
    return words[-1] if words and words[-1] in _PREPOSITIONS else ""


def _without_answer(passage: Row, asked: Row, kind: str) -> Row:
    return replace(
        passage,
        row_id=f"{asked.row_id}-{kind}",
        source=f"{kind}_negatives",
        question=asked.question,
        answers=(),
        right=(),
    )
