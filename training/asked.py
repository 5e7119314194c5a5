"""Questions written over a folder of readings -> rows in the span form, with passages as found.

    python training/asked.py OUT.jsonl.gz --asked QUESTIONS.jsonl FOLDER [--asked ...]

Lines of the questions are those of ``benchmarks/questions``, with ``short``, the exact answer
inside the first text of the first group, or "". Each question is asked of an index of its folder.
A passage found that holds a right text is a row with an answer; the first of those that hold none
are rows without: what the reader really meets, near misses among them.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from corpora import folded

from histqa.assistant import Assistant
from histqa.settings import Settings
from histqa.types import Passage

WITHOUT_ANSWER, OF_NEAR_MISS = 4, 6
"""Passages without an answer that are kept of a question with one, and of one without."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument(
        "--asked", nargs=2, action="append", required=True, metavar=("FILE", "CORPUS"), type=Path
    )
    options = parser.parse_args()
    with gzip.open(options.out, "wt", encoding="utf-8") as out:
        for path, folder in options.asked:
            rows = list(rows_of(path, folder))
            out.writelines(json.dumps(row) + "\n" for row in rows)
            answered = sum(not row["is_impossible"] for row in rows)
            print(f"{path.stem}: {len(rows)} rows, {answered} with an answer", flush=True)


def rows_of(path: Path, corpus: Path) -> Iterator[dict[str, Any]]:
    """The rows of one file of questions."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Assistant.build(corpus, folder, settings=Settings(reader="none")) as assistant,
    ):
        for text in path.read_text(encoding="utf-8").splitlines():
            line = json.loads(text)
            room = WITHOUT_ANSWER if line["answerable"] else OF_NEAR_MISS
            trace = assistant.trace(line["question"])
            for place, hit in enumerate(trace.hits):
                row = _row(line, trace.asked.as_found, hit.passage, f"{path.stem}-{place}")
                room -= row["is_impossible"]
                if room >= 0 or not row["is_impossible"]:
                    yield row


def _row(line: Mapping[str, Any], question: str, passage: Passage, name: str) -> dict[str, Any]:
    context = folded(passage.text)
    texts = [folded(text) for group in line["groups"] for text in group]
    answers = [
        {"text": text, "start": context.index(whole) + within}
        for whole in texts
        if whole in context
        for text, within in [_exact(whole, folded(line.get("short", "")))]
    ]
    return {
        "id": f"{line['id']}-{name}",
        "source": "asked",
        "title": passage.title,
        "context": context,
        "question": question,
        "answers": answers,
        "is_impossible": not answers,
    }


def _exact(text: str, short: str) -> tuple[str, int]:
    """The exact answer where ``text`` has it, else all of ``text``; and where in it that is."""
    return (short, text.index(short)) if short and short in text else (text, 0)


if __name__ == "__main__":
    main()
