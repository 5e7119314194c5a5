"""Rows -> what one pass of training sees, as token ids."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from data import Row
from tokenizers import Tokenizer

# How often a row of a source is seen in one pass. Reviews and forum comments are far from
# readings, nq_swap has invented names, and fairy tales have most of the "why". Questions written
# over history readings are few, and the only ones like what students ask.
SOURCE_SHARES = {
    "asked": 12.0,
    "squadshifts_reddit": 0.2,
    "squadshifts_amazon_reviews": 0.1,
    "nq_swap": 0.3,
    "synthneg": 0.8,
    "nqg_squad_test": 0.5,
    "boolq_val": 0.6,
}
WHY_REPEATS = 2
ANSWERED_REPEATS = 3
"""So often as the others are rows of our own questions seen that have an answer; of five passages
that are found for such a question four have none."""
WHY = re.compile(r"^why\b", re.IGNORECASE)
OTHER_WHYS = ("for what reason", "how come", "what is the reason why", "what made it that")
UNTITLED_SHARE, REWORDED_SHARE = 0.3, 0.15


@dataclass(frozen=True, slots=True)
class Encoded:
    """A row as the model sees it; positions are those of tokens.

    ``sentence_of``: for each token the number of its sentence, -1 outside the passage.
    ``answers``: first and last token of each; ``starts`` and ``ends`` are where one may lie.
    """

    ids: np.ndarray
    passage_from: int
    sentence_of: np.ndarray
    answers: tuple[tuple[int, int], ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    right: tuple[int, ...]


def one_pass(rows: Sequence[Row], sampler: random.Random) -> list[Row]:
    """What one epoch sees: rows by the share of their source, "why" more than once, reworded."""
    chosen = []
    for row in rows:
        share = next(
            (value for key, value in SOURCE_SHARES.items() if row.source.endswith(key)), 1.0
        )
        is_why = bool(WHY.match(row.question))
        times = share * (WHY_REPEATS if is_why else 1)
        times *= ANSWERED_REPEATS if row.source == "asked" and row.right else 1
        chosen += [_varied(row, is_why, sampler) for _ in range(int(times + sampler.random()))]
    sampler.shuffle(chosen)
    return chosen


def _varied(row: Row, is_why: bool, sampler: random.Random) -> Row:
    question = row.question
    if is_why and sampler.random() < 2 * REWORDED_SHARE:
        question = WHY.sub(sampler.choice(OTHER_WHYS), question)
    if sampler.random() < REWORDED_SHARE:
        question = question.rstrip("?").replace("'", "")
    title = "" if sampler.random() < UNTITLED_SHARE else row.title
    return replace(row, question=question, title=title)


def encode(
    rows: Sequence[Row], tokenizer: Tokenizer, length: int, sampler: random.Random
) -> list[Encoded]:
    """Rows as token ids, at most ``length`` each: a longer context is cut to whole sentences."""
    questions = tokenizer.encode_batch([row.question for row in rows], add_special_tokens=False)
    leads = tokenizer.encode_batch(
        [f"{row.title}." if row.title else "" for row in rows], add_special_tokens=False
    )
    contexts = tokenizer.encode_batch([row.context for row in rows], add_special_tokens=False)
    begin, end = tokenizer.encode("").ids
    return [
        _encoded(row, question.ids[:48], lead.ids[:16], context, begin, end, length, sampler)
        for row, question, lead, context in zip(rows, questions, leads, contexts, strict=True)
    ]


def _encoded(
    row: Row,
    question: list[int],
    lead: list[int],
    context: Any,
    begin: int,
    end: int,
    length: int,
    sampler: random.Random,
) -> Encoded:
    offsets = np.array(context.offsets, dtype=np.int64).reshape(-1, 2)
    numbers = np.full(len(offsets), -1)
    for number, (start, stop) in enumerate(row.sentences):
        numbers[(offsets[:, 0] >= start) & (offsets[:, 0] < stop)] = number
    room = length - 3 - len(question) - len(lead)
    first, last = _window(numbers, row.right, room, sampler)
    head = [begin, *question, end, *lead]
    shift = len(head) - first
    answers = set()
    for start, stop in row.answers:
        inside = np.flatnonzero((offsets[:, 1] > start) & (offsets[:, 0] < stop))
        if len(inside) and first <= inside[0] and inside[-1] < last:
            answers.add((int(inside[0]) + shift, int(inside[-1]) + shift))
    starts, ends = {first for first, _ in answers}, {last for _, last in answers}
    sentence_of = np.concatenate([np.full(len(head), -1), numbers[first:last], [-1]])
    right = tuple(number for number in row.right if (sentence_of == number).any())
    if not row.answers and right:
        inside = np.flatnonzero(np.isin(sentence_of, right))
        starts, ends = set(inside.tolist()), set(inside.tolist())
    return Encoded(
        np.array([*head, *context.ids[first:last], end], dtype=np.int32),
        len(question) + 2,
        sentence_of.astype(np.int16),
        tuple(sorted(answers)),
        tuple(sorted(starts)),
        tuple(sorted(ends)),
        right if starts else (),
    )


def _window(
    numbers: np.ndarray, right: Sequence[int], room: int, sampler: random.Random
) -> tuple[int, int]:
    """The tokens to keep: all, or whole sentences around a right one, by chance before or after."""
    count = len(numbers)
    if count <= room:
        return 0, count
    kept = np.flatnonzero(numbers == sampler.choice(right)) if right else np.array([], dtype=int)
    least, most = (int(kept[0]), int(kept[-1]) + 1) if len(kept) else (0, 0)
    if not len(kept):
        least = most = sampler.randrange(count)
    spare = max(0, room - (most - least))
    first = max(0, min(least - sampler.randint(0, spare), count - room))
    begins = np.flatnonzero(np.diff(numbers, prepend=-2) != 0)
    begins = begins[(begins >= first) & (begins <= least)]
    first = int(begins[0]) if len(begins) else least
    return first, min(count, first + room)
