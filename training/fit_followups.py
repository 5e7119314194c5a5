"""Fits what pronouns are taken to stand for: follow-up lines in -> antecedents.json out.

    python training/fit_followups.py LINES.jsonl.gz [--source canard_dev] [--rounds 1]
        [--out src/histqa/followups/antecedents.json]

LINES as benchmarks/followups.py reads them. For every word that points back, the entities of the
conversation so far are the candidates; right are those that share most terms with what people put
in its place. The conversation is understood with the weights of the round before,
at first those that are there. Conversations
held back by benchmarks/followups.py are left out of fitting; the figures are theirs.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from histqa.followups import antecedents
from histqa.followups.clauses import clause
from histqa.followups.context import Context, features
from histqa.followups.phrases import question_phrases
from histqa.followups.pointers import pointers
from histqa.followups.standalone import learn
from histqa.followups.words import tokens
from histqa.text import FUNCTION_WORDS, terms

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
from followups import Case, cases

LEAST_OVERLAP = 0.5
STRENGTH = 0.3
_STOP = frozenset(term for word in FUNCTION_WORDS for term in terms(word))


@dataclass(frozen=True, slots=True)
class Choice:
    """One word that points back: each candidate's features, and whether it is right."""

    weights: str
    candidates: tuple[dict[str, float], ...]
    right: tuple[bool, ...]


def choices(chosen: Sequence[Case]) -> Iterator[Choice]:
    """What there was to choose in each question that people rewrote."""
    for case in chosen:
        context, last = Context(), ""
        for turn in case.history:
            last = learn(context, turn, last)
        yield from _choices_of(case, context)


def _choices_of(case: Case, context: Context) -> Iterator[Choice]:
    parts = clause(case.question)
    seen = set()
    if case.changed and not pointers(parts, question_phrases(case.question)):
        yield _topic_choice(case, context)
    for pointer in pointers(parts, question_phrases(case.question)):
        gold = replaced_by(parts.text, clause(case.rewrite).text, pointer.start, pointer.end)
        if pointer.kind in seen or not gold:
            continue
        seen.add(pointer.kind)
        yield _choice(pointer.kind, pointer.noun, context, gold)


def _topic_choice(case: Case, context: Context) -> Choice:
    gold = set(terms(case.rewrite)) - set(terms(case.question)) - _STOP
    return _choice("topic", "", context, gold)


def _choice(kind: str, noun: str, context: Context, gold: set[str]) -> Choice:
    entities = [one for one in context.entities if antecedents.can_be(one, kind)]
    overlaps = [overlap(set(one.phrase.terms) - _STOP, gold) for one in entities]
    least = max(LEAST_OVERLAP, max(overlaps, default=0.0))
    return Choice(
        antecedents.weights_of(kind, noun),
        tuple(dict(features(one, kind, turn=context.turn, noun=noun)) for one in entities),
        tuple(value >= least for value in overlaps),
    )


def replaced_by(question: str, rewrite: str, start: int, end: int) -> set[str]:
    """The content terms that stand in ``rewrite`` in place of ``question[start:end]``."""
    ours, theirs = tokens(question), tokens(rewrite)
    matcher = SequenceMatcher(None, [o.low for o in ours], [t.low for t in theirs], autojunk=False)
    found: list[str] = []
    for kind, first, last, left, right in matcher.get_opcodes():
        if kind == "replace" and ours[first].start < end and ours[last - 1].end > start:
            found += [token.text for token in theirs[left:right]]
    return set(terms(" ".join(found))) - _STOP


def overlap(some: set[str], others: set[str]) -> float:
    """F1 of two sets of terms."""
    return 2 * len(some & others) / max(len(some) + len(others), 1)


def fitted(made: Sequence[Choice]) -> dict[str, dict[str, float]]:
    """Weights for each kind: what all kinds share, and what is of the kind alone."""
    rows, right = [], []
    for choice in made:
        for values, is_right in zip(choice.candidates, choice.right, strict=True):
            own = {f"{choice.weights}|{name}": value for name, value in values.items()}
            rows.append({f"|{name}": value for name, value in values.items()} | own)
            right.append(is_right)
    vectorizer = DictVectorizer()
    model = LogisticRegression(C=STRENGTH, max_iter=2000, fit_intercept=False)
    model.fit(vectorizer.fit_transform(rows), right)
    weights = dict(zip(vectorizer.feature_names_, model.coef_[0], strict=True))
    shared = {name[1:]: value for name, value in weights.items() if name.startswith("|")}
    return {
        kind: {n: round(v + weights.get(f"{kind}|{n}", 0.0), 3) for n, v in sorted(shared.items())}
        for kind in sorted({choice.weights for choice in made})
    }


def report(made: Sequence[Choice], weights: Mapping[str, Mapping[str, float]]) -> None:
    """For each kind: how many, reachable, first right; and how right by probability."""
    by_kind = defaultdict(list)
    for choice in made:
        by_kind[choice.weights].append(choice)
    for kind, some in sorted(by_kind.items()):
        sure = sorted((best(choice, weights[kind]) for choice in some), reverse=True)
        reach = np.mean([any(choice.right) for choice in some])
        print(f"{kind}: {len(some)}, reachable {reach:.2f}, right {np.mean(sure, axis=0)[2]:.2f}")
        for fifth in np.array_split(np.array(sure), 5):
            if len(fifth):
                least, share, right = fifth[-1][0], fifth[:, 1].mean(), fifth[:, 2].mean()
                print(f"   p >= {least:.2f} share {share:.2f}: right {right:.2f}")


def best(choice: Choice, weights: Mapping[str, float]) -> tuple[float, float, bool]:
    """Probability of the likeliest candidate, its share of all probability, whether it is right."""
    if not choice.candidates:
        return 0.0, 0.0, False
    scores = [sum(weights.get(n, 0.0) * v for n, v in one.items()) for one in choice.candidates]
    probabilities = 1 / (1 + np.exp(-np.array(scores)))
    place = int(np.argmax(probabilities))
    value = float(probabilities[place])
    return value, value / float(probabilities.sum()), choice.right[place]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--source", default="canard_dev")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument(
        "--out", type=Path, default=Path(antecedents.__file__).parent / "antecedents.json"
    )
    options = parser.parse_args()
    for _ in range(options.rounds):
        weights = fitted(list(choices(cases(options.file, options.source, "fit"))))
        options.out.write_text(json.dumps(weights, indent=1) + "\n", encoding="utf-8")
        antecedents._weights.cache_clear()
    report(list(choices(cases(options.file, options.source, "held"))), weights)


if __name__ == "__main__":
    main()
