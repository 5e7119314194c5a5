"""Token logits of a span reader -> what it makes of each sentence of the passage."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from histqa.types import Passage, SentenceReading, Span

Floats = npt.NDArray[np.float32]

LONGEST_ANSWER = 30
"""Tokens; longer exact answers are whole sentences, which the quote shows anyway."""
UNREAD = SentenceReading(-20.0, -20.0, None)
"""A sentence that did not fit into what the model reads at once."""


def sentence_readings(
    passage: Passage,
    offsets: Sequence[tuple[int, int]],
    starts: Floats,
    ends: Floats,
    tokens: Floats,
    nothing: tuple[float, float],
) -> tuple[SentenceReading, ...]:
    """One reading for each sentence of ``passage``.

    ``offsets``: characters of ``passage.text`` that each token covers; ``starts``, ``ends`` and
    ``tokens`` have shape (len(offsets),); ``nothing`` is the logit for "no span here" (start and
    end added up) and that for "no sentence here".
    """
    places = np.array(offsets, dtype=np.int64).reshape(-1, 2)
    readings = []
    for sentence in passage.sentences:
        first, last = sentence.start - passage.span.start, sentence.end - passage.span.start
        inside = np.flatnonzero((places[:, 1] > first) & (places[:, 0] < last))
        if not len(inside):
            readings.append(UNREAD)
            continue
        start, end, score = best_span(starts[inside], ends[inside])
        begin = max(int(places[inside[start], 0]), first)  # a token may have the blank before it
        stop = min(int(places[inside[end], 1]), last)
        marked = passage.text[begin:stop]
        begin = passage.span.start + stop - len(marked.lstrip())
        readings.append(
            SentenceReading(
                sentence_odds=float(tokens[inside].mean()) - nothing[1],
                span_odds=score - nothing[0],
                span=Span(begin, passage.span.start + stop) if marked.strip() else None,
            )
        )
    return tuple(readings)


def best_span(starts: Floats, ends: Floats) -> tuple[int, int, float]:
    """The (first, last) token, both included, whose sum of logits is highest, and that sum."""
    sums = starts[:, None] + ends[None, :]
    allowed = np.triu(np.tril(np.ones_like(sums), LONGEST_ANSWER - 1)) > 0
    sums = np.where(allowed, sums, -np.inf)
    first, last = divmod(int(sums.argmax()), len(ends))
    return first, last, float(sums[first, last])
