"""How well questions that lean on a conversation are understood, against people's rewritings.

    python benchmarks/followups.py FILE [--source canard_dev] [--part held] [--sample 300]
        [--json OUT] [--examples 20] [--set histqa.followups.antecedents.SURE=0.7]

FILE has JSON lines {"id", "source", "topic", "history", "question", "rewrite", "changed"}, plain or
gzipped; ``history`` has questions and answers in turn (only questions in QUESTIONS_ONLY). Questions
without a history are left out. ``--part held`` keeps the conversations that were held back from
fitting (training/fit_followups.py), ``fit`` the others.

decision   leaning: share of the questions that people rewrote which are rewritten (recall), and
           share of those rewritten which people rewrote too (precision)
stays      share left as they are: of questions that people left; of people's rewritings, asked at
           the same place; of people's rewritings from another conversation (a change of topic)
terms      content terms that are added, against those that people added: micro precision, recall,
           F1; "reach": the share of people's that stands anywhere in the history
text       ROUGE-L (F) of the rewriting, and share of rewritings equal but for case and marks
search     each answer, under the title and heading it is from, is one text of a pool, over which
           BM25 searches for the rewriting: reciprocal rank of the question's own answer
"""

from __future__ import annotations

import argparse
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from histqa.followups import build_followups
from histqa.text import FUNCTION_WORDS, WORD, terms
from histqa.types import Turn
from measuring import be_nice, change_constants, interval, read_lines, shown, table, write_json

QUESTIONS_ONLY = frozenset(("trec_cast_2019", "trec_cast_2020"))
UNKNOWN = "I don't know."
HELD_FIFTHS = 2
_STOP = frozenset(term for word in FUNCTION_WORDS for term in terms(word))

Way = Callable[[str, Sequence[Turn]], str]


@dataclass(frozen=True, slots=True)
class Case:
    """A question of a conversation; ``answer`` is "" where the file has none."""

    conversation: str
    title: str
    question: str
    rewrite: str
    changed: bool
    history: tuple[Turn, ...]
    answer: str


def cases(path: Path, source: str, part: str) -> list[Case]:
    """All questions of ``source`` (a beginning of its name) that have a history."""
    rows = [row for row in read_lines(path) if row["source"].startswith(source)]
    answers = {_key(row["history"][:-1], row): row["history"][-1] for row in rows if row["history"]}
    return [
        Case(
            conversation_of(row),
            ". ".join(row["topic"]) if isinstance(row["topic"], list) else "",
            row["question"],
            row["rewrite"],
            row["changed"],
            turns(row),
            "" if row["source"] in QUESTIONS_ONLY else answers.get(_asked(row), ""),
        )
        for row in rows
        if row["history"] and part in ("all", "held" if is_held(conversation_of(row)) else "fit")
    ]


def conversation_of(row: dict[str, Any]) -> str:
    return row["id"].replace("_", "-").rsplit("-", 1)[0]


def is_held(conversation: str) -> bool:
    """Whether a conversation is held back from fitting: two in five."""
    return int(sha256(conversation.encode()).hexdigest(), 16) % 5 < HELD_FIFTHS


def turns(row: dict[str, Any]) -> tuple[Turn, ...]:
    """The history of a row; what people could not answer is an unanswered turn."""
    history = row["history"]
    if row["source"] in QUESTIONS_ONLY:
        return tuple(Turn(question) for question in history)
    pairs = zip(history[::2], history[1::2], strict=False)
    return tuple(
        Turn(question, "" if answer == UNKNOWN else answer, answer != UNKNOWN)
        for question, answer in pairs
    )


def added(text: str, question: str) -> set[str]:
    """The content terms that ``text`` has and ``question`` has not."""
    return set(terms(text)) - set(terms(question)) - _STOP


def is_changed(text: str, question: str) -> bool:
    return _words(text) != _words(question)


def rouge_l(text: str, gold: str) -> float:
    """F of the longest common subsequence of words (Lin 2004)."""
    ours, theirs = _words(text), _words(gold)
    row = [0] * (len(theirs) + 1)
    for word in ours:
        before = 0
        for place, other in enumerate(theirs, 1):
            before, row[place] = (
                row[place],
                (before + 1 if word == other else max(row[place], row[place - 1])),
            )
    return 2 * row[-1] / (len(ours) + len(theirs)) if ours or theirs else 1.0


class Pool:
    """Texts over which BM25 (k1 1.2, b 0.75) searches."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = [Counter(terms(text)) for text in texts]
        self._lengths = np.array([count.total() for count in counts], dtype=float)
        self._postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, count in enumerate(counts):
            for term, often in count.items():
                self._postings[term].append((number, often))

    def reciprocal_rank(self, query: str, wanted: int) -> float:
        """1 / the place of text ``wanted`` (of equals, the last); 0 where it has no term."""
        scores = np.zeros(len(self._lengths))
        for term in sorted(set(terms(query)) - _STOP):
            found = self._postings.get(term)
            if found:
                numbers, often = np.array(found).T
                rarity = math.log(1 + (len(scores) - len(found) + 0.5) / (len(found) + 0.5))
                length = 0.25 + 0.75 * self._lengths[numbers] / self._lengths.mean()
                scores[numbers] += rarity * often * 2.2 / (often + 1.2 * length)
        return 1 / float(np.sum(scores >= scores[wanted])) if scores[wanted] > 0 else 0.0


def measured(way: Way, chosen: Sequence[Case]) -> dict[str, Any]:
    """Every figure of one way of understanding."""
    texts = [way(case.question, case.history) for case in chosen]
    return {
        **decision(texts, chosen),
        **staying(way, texts, chosen),
        **term_figures(texts, chosen),
        "ROUGE-L": interval([rouge_l(t, c.rewrite) for t, c in zip(texts, chosen, strict=True)]),
        "equal": interval(
            [not is_changed(t, c.rewrite) for t, c in zip(texts, chosen, strict=True)]
        ),
        **searching(texts, chosen),
    }


def decision(texts: Sequence[str], chosen: Sequence[Case]) -> dict[str, Any]:
    ours = np.array([is_changed(t, c.question) for t, c in zip(texts, chosen, strict=True)])
    gold = np.array([case.changed for case in chosen])
    return {"leaning: recall": interval(ours[gold]), "leaning: precision": interval(gold[ours])}


def staying(way: Way, texts: Sequence[str], chosen: Sequence[Case]) -> dict[str, Any]:
    pairs = zip(texts, chosen, strict=True)
    left = [not is_changed(text, case.question) for text, case in pairs if not case.changed]
    again = [not is_changed(way(c.rewrite, c.history), c.rewrite) for c in chosen]
    moved = [not is_changed(way(q, h), q) for q, h in topic_changes(chosen)]
    return {
        "stays: left by people": interval(left),
        "stays: rewritten": interval(again),
        "stays: new topic": interval(moved),
    }


def topic_changes(chosen: Sequence[Case]) -> list[tuple[str, tuple[Turn, ...]]]:
    """People's rewritings, each after the history of some other conversation.

    Those about "this article", the reading at hand, stand alone nowhere and are left out.
    """
    others = list(chosen)
    Random(0).shuffle(others)
    return [
        (case.rewrite, other.history)
        for case, other in zip(chosen, others, strict=True)
        if case.conversation != other.conversation and "article" not in case.rewrite
    ]


def term_figures(texts: Sequence[str], chosen: Sequence[Case]) -> dict[str, Any]:
    pairs = [
        (added(text, case.question), added(case.rewrite, case.question), _said(case))
        for text, case in zip(texts, chosen, strict=True)
    ]
    right = sum(len(ours & gold) for ours, gold, _ in pairs)
    ours_count = sum(len(ours) for ours, _, _ in pairs)
    gold_count = sum(len(gold) for _, gold, _ in pairs)
    return {
        "terms: precision": right / max(ours_count, 1),
        "terms: recall": right / max(gold_count, 1),
        "terms: F1": 2 * right / max(ours_count + gold_count, 1),
        "terms: reach": sum(len(gold & said) for _, gold, said in pairs) / max(gold_count, 1),
    }


def searching(texts: Sequence[str], chosen: Sequence[Case]) -> dict[str, Any]:
    known = [n for n, case in enumerate(chosen) if case.answer and case.answer != UNKNOWN]
    if not known:
        return {}
    pool = Pool([f"{chosen[n].title}. {chosen[n].answer}" for n in known])
    ranks = [pool.reciprocal_rank(texts[n], place) for place, n in enumerate(known)]
    return {
        "search: MRR": interval(ranks),
        "search: hit@5": interval([rank >= 0.2 for rank in ranks]),
    }


def as_asked(question: str, history: Sequence[Turn]) -> str:  # noqa: ARG001
    return question


def last_question(question: str, history: Sequence[Turn]) -> str:
    return f"{question} {history[-1].question}" if history else question


def whole_history(question: str, history: Sequence[Turn]) -> str:
    return " ".join([question, *(f"{turn.question} {turn.answer}" for turn in history)])


def ways() -> dict[str, Way]:
    return {
        "as asked": as_asked,
        "last question added": last_question,
        "all added": whole_history,
        "histqa": build_followups().standalone,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--source", default="canard_dev")
    parser.add_argument("--part", choices=("all", "fit", "held"), default="all")
    parser.add_argument("--sample", type=int, default=0, help="only so many questions; 0 for all")
    parser.add_argument("--way", action="append", default=[], help="only this one")
    parser.add_argument("--examples", type=int, default=0, help="rewritings to read")
    parser.add_argument("--set", action="append", default=[], metavar="MODULE.NAME=NUMBER")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    be_nice()
    change_constants(options.set)
    chosen = cases(options.file, options.source, options.part)
    if options.sample:
        chosen = Random(2).sample(chosen, min(options.sample, len(chosen)))
    asked = {name: way for name, way in ways().items() if not options.way or name in options.way}
    figures = {name: measured(way, chosen) for name, way in asked.items()}
    print(f"{options.source}, {options.part}: {len(chosen)} questions")
    names = list(next(iter(figures.values())))
    print(table([{"": n, **{way: _cell(figures[way][n]) for way in figures}} for n in names]))
    for case in Random(1).sample(chosen, min(options.examples, len(chosen))):
        understood = ways()["histqa"](case.question, case.history)
        print(f"\n{case.question}\n  {understood}\n  {case.rewrite}")
    write_json(figures, options.json)


def _cell(value: Any) -> str:
    return shown(value, 3) if isinstance(value, dict) else f"{value:.3f}"


def _asked(row: dict[str, Any]) -> tuple[str, ...]:
    return _key(row["history"], row, row["question"])


def _key(history: Iterable[str], row: dict[str, Any], *more: str) -> tuple[str, ...]:
    return (conversation_of(row), *history, *more)


def _said(case: Case) -> set[str]:
    said = whole_history("", case.history)
    return set(terms(said))


def _words(text: str) -> list[str]:
    return [word.casefold() for word in WORD.findall(text)]


if __name__ == "__main__":
    main()
