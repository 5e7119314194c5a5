"""Training files -> examples as token ids, with the held-back articles kept out of training."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from histqa.text import FUNCTION_WORDS, content_terms, sentences

HELD_BACK_SHARE = 0.15
LEAKED_WORDS = 8
"""A sentence of so many words that also stands in a held-back article gives a row away."""

# How often a row of a source is seen in one pass. Reviews and forum comments are far from
# readings, nq_swap has invented names, and fairy tales have most of the "why".
SOURCE_SHARES = {
    "squadshifts_reddit": 0.2,
    "squadshifts_amazon_reviews": 0.1,
    "nq_swap": 0.3,
    "synthneg": 0.8,
    "nqg_squad_test": 0.5,
    "boolq_val": 0.6,
}
WHY_REPEATS = 2
WHY = re.compile(r"^why\b", re.IGNORECASE)
OTHER_WHYS = ("for what reason", "how come", "what is the reason why", "what made it that")
ARTICLE_CONTEXTS = (4, 400)
"""So many contexts of one title are an article; more are a collection of comments."""
UNTITLED_SHARE, REWORDED_SHARE = 0.3, 0.15


@dataclass(frozen=True, slots=True)
class Row:
    """A question with a passage: where answers start and end, and which sentences hold one.

    ``sentences`` are (start, end) character offsets. No answer, and no right sentence: it is not
    there. ``answers`` is empty for rows that only know the sentence.
    """

    row_id: str
    source: str
    title: str
    question: str
    context: str
    answers: tuple[tuple[int, int], ...]
    sentences: tuple[tuple[int, int], ...]
    right: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Encoded:
    """A row as the model sees it; positions are those of tokens.

    ``sentence_of``: for each token the number of its sentence, -1 outside the passage.
    """

    ids: np.ndarray
    passage_from: int
    sentence_of: np.ndarray
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    right: tuple[int, ...]


def read_rows(paths: Sequence[Path]) -> list[Row]:
    """All rows of span-form and sentence-form files; broken ones are left out."""
    return [row for path in paths for line in _lines(path) for row in _rows_of(line)]


def _lines(path: Path) -> Iterator[Any]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _rows_of(line: Mapping[str, Any]) -> Iterator[Row]:
    if "sentences" in line:
        if line["source"] != "qed_nq_train":  # its rows are in span form, too
            yield _sentence_row(line)
        return
    if "answers" not in line:
        yield _yes_no_row(line)
        return
    context = line["context"]
    spans = tuple(sentence_spans(context))
    answers = tuple(
        sorted({(one["start"], one["start"] + len(one["text"])) for one in line["answers"]})
    )
    right = tuple(
        number
        for number, (start, end) in enumerate(spans)
        if any(start < answer_end and answer_start < end for answer_start, answer_end in answers)
    )
    if spans and bool(right) == (not line["is_impossible"]):
        yield Row(
            line["id"],
            line["source"],
            line.get("title") or "",
            line["question"],
            context,
            answers,
            spans,
            right,
        )


def _sentence_row(line: Mapping[str, Any]) -> Row:
    spans, end = [], 0
    for sentence in line["sentences"]:
        spans.append((end, end + len(sentence)))
        end += len(sentence) + 1
    right = tuple(number for number, label in enumerate(line["labels"]) if label)
    context = " ".join(line["sentences"])
    return Row(
        line["id"],
        line["source"],
        line.get("title") or "",
        line["question"],
        context,
        (),
        tuple(spans),
        right,
    )


def _yes_no_row(line: Mapping[str, Any]) -> Row:
    """A question of yes or no: that the passage decides it is known, where it does is not."""
    spans = tuple(sentence_spans(line["context"]))
    return Row(
        line["id"],
        line["source"],
        line["title"],
        line["question"],
        line["context"],
        (),
        spans,
        tuple(range(len(spans))),
    )


def sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    """The sentences of a text whose paragraphs end with a line."""
    start = 0
    for paragraph in text.split("\n"):
        for span in sentences(paragraph):
            yield start + span.start, start + span.end
        start += len(paragraph) + 1


def is_held_back(article: str) -> bool:
    """Whether an article is kept for the figures; the same at every run. Untitled: never."""
    return (
        bool(article)
        and hashlib.sha256(f"held back {article}".encode()).digest()[0] < 256 * HELD_BACK_SHARE
    )


def divided(rows: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """(to train on, held back) by whole article; what leaks from one to the other is dropped."""
    rows = list(rows)
    back = [row for row in rows if is_held_back(row.title)]
    secret = {key for row in back for key in _long_sentences(row)}
    asked = {_folded(row.question) for row in back}
    train = [
        row
        for row in rows
        if not is_held_back(row.title)
        and _folded(row.question) not in asked
        and secret.isdisjoint(_long_sentences(row))
    ]
    return train, back


def _long_sentences(row: Row) -> Iterator[str]:
    for start, end in row.sentences:
        words = _folded(row.context[start:end])
        if words.count(" ") >= LEAKED_WORDS - 1:
            yield words


def _folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


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
        texts = {_folded(row.context[start:end]) for start, end in row.answers}
        asked = set(content_terms(row.question))
        others = [
            (len(asked & terms[context]) - len(terms[context]) / 1000, context)
            for context in contexts[row.title]
            if context != row.context and not any(text in _folded(context) for text in texts)
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


def one_pass(rows: Sequence[Row], sampler: random.Random) -> list[Row]:
    """What one epoch sees: rows by the share of their source, "why" more than once, reworded."""
    chosen = []
    for row in rows:
        share = next(
            (value for key, value in SOURCE_SHARES.items() if row.source.endswith(key)), 1.0
        )
        is_why = bool(WHY.match(row.question))
        chosen += [
            _varied(row, is_why, sampler)
            for _ in range(WHY_REPEATS if is_why else 1)
            if sampler.random() < share
        ]
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
    begin, end = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
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
    starts, ends = set(), set()
    for start, stop in row.answers:
        inside = np.flatnonzero((offsets[:, 1] > start) & (offsets[:, 0] < stop))
        if len(inside) and first <= inside[0] and inside[-1] < last:
            starts.add(int(inside[0]) + shift)
            ends.add(int(inside[-1]) + shift)
    sentence_of = np.concatenate([np.full(len(head), -1), numbers[first:last], [-1]])
    right = tuple(number for number in row.right if (sentence_of == number).any())
    if not row.answers and right:
        inside = np.flatnonzero(np.isin(sentence_of, right))
        starts, ends = set(inside.tolist()), set(inside.tolist())
    return Encoded(
        np.array([*head, *context.ids[first:last], end], dtype=np.int32),
        len(question) + 2,
        sentence_of.astype(np.int16),
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
