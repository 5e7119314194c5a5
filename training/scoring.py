"""A reader + held-back rows -> how well it reads single paragraphs (SQuAD 2.0 form).

    python training/scoring.py FILE.jsonl.gz ... --model FOLDER [--rows 1500]

FOLDER holds reader.onnx, as `export.py` writes it; figures are those of the file that is shipped.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from data import Row, divided, read_rows
from encoding import Encoded, encode
from network import INPUTS, Batch, ReaderNetwork, collate, scores
from sklearn.metrics import roc_auc_score
from tokenizers import Tokenizer

from histqa.readers.models.spans import best_span


@dataclass(frozen=True, slots=True)
class Read:
    """What was read in one row: log-odds against "no answer", the span, its overlap with gold."""

    span_odds: float
    sentence_odds: float
    f1: float
    is_right_sentence: bool
    is_right_span_sentence: bool
    has_answer: bool


Logits = Callable[[Batch], torch.Tensor]
"""A batch -> the logits of its tokens, (B, L, 3)."""


def read_all(logits: Logits, rows: Sequence[Encoded], batch_size: int = 16) -> list[Read]:
    """Each row read once, in order."""
    order = sorted(range(len(rows)), key=lambda number: len(rows[number].ids))
    found: dict[int, Read] = {}
    for first in range(0, len(order), batch_size):
        numbers = order[first : first + batch_size]
        batch = collate([rows[number] for number in numbers])
        start, end, sentence = (one.numpy() for one in scores(logits(batch), batch))
        for place, number in enumerate(numbers):
            found[number] = _read(rows[number], start[place], end[place], sentence[place])
    return [found[number] for number in range(len(rows))]


def network_logits(network: ReaderNetwork) -> Logits:
    """Those of a network in training, which is left as it was."""

    def run(batch: Batch) -> torch.Tensor:
        network.eval()
        with torch.inference_mode(), autocast():
            return network(batch.ids, batch.mask, batch.segments).float()

    return run


def exported_logits(folder: Path) -> Logits:
    """Those of an exported reader, by ONNX Runtime."""
    session = onnxruntime.InferenceSession(str(folder / "reader.onnx"))
    taken = {one.name for one in session.get_inputs()}

    def run(batch: Batch) -> torch.Tensor:
        inputs = zip(INPUTS, (batch.ids, batch.mask, batch.segments), strict=True)
        given = {name: one.numpy() for name, one in inputs if name in taken}
        return torch.from_numpy(session.run(None, given)[0])

    return run


def held_back_sample(rows: Sequence[Row], count: int, seed: int) -> list[Row]:
    """The rows that figures are taken of: as many with as without an answer; no sentence form."""
    sampler = random.Random(seed + 1)
    usable = [
        row
        for row in rows
        if (row.answers or not row.right)
        and not row.source.startswith(("squadshifts_r", "squadshifts_a"))
    ]
    yes = [row for row in usable if row.right]
    no = [row for row in usable if not row.right]
    half = min(count // 2, len(yes), len(no))
    return sampler.sample(yes, half) + sampler.sample(no, half)


def autocast() -> torch.autocast:
    """bf16 where the card or processor computes in it; without AVX-512 it is emulated and slow."""
    has_card = torch.cuda.is_available()
    return torch.autocast(
        "cuda" if has_card else "cpu",
        dtype=torch.bfloat16,
        enabled=has_card or "AVX512" in torch.backends.cpu.get_cpu_capability(),
    )


def _read(row: Encoded, start: np.ndarray, end: np.ndarray, sentence: np.ndarray) -> Read:
    size = len(row.ids)
    first, last, score = best_span(start[1:size], end[1:size])
    first, last = first + 1, last + 1
    number = int(row.sentence_of[first])
    sizes = np.array([(row.sentence_of == n).any() for n in range(len(sentence) - 1)])
    odds = np.where(sizes, sentence[1:], -1e9)
    return Read(
        score - float(start[0] + end[0]),
        float(odds.max() - sentence[0]),
        _overlap((first, last), row),
        bool(row.right) and int(odds.argmax()) in row.right,
        bool(row.right) and number in row.right,
        bool(row.right),
    )


def _overlap(span: tuple[int, int], row: Encoded) -> float:
    best = 0.0
    for start, end in row.answers:
        shared = max(0, min(span[1], end) - max(span[0], start) + 1)
        total = span[1] - span[0] + end - start + 2
        best = max(best, 2 * shared / total)
    return best


def figures(reads: Sequence[Read], prefer_spans: bool = True) -> dict[str, float]:
    """HasAns and NoAns F1 at the threshold that makes their mean best, AUC, right sentences."""
    truth = np.array([read.has_answer for read in reads])
    spans = np.array([read.span_odds for read in reads])
    sentence = np.array([read.sentence_odds for read in reads])
    odds = spans if prefer_spans else sentence
    f1 = np.array([read.f1 for read in reads])
    best = max(
        (
            (f1 * (odds >= cut))[truth].mean() + (odds < cut)[~truth].mean(),
            (f1 * (odds >= cut))[truth].mean(),
            (odds < cut)[~truth].mean(),
        )
        for cut in np.quantile(odds, np.linspace(0, 1, 101))
    )
    return {
        "F1 both": float(best[0] / 2),
        "HasAns F1": float(best[1]),
        "NoAns": float(best[2]),
        "AUC span": float(roc_auc_score(truth, spans)),
        "AUC sentence": float(roc_auc_score(truth, sentence)),
        "AUC both": float(roc_auc_score(truth, spans / 2 + sentence)),
        "F1 if answered": float(f1[truth].mean()),
        "sentence by span": float(
            np.mean([read.is_right_span_sentence for read in reads if read.has_answer])
        ),
        "sentence by sentence": float(
            np.mean([read.is_right_sentence for read in reads if read.has_answer])
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--model", type=Path, default=Path("src/histqa/readers/models/mpnet"))
    parser.add_argument("--rows", type=int, default=1500)
    parser.add_argument("--length", type=int, default=256, help="tokens")
    options = parser.parse_args()
    tokenizer = Tokenizer.from_file(str(options.model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    _, back = divided(read_rows(options.files))
    rows = held_back_sample(back, options.rows, 1)
    encoded = encode(rows, tokenizer, options.length, random.Random(1))
    reads = read_all(exported_logits(options.model), encoded)
    print(json.dumps({name: round(value, 4) for name, value in figures(reads).items()}, indent=1))


if __name__ == "__main__":
    main()
