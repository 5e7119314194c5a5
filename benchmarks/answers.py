"""How good the answers are: coverage of gold passages, false answers, false refusals, AUC.

    python benchmarks/answers.py FILE --corpus DIR [--show] [--failures] [--no-variants]
        [--json OUT] [--set histqa.composers.quotes.QUOTE_WORDS=120]

FILE has JSON lines {"question", "history", "groups", "answerable", "kind"}; "groups" are what an
answer must quote: of each group any one string. Coverage is the mean share of the groups that
stand (white space folded) in the first 60 and 120 words of the quotes, joined in order; a refusal
scores 0. HISTQA_* variables choose other settings (HISTQA_READER, HISTQA_ANSWER_THRESHOLD, ...),
--set a constant of a module (an ablation).
Intervals: 95%, bootstrap over questions.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from measuring import (
    change_constants,
    folded,
    interval,
    prepare,
    read_lines,
    shown,
    table,
    write_json,
)

BUDGETS = (60, 120)


def coverage(groups: Sequence[Sequence[str]], quotes: Sequence[str], words: int) -> float:
    """The share of groups with a string in the first ``words`` words of the quotes, in order."""
    quoted = " ".join(" ".join(quotes).split()[:words])
    stands = [any(folded(gold) in quoted for gold in group) for group in groups]
    return sum(stands) / len(stands) if stands else 0.0


def area(answerable: np.ndarray, others: np.ndarray) -> float:
    """The chance that an answerable question has more confidence than another; a tie is half."""
    difference = answerable[:, np.newaxis] - others[np.newaxis, :]
    return float(np.mean((difference > 0) + 0.5 * (difference == 0)))


def outcome(assistant: Any, asked: dict[str, Any], **options: Any) -> dict[str, Any]:
    """The question with its answer, as plain values; ``options`` are those of ``ask``.

    Raises AssertionError for a false quote.
    """
    history = asked.get("history", ())
    answer = assistant.ask(asked["question"], history=history, max_words=120, **options)
    for quote in (*answer.quotes, *answer.related):
        if assistant.document(quote.doc_id).text[quote.span.start : quote.span.end] != quote.text:
            raise AssertionError(f"not verbatim: {quote.text!r} in {quote.doc_id!r}")
    quotes = [quote.text for quote in answer.quotes]
    return {
        **{name: asked.get(name) for name in ("id", "kind", "question", "groups", "answerable")},
        "understood_as": answer.understood_as,
        "also_searched": list(answer.also_searched),
        "is_answered": answer.is_answered,
        "confidence": answer.confidence,
        "quotes": quotes,
        "words": len(" ".join(quotes).split()),
        **{f"coverage{words}": coverage(asked["groups"], quotes, words) for words in BUDGETS},
    }


def is_failure(found: dict[str, Any]) -> bool:
    """A false answer, a false refusal, or gold that is not quoted within the larger budget."""
    if not found["answerable"]:
        return bool(found["is_answered"])
    return found[f"coverage{BUDGETS[-1]}"] < 1.0


def summary(outcomes: Sequence[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Every figure with its interval."""
    yes = [found for found in outcomes if found["answerable"]]
    no = [found for found in outcomes if not found["answerable"]]
    figures = {
        f"coverage at {words} words": interval([found[f"coverage{words}"] for found in yes])
        for words in BUDGETS
    }
    figures["false refusals"] = interval([not found["is_answered"] for found in yes])
    figures["false answers"] = interval([found["is_answered"] for found in no])
    sure, unsure = ([found["confidence"] for found in some] for some in (yes, no))
    figures["AUC of confidence"] = interval(sure, unsure, statistic=area)
    figures["words quoted"] = interval([found["words"] for found in yes if found["is_answered"]])
    return figures


def by_kind(outcomes: Sequence[dict[str, Any]]) -> list[dict[str, object]]:
    """A row for each kind of question."""
    rows = []
    for kind in sorted({found["kind"] for found in outcomes}):
        some = [found for found in outcomes if found["kind"] == kind]
        rows.append(
            {
                "kind": kind,
                "questions": len(some),
                "answered": sum(found["is_answered"] for found in some),
                **{
                    f"at {words}": float(np.mean([found[f"coverage{words}"] for found in some]))
                    for words in BUDGETS
                },
            }
        )
    return rows


def trade_offs(outcomes: Sequence[dict[str, Any]]) -> list[dict[str, object]]:
    """What other thresholds would do. To understand a threshold, not to choose one by."""
    return [
        {
            "threshold": threshold / 20,
            "false refusals": sum(
                found["confidence"] < threshold / 20 for found in outcomes if found["answerable"]
            ),
            "false answers": sum(
                found["confidence"] >= threshold / 20
                for found in outcomes
                if not found["answerable"]
            ),
        }
        for threshold in range(4, 17)
    ]


def show(found: dict[str, Any]) -> str:
    """A question and its answer, for reading."""
    mark = "FAILS" if is_failure(found) else "ok"
    lines = [f"[{mark}] {found['id'] or ''} {found['kind']}: {found['question']}"]
    if found["understood_as"] != found["question"]:
        lines.append(f"    understood as: {found['understood_as']}")
    if found["also_searched"]:
        lines.append(f"    also searched: {', '.join(found['also_searched'])}")
    verdict = "answered" if found["is_answered"] else "not found"
    covered = ", ".join(f"{found[f'coverage{words}']:.2f} at {words}" for words in BUDGETS)
    lines.append(f"    {verdict}, confidence {found['confidence']:.2f}, coverage {covered}")
    lines += [f"    > {folded(quote)}" for quote in found["quotes"]]
    if is_failure(found):
        lines += [f"    gold: {' | '.join(group)}" for group in found["groups"]]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", type=Path, help="questions, as JSON lines")
    parser.add_argument("--corpus", type=Path, required=True, help="folder of the readings")
    parser.add_argument("--show", action="store_true", help="print every question with its quotes")
    parser.add_argument("--failures", action="store_true", help="print those that fail")
    parser.add_argument(
        "--no-variants", dest="variants", action="store_false", help="search only what is typed"
    )
    parser.add_argument("--set", action="append", default=[], metavar="MODULE.NAME=NUMBER")
    parser.add_argument("--json", type=Path, help="write everything to this file")
    options = parser.parse_args()
    prepare(threads=1)
    change_constants(options.set)
    from histqa.assistant import Assistant

    asked = list(read_lines(options.file))
    with (
        tempfile.TemporaryDirectory() as folder,
        Assistant.build(options.corpus, folder) as assistant,
    ):
        outcomes = [outcome(assistant, one, variants=options.variants) for one in asked]
        texts = [assistant.document(one.doc_id).text for one in assistant.documents]
        settings = assistant.settings
    readings = folded(" ".join(texts))
    missing = {gold for one in asked for group in one["groups"] for gold in group}
    missing = {gold for gold in missing if folded(gold) not in readings}
    for found in outcomes:
        if options.show or (options.failures and is_failure(found)):
            print(show(found), end="\n\n")
    figures = summary(outcomes)
    print(f"{len(outcomes)} questions, every quote verbatim; gold in no reading: {len(missing)}")
    print(f"reader {settings.reader!r}, threshold {settings.answer_threshold}\n")
    print(table([{"figure": name, "value [95%]": shown(one)} for name, one in figures.items()]))
    print("\n" + table(by_kind(outcomes)))
    print("\nWhat other thresholds would do:\n" + table(trade_offs(outcomes)))
    write_json({"figures": figures, "outcomes": outcomes}, options.json)


if __name__ == "__main__":
    main()
