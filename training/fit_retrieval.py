"""Questions over folders of readings -> the shares of a hit's score that put right passages first.

    python training/fit_retrieval.py --asked QUESTIONS.jsonl FOLDER [--asked ...]
        [--judged QUESTIONS.jsonl FOLDER ...] [--shares .5 0 .25 .25]

Of each question every passage in sight (the first 40 as ``histqa.retrieval`` has them) is four
numbers (fused score, cosine of the passage, cosine of its best sentence, share of the question's
rare words) and whether it holds gold. The shares make the passages with gold most likely, all alike
(ListNet; Cao et al. 2007); the bonus of a time is not fitted and counts in the figures. Prints
them, made to add up to 1, and the share of gold groups in the first 6 and 10 hits with them, with
those of ``histqa.retrieval`` and with ``--shares``, for ``--asked`` and for each of ``--judged``,
which is not fitted on. Follow-up questions are left out.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from corpora import folded
from scipy.optimize import minimize

from histqa import retrieval
from histqa.assistant import Assistant
from histqa.rarity import coverage, renderings_of, term_weights
from histqa.settings import Settings
from histqa.stages import Store
from histqa.stores.sqlite.store import open_store
from histqa.text import content_terms, terms
from histqa.types import Hit, Question

IN_SIGHT = 40
"""Passages of a question that are put in order."""
RIDGE = 1e-3
"""What a squared weight costs, beside the loss of one question."""
FIRST = (6, 10)
"""How many hits are looked at for the figures."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's passages: ``features``, shape (passages, 4); ``bonus``, that of the time, shape
    (passages,); ``held``: which of the question's ``groups`` stand in each.
    """

    features: np.ndarray
    bonus: np.ndarray
    held: tuple[frozenset[int], ...]
    groups: int

    def found(self, shares: np.ndarray, count: int) -> float:
        """The share of the groups in the first ``count`` passages."""
        order = np.argsort(-self.features @ shares - self.bonus, kind="stable")[:count]
        return len(frozenset().union(*(self.held[place] for place in order))) / self.groups


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name in ("--asked", "--judged"):
        parser.add_argument(
            name, nargs=2, action="append", default=[], metavar=("FILE", "CORPUS"), type=Path
        )
    parser.add_argument("--shares", type=float, nargs=4, default=[], help="others to compare")
    options = parser.parse_args()
    fitted = [one for path, folder in options.asked for one in asked_of(path, folder)]
    if not fitted:
        parser.error("no question to fit on: give --asked QUESTIONS.jsonl FOLDER")
    ways = {"shipped": shipped(), "given": np.array(options.shares), "fitted": fit(fitted)}
    print("fitted shares (fused, dense, sentence, coverage):", ways["fitted"].round(3).tolist())
    sets = {"fitted on": fitted} | {
        path.stem: list(asked_of(path, folder)) for path, folder in options.judged
    }
    for name, questions in sets.items():
        for way, shares in ways.items():
            if len(shares):
                found = ", ".join(
                    f"{np.mean([one.found(shares, count) for one in questions]):.3f} in {count}"
                    for count in FIRST
                )
                print(f"{name} ({len(questions)}), {way}: {found}")


def asked_of(path: Path, corpus: Path) -> Iterator[Asked]:
    """The answerable questions of a file that are whole by themselves, asked of a folder."""
    settings = Settings(reader="none", hits=IN_SIGHT)
    with (
        tempfile.TemporaryDirectory() as folder,
        Assistant.build(corpus, folder, settings=settings) as assistant,
        open_store(Path(folder)) as store,
    ):
        for text in path.read_text(encoding="utf-8").splitlines():
            line = json.loads(text)
            if line["answerable"] and not line["history"]:
                trace = assistant.trace(line["question"])
                yield Asked(
                    features_of(trace.asked, trace.hits, store),
                    np.array([hit.bonus for hit in trace.hits]),
                    tuple(held_in(hit.passage.text, line["groups"]) for hit in trace.hits),
                    len(line["groups"]),
                )


def features_of(question: Question, hits: Sequence[Hit], store: Store) -> np.ndarray:
    """Shape (hits, 4). The fused score is what the other three parts leave of a hit's score."""
    renderings = renderings_of(question.variants)
    rarity = term_weights(content_terms(question.text), store, renderings)
    rows = []
    for hit in hits:
        covered = coverage(terms(hit.passage.searched_text), rarity, renderings)
        known = [retrieval.nearness(hit.dense), retrieval.nearness(*hit.sentence_dense), covered]
        rest = float(np.dot(known, shipped()[1:]))
        rows.append([(hit.score - rest) / retrieval.FUSED_SHARE, *known])
    return np.array(rows).reshape(-1, 4)


def held_in(text: str, groups: Sequence[Sequence[str]]) -> frozenset[int]:
    """The numbers of the groups of which ``text`` has one."""
    passage = folded(text)
    return frozenset(
        number
        for number, group in enumerate(groups)
        if any(folded(gold) in passage for gold in group)
    )


def shipped() -> np.ndarray:
    """The shares of ``histqa.retrieval``, shape (4,)."""
    return np.array(
        [
            retrieval.FUSED_SHARE,
            retrieval.DENSE_SHARE,
            retrieval.SENTENCE_SHARE,
            retrieval.COVERAGE_SHARE,
        ]
    )


def fit(questions: Sequence[Asked]) -> np.ndarray:
    """The shares, shape (4,), that add up to 1."""
    usable = [
        (one.features, np.array([bool(held) for held in one.held]))
        for one in questions
        if any(one.held)
    ]

    def loss(weights: np.ndarray) -> float:
        total = 0.0
        for features, is_right in usable:
            scores = features @ weights
            total += np.logaddexp.reduce(scores) - scores[is_right].mean()
        return total / len(usable) + RIDGE * float(weights @ weights)

    found = minimize(loss, np.ones(4), method="L-BFGS-B", bounds=[(0, None)] * 4)
    return np.asarray(found.x / found.x.sum())


if __name__ == "__main__":
    main()
