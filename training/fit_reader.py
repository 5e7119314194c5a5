"""What `collect.py` saw -> how the reader weighs the model and how sure it is: learned.json.

    python training/fit_reader.py RUN/signals.jsonl.gz [--out src/histqa/readers/learned.json]

Ranking: conditional logit over the sentences in sight (McFadden 1974), the similarity score as it
is, so that its weight is 1 and those of the model are on its scale. Confidence: logistic regression
with both outcomes weighing the same, near misses and own questions thrice. Half of the titles,
by hash, are held back once more, for the figures.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from sklearn.metrics import roc_auc_score

from histqa.kinds import kind_of
from histqa.readers.learned import squashed

REFUSED_SHARES = (0.02, 0.05, 0.08, 0.1)
TRAP_COUNT, OWN_COUNT = 3.0, 3.0
FEATURES = ("sentence", "span", "unread")


@dataclass(frozen=True, slots=True)
class Example:
    """One question: scores and features of its sentences, (S,) and (S, 3), which are right."""

    line: Mapping[str, Any]
    similarity: np.ndarray
    features: np.ndarray
    words: np.ndarray
    is_right: np.ndarray

    def scores(self, weights: np.ndarray) -> np.ndarray:
        """The score of each sentence."""
        return self.similarity + self.features @ weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("signals", type=Path)
    parser.add_argument("--out", type=Path, default=Path("src/histqa/readers/learned.json"))
    parser.add_argument("--reads", type=int, default=6, help="hits that the model reads")
    options = parser.parse_args()
    with gzip.open(options.signals, "rt", encoding="utf-8") as lines:
        examples = [example_of(json.loads(line), options.reads) for line in lines]
    fitted = [one for one in examples if not is_held_back(one)]
    back = [one for one in examples if is_held_back(one)]
    weights = fit_ranking(fitted).round(2)
    print(f"{len(fitted)} questions to fit, {len(back)} held back")
    for name, some in {
        "similarity alone": np.array([0.0, 0.0, 0.0]),
        "with sentences": np.array([weights[:2].sum(), 0.0, weights[2]]),
        "with spans": np.array([0.0, weights[:2].sum(), weights[2]]),
        "with both": weights,
    }.items():
        print_ranking(name, back, some)
    print_kinds(back, weights)
    confidence = fit_confidence(fitted, weights)
    print_confidence(fitted, back, weights, confidence)
    stored = {
        **dict(zip(FEATURES, weights.tolist(), strict=True)),
        "confidence": confidence,
    }
    options.out.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")


def example_of(line: Mapping[str, Any], reads: int) -> Example:
    """A line of the file as numbers; hits behind the first ``reads`` are unread."""
    rows = line["sentences"]
    is_read = [row[1] is not None and row[5] < reads for row in rows]
    features = [
        [squashed(row[1]), squashed(row[2]), 0.0] if known else [0.0, 0.0, 1.0]
        for row, known in zip(rows, is_read, strict=True)
    ]
    return Example(
        line,
        np.array([row[0] for row in rows]),
        np.array(features),
        np.array([row[3] for row in rows]),
        np.array([bool(row[4]) for row in rows]),
    )


def is_held_back(example: Example) -> bool:
    """Half of the titles, the same at every run; of the mixed corpus, half of the questions.

    Questions of one's own are all fitted: other sets of them are there for the figures.
    """
    if example.line["title"].startswith(example.line["source"]):
        return False
    key = (
        f"{example.line['title']}{example.line['question'] * (example.line['title'] == '(mixed)')}"
    )
    return hashlib.sha256(key.encode()).digest()[1] % 2 == 1


def fit_ranking(examples: Sequence[Example]) -> np.ndarray:
    """The weights, shape (3,), that make the right sentences most likely; scale is fitted too."""
    usable = [one for one in examples if one.is_right.any()]

    def loss(values: np.ndarray) -> float:
        total = 0.0
        for one in usable:
            scores = values[3] * one.scores(values[:3])
            total += np.logaddexp.reduce(scores) - np.logaddexp.reduce(scores[one.is_right])
        return total / len(usable)

    found = minimize(
        loss, np.array([0.5, 0.5, -0.5, 5.0]), method="Nelder-Mead", options={"maxiter": 400}
    )
    return np.asarray(found.x[:3])


def print_ranking(name: str, examples: Sequence[Example], weights: np.ndarray) -> None:
    """First sentence right, and right within 60 and 120 words."""
    found = np.array([ranking_of(one, weights) for one in examples if one.is_right.any()])
    missing = sum(not one.is_right.any() for one in examples if one.line["is_answerable"])
    share = len(found) / (len(found) + missing)
    print(
        "{}: first {:.3f}, 60 words {:.3f}, 120 words {:.3f}, {} questions".format(
            name, *(found.mean(axis=0) * share), len(found) + missing
        )
    )


def print_kinds(examples: Sequence[Example], weights: np.ndarray) -> None:
    """The same by kind of question."""
    kinds: dict[str, list[Example]] = {}
    for one in examples:
        if one.line["is_answerable"]:
            kinds.setdefault(kind_of(one.line["question"]), []).append(one)
    for kind, some in sorted(kinds.items()):
        if any(one.is_right.any() for one in some):
            print_ranking(f"  {kind}", some, weights)


def ranking_of(example: Example, weights: np.ndarray) -> tuple[float, float, float]:
    order = np.argsort(-example.scores(weights), kind="stable")
    right, read = example.is_right[order], np.cumsum(example.words[order])
    return (
        float(right[0]),
        float((right & (read <= 60)).any()),
        float((right & (read <= 120)).any()),
    )


def signals_of(example: Example, weights: np.ndarray) -> dict[str, float]:
    """As ``LearnedReader`` makes them."""
    rows = example.line["sentences"]
    said = np.array([not row[7] for row in rows])
    said |= not said.any()  # captions count only where there is nothing else
    is_read = example.features[:, 2] == 0
    first = int(np.argmax(np.where(said, example.scores(weights), -np.inf)))
    row = rows[first]
    odds = np.where((is_read & said)[:, None], example.features[:, :2], -1.0)
    return {
        **example.line["signals"],
        "sentence_odds": float(odds[:, 0].max()),
        "span_odds": float(odds[:, 1].max()),
        "first_sentence_odds": float(odds[first, 0]),
        "first_span_odds": float(odds[first, 1]),
        "holds": float(row[6]),
    }


def weight_of(example: Example) -> float:
    """How often an example counts: near misses, and questions as students word them, are few."""
    is_own = example.line["title"].startswith(example.line["source"])
    return (TRAP_COUNT if example.line["is_trap"] else 1.0) * (OWN_COUNT if is_own else 1.0)


def fit_confidence(examples: Sequence[Example], weights: np.ndarray) -> dict[str, Any]:
    """Weights and bias of the calibration: logistic regression with a ridge penalty.

    No weight is below 0: near misses are worded more like the text than real questions are, and
    without that bound an answer would be less sure because a name of the question was found.
    """
    values = [signals_of(one, weights) for one in examples]
    names = sorted(values[0])
    inputs = np.array([[one[name] for name in names] for one in values])
    outcomes = np.array([one.line["is_answerable"] for one in examples])
    counts = np.array([weight_of(one) for one in examples])
    for outcome in (True, False):
        counts[outcomes == outcome] *= len(examples) / 2 / counts[outcomes == outcome].sum()

    def loss(values: np.ndarray) -> float:
        scores = inputs @ values[:-1] + values[-1]
        return float(
            counts @ np.logaddexp(0, np.where(outcomes, -scores, scores))
            + values[:-1] @ values[:-1] / 2
        )

    found = minimize(
        loss,
        np.zeros(len(names) + 1),
        method="L-BFGS-B",
        bounds=[*[(0, None)] * len(names), (None, None)],
    )
    return {
        "weights": dict(zip(names, found.x[:-1].round(4).tolist(), strict=True)),
        "bias": round(float(found.x[-1]), 4),
    }


def print_confidence(
    fitted: Sequence[Example],
    back: Sequence[Example],
    weights: np.ndarray,
    confidence: Mapping[str, Any],
) -> None:
    """AUC on the held-back half, and the errors at thresholds that refuse a share of the other."""

    def sure(one: Example) -> float:
        values = signals_of(one, weights)
        total = sum(weight * values[name] for name, weight in confidence["weights"].items())
        return float(1 / (1 + np.exp(-total - confidence["bias"])))

    truth = np.array([one.line["is_answerable"] for one in back])
    scores = np.array([sure(one) for one in back])
    traps = np.array([one.line["is_trap"] for one in back])
    print(f"confidence, held back: AUC {roc_auc_score(truth, scores):.3f}", end="; ")
    print(
        f"against traps {roc_auc_score(truth[truth | traps], scores[truth | traps]):.3f}", end="; "
    )
    print(f"against absent {roc_auc_score(truth[~traps], scores[~traps]):.3f}")
    known = [one for one in fitted if one.line["is_answerable"]]
    counted = np.repeat([sure(one) for one in known], [int(weight_of(one)) for one in known])
    for share in REFUSED_SHARES:
        threshold = float(np.quantile(counted, share))
        print(
            f"  threshold {threshold:.3f} (refuses {share:.0%} where fitted): false refusals"
            f" {np.mean(scores[truth] < threshold):.3f}, false answers"
            f" {np.mean(scores[~truth] >= threshold):.3f}"
        )


if __name__ == "__main__":
    main()
