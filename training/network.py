"""The reader as a network: an encoder with a span head and a sentence head, and its loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from encoding import Encoded
from torch import nn
from transformers import AutoModel, PreTrainedModel

FAR_BELOW = -1e4
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
"""The last one only for encoders that tell segments apart, as BERT does and MPNet does not."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded rows: ids, mask and segments (B, L); sentence of each token (B, L), -1 outside;
    ``starts``, ``ends`` (B, L) mark right tokens, the first one where nothing answers;
    ``membership`` (B, S + 1, L) averages the tokens of a sentence, row 0 is the first token;
    ``right`` (B, S + 1) marks right sentences, number 0 where nothing answers.
    """

    ids: torch.Tensor
    mask: torch.Tensor
    segments: torch.Tensor
    allowed: torch.Tensor
    starts: torch.Tensor
    ends: torch.Tensor
    membership: torch.Tensor
    right: torch.Tensor


class ReaderNetwork(nn.Module):
    """Token logits, shape (B, L, 3): where the answer starts, where it ends, and how much the
    token belongs to a sentence that answers. The first token stands for "no answer" in each.
    """

    def __init__(self, encoder: PreTrainedModel) -> None:
        super().__init__()
        self.encoder = encoder
        self.heads = nn.Linear(encoder.config.hidden_size, 3)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of what the encoder takes, of INPUTS."""
        return INPUTS if getattr(self.encoder.config, "type_vocab_size", 0) else INPUTS[:2]

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        token_type_ids: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """Logits for each token."""
        given = zip(INPUTS, (input_ids, attention_mask, token_type_ids), strict=True)
        hidden = self.encoder(**{name: one for name, one in given if name in self.inputs})
        return self.heads(hidden.last_hidden_state)


def new_network(folder: Path, layers: int = 0, attention: str | None = None) -> ReaderNetwork:
    """The reader with the encoder of a model folder, or its first ``layers``, and fresh heads.

    ``attention``: how it is computed, by the library's name; its choice where None. Without
    dropout: few rows are seen twice, and dropout in attention doubles the time on a CPU.
    """
    encoder = AutoModel.from_pretrained(
        str(folder),
        add_pooling_layer=False,
        local_files_only=True,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        attn_implementation=attention,
    )
    if layers:
        encoder.encoder.layer = encoder.encoder.layer[:layers]
    return ReaderNetwork(encoder)


def collate(rows: Sequence[Encoded]) -> Batch:
    """Rows of different length as one batch."""
    longest = max(len(row.ids) for row in rows)
    most = max(int(row.sentence_of.max()) for row in rows) + 2
    shape = (len(rows), longest)
    ids, mask, segments = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    allowed, starts, ends = (np.zeros(shape, dtype=bool) for _ in range(3))
    membership = np.zeros((len(rows), most, longest), dtype=np.float32)
    right = np.zeros((len(rows), most), dtype=bool)
    for number, row in enumerate(rows):
        size = len(row.ids)
        ids[number, :size] = row.ids
        mask[number, :size] = 1
        segments[number, row.passage_from : size] = 1
        allowed[number, :size] = row.sentence_of >= 0
        allowed[number, 0] = True
        starts[number, list(row.starts) or [0]] = True
        ends[number, list(row.ends) or [0]] = True
        membership[number, 0, 0] = 1.0
        inside = np.flatnonzero(row.sentence_of >= 0)
        membership[number, row.sentence_of[inside] + 1, inside] = 1.0
        right[number, [one + 1 for one in row.right] or [0]] = True
    membership /= np.maximum(membership.sum(axis=2, keepdims=True), 1.0)
    return Batch(
        *(
            torch.from_numpy(one)
            for one in (ids, mask, segments, allowed, starts, ends, membership, right)
        )
    )


def scores(logits: torch.Tensor, batch: Batch) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Start and end logits (B, L) and sentence logits (B, S + 1), far below where not allowed."""
    start = logits[..., 0].masked_fill(~batch.allowed, FAR_BELOW)
    end = logits[..., 1].masked_fill(~batch.allowed, FAR_BELOW)
    sentence = torch.einsum("bsl,bl->bs", batch.membership, logits[..., 2])
    exists = batch.membership.sum(dim=2) > 0
    return start, end, sentence.masked_fill(~exists, FAR_BELOW)


def loss_of(network: ReaderNetwork, batch: Batch, span_share: float) -> torch.Tensor:
    """Marginal log-likelihood of right starts, ends and sentences (Clark & Gardner 2018)."""
    start, end, sentence = scores(network(batch.ids, batch.mask, batch.segments).float(), batch)
    span = (_marginal(start, batch.starts) + _marginal(end, batch.ends)) / 2
    return span_share * span + (1 - span_share) * _marginal(sentence, batch.right)


def _marginal(logits: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    chosen = logits.masked_fill(~right, FAR_BELOW)
    return (torch.logsumexp(logits, dim=1) - torch.logsumexp(chosen, dim=1)).mean()
