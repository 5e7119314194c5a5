"""Ranks of what is relevant -> hit@k, reciprocal rank, nDCG@k for one question.

Written out, since each is one line and the libraries bring compilers or matplotlib along; the
tests hold them to ir_measures (which calls trec_eval).
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def hit(ranks: Sequence[int], k: int) -> float:
    """1 if any of ``ranks`` (from 1) is at most ``k``, else 0. ("Success@k" in trec_eval.)"""
    return float(any(rank <= k for rank in ranks))


def reciprocal_rank(ranks: Sequence[int]) -> float:
    """1 / (the best rank), 0 where nothing relevant was retrieved. Source: Voorhees 1999, TREC-8.

    The mean over questions is MRR.
    """
    return 1.0 / min(ranks) if ranks else 0.0


def ndcg(ranks: Sequence[int], k: int, *, relevant: int) -> float:
    """DCG / ideal DCG, with DCG = sum over ranks r <= k of 1 / log2(r + 1): 0..1.

    ``relevant`` (at least 1): how many there are to be found; the ideal has them at ranks
    1..min(k, relevant). Source: Järvelin and Kekäläinen 2002, relevance 0 or 1.
    """
    gain = sum(_discount(rank) for rank in ranks if rank <= k)
    return gain / sum(_discount(rank) for rank in range(1, min(k, relevant) + 1))


def _discount(rank: int) -> float:
    return 1.0 / math.log2(rank + 1)
