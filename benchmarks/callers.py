"""Many callers of one assistant at once: throughput, latency, errors, and whether answers mix up.

    python benchmarks/callers.py [--corpus docs_corpus] [--callers 1 8 32] [--seconds 20]
        [--passages N] [--questions FILE] [--json OUT]

Every question is first asked alone; a later answer that is not equal to that one in every field
counts as mixed up. Callers are threads, each of which asks again as soon as it has its answer;
some questions come after a conversation. Questions are the sentences of the readings cut to their
first words, or those of FILE (JSON lines {"question", "history"}). --passages puts made-up readings
(synthetic.py) on top of the corpus.
"""

from __future__ import annotations

import argparse
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from measuring import milliseconds, peak_megabytes, prepare, read_lines, table, timed, write_json
from synthetic import enlarge

Asked = tuple[str, tuple[str, ...]]


@dataclass
class Tally:
    """What one caller saw."""

    seconds: list[float] = field(default_factory=list)
    mixed_up: list[str] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)


def questions_of(assistant: Any, file: Path | None) -> list[Asked]:
    """Up to 100 questions, every fourth of those from the readings after a conversation."""
    if file:
        return [(line["question"], tuple(line.get("history", ()))) for line in read_lines(file)]
    from histqa.text import sentences

    found: list[Asked] = []
    for listed in assistant.documents:
        text = assistant.document(listed.doc_id).text
        words = [span.of(text).split() for span in sentences(text)]
        texts = [f"Why was it that {' '.join(some[:9])}?" for some in words if len(some) > 9]
        for number, text in enumerate(texts):
            found.append((text, ()) if number % 4 else ("And why then?", (text,)))
    return Random(0).sample(found, min(100, len(found)))


def call(
    assistant: Any, expected: dict[Asked, Any], tally: Tally, *, until: float, seed: int
) -> None:
    """Ask until the time is up."""
    choose = Random(seed)
    asked = list(expected)
    while time.monotonic() < until:
        question, history = one = choose.choice(asked)
        try:
            with timed(tally.seconds):
                answer = assistant.ask(question, history=history)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong is what is counted here
            tally.errors[f"{type(error).__name__}: {error}"[:200]] += 1
            continue
        if answer != expected[one]:
            tally.mixed_up.append(question)


def together(
    assistant: Any, expected: dict[Asked, Any], callers: int, seconds: float
) -> dict[str, Any]:
    """One row: what ``callers`` threads got in ``seconds``."""
    tallies = [Tally() for _ in range(callers)]
    started = time.monotonic()
    threads = [
        threading.Thread(
            target=call,
            args=(assistant, expected, tally),
            kwargs={"until": started + seconds, "seed": seed},
        )
        for seed, tally in enumerate(tallies)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = time.monotonic() - started
    answered = [value for tally in tallies for value in tally.seconds]
    errors = sum((tally.errors for tally in tallies), Counter[str]())
    for message, count in errors.most_common(5):
        print(f"  {count} x {message}")
    return {
        "callers": callers,
        "answers": len(answered),
        "per second": len(answered) / taken,
        **milliseconds(answered),
        "errors": errors.total(),
        "mixed up": sum(len(tally.mixed_up) for tally in tallies),
        "peak MB": peak_megabytes(),
    }


def run(assistant: Any, options: argparse.Namespace) -> Sequence[dict[str, Any]]:
    """Each question alone, then all numbers of callers."""
    expected = {
        (question, history): assistant.ask(question, history=history)
        for question, history in questions_of(assistant, options.questions)
    }
    distinct = len({answer.text for answer in expected.values()})
    print(f"{len(expected)} questions with {distinct} different answers\n")
    return [together(assistant, expected, count, options.seconds) for count in options.callers]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpus", default="docs_corpus")
    parser.add_argument("--callers", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--passages", type=int, default=0)
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    prepare(threads=1)
    from histqa.assistant import Assistant
    from histqa.settings import load_settings

    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(corpus=options.corpus, index=folder)
        Assistant.build(settings=replace(settings, answer_threshold=0.0)).close()
        if options.passages:
            enlarge(Path(folder), options.passages, dimension=384)
        with Assistant.open(settings=replace(settings, answer_threshold=0.0)) as assistant:
            rows = run(assistant, options)
    print(table(rows))
    write_json(rows, options.json)
    if any(row["errors"] or row["mixed up"] for row in rows):
        raise SystemExit("answers failed or were mixed up between callers")


if __name__ == "__main__":
    main()
