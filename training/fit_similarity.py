"""Fits the calibration of the similarity reader: span-form QA lines in -> similarity.json out.

    python training/fit_similarity.py LINES.jsonl.gz [--out src/histqa/readers/similarity.json]

Each line has title, context, question, answers and is_impossible (SQuAD's fields). Every title
with enough paragraphs becomes a small corpus of its own. Its questions are answerable; the same
question asked of the corpus *without* its paragraph is not (right people and place, fact absent),
nor are those marked impossible. Half of the titles, by hash, are held back for the figures.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from corpora import Corpus, doc_id_of, folded, read_corpora, readings_of
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from histqa.embedders import build_embedder
from histqa.rarity import term_weights
from histqa.readers.similarity import Calibration, scored_sentences, signals
from histqa.retrieval import HybridRetriever
from histqa.settings import Settings
from histqa.stages import Embedder, Store
from histqa.stores.sqlite.store import open_store
from histqa.stores.sqlite.writer import write_index
from histqa.text import content_terms
from histqa.types import Question

REFUSED_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class Example:
    """The signals of one question asked of one corpus, and whether that answers it."""

    title: str
    values: dict[str, float]
    is_answerable: bool


def main() -> None:
    """Fit on one half of the titles, print the figures of the other, write the weights."""
    arguments = argument_parser().parse_args()
    corpora = read_corpora(arguments.lines, arguments.questions, arguments.titles)
    embedder = build_embedder("minilm", batch_size=64)
    examples = [example for corpus in corpora.values() for example in examples_of(corpus, embedder)]
    fitted = [example for example in examples if not is_held_back(example.title)]
    held_back = [example for example in examples if is_held_back(example.title)]
    calibration = fit(fitted)
    print(f"{len(corpora)} titles, {len(fitted)} examples to fit, {len(held_back)} held back")
    print_figures(calibration, fitted, held_back)
    stored = {"weights": dict(calibration.weights), "bias": calibration.bias}
    arguments.out.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")


def argument_parser() -> argparse.ArgumentParser:
    """The arguments, with their defaults."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("lines", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, default=Path("src/histqa/readers/similarity.json"))
    parser.add_argument("--questions", type=int, default=25, help="at most, per title")
    parser.add_argument("--titles", type=int, default=80, help="at most")
    return parser


def examples_of(corpus: Corpus, embedder: Embedder) -> Iterator[Example]:
    """Every question once with its paragraph and, every other one, once without."""
    with tempfile.TemporaryDirectory() as folder:
        write_index(Path(folder), readings_of(corpus, embedder))
        store = open_store(Path(folder))
        for number, row in enumerate(corpus.rows):
            is_answerable = not row["is_impossible"]
            yield from asked(corpus.title, row["question"], (), is_answerable, store, embedder)
            if number % 2 and is_answerable:
                home = doc_id_of(folded(row["context"]))
                others = [doc_id_of(text) for _, text in corpus.paragraphs]
                others.remove(home)
                yield from asked(corpus.title, row["question"], others, False, store, embedder)
        store.close()


def asked(
    title: str,
    text: str,
    readings: Sequence[str],
    is_answerable: bool,
    store: Store,
    embedder: Embedder,
) -> Iterator[Example]:
    """The example of one question, or none where nothing is found."""
    settings = Settings()
    retriever = HybridRetriever(
        store, embedder, settings.candidates, settings.dense_weight, settings.hits
    )
    question = Question(text, text, tuple(readings))
    hits = retriever.retrieve(question)
    rarity = term_weights(content_terms(text), store)
    if evidence := scored_sentences(question, hits, rarity):
        yield Example(title, signals(question, hits, evidence, rarity), is_answerable)


def is_held_back(title: str) -> bool:
    """Half of the titles, the same at every run."""
    return hashlib.sha256(title.encode()).digest()[0] % 2 == 1


def fit(examples: Sequence[Example]) -> Calibration:
    """Logistic regression with both outcomes weighing the same."""
    names = sorted(examples[0].values)
    inputs = np.array([[example.values[name] for name in names] for example in examples])
    outcomes = np.array([example.is_answerable for example in examples])
    model = LogisticRegression(class_weight="balanced", max_iter=5000).fit(inputs, outcomes)
    weights = dict(zip(names, (round(float(weight), 4) for weight in model.coef_[0]), strict=True))
    return Calibration(weights, round(float(model.intercept_[0]), 4))


def print_figures(
    calibration: Calibration, fitted: Sequence[Example], held_back: Sequence[Example]
) -> None:
    """AUC, and the errors at the threshold that refuses REFUSED_SHARE of the fitted questions."""
    answerable = [
        calibration.probability(example.values) for example in fitted if example.is_answerable
    ]
    threshold = float(np.quantile(answerable, REFUSED_SHARE))
    scores = np.array([calibration.probability(example.values) for example in held_back])
    truth = np.array([example.is_answerable for example in held_back])
    print(f"held back: AUC {roc_auc_score(truth, scores):.3f}; threshold {threshold:.3f}:", end=" ")
    print(f"false refusals {np.mean(scores[truth] < threshold):.3f},", end=" ")
    print(f"false answers {np.mean(scores[~truth] >= threshold):.3f}")


if __name__ == "__main__":
    main()
