"""What variants are worth: how well is the passage found if names of the question are misspelt?

    python benchmarks/names.py FILE... [--contexts 1245] [--questions 600] [--ways slip ...]
        [--titled] [--leave-out SOURCE ...] [--vectors FILE.npz]
        [--set histqa.names.SOUND_LIKENESS=0.7] [--json OUT]

FILE is as for retrieval.py, and so are pool, questions and hits. One word of each question is
spoilt in turn in every way below, by a seed, and asked with and without variants. The spoilt word
stands in the question's own context; names are its capitalised words but for the first. A word
that is spoilt into another word of the pool stays so, as it would in life. Intervals: 95%,
bootstrap over questions, paired. HISTQA_EMBEDDER=hashing measures without a model.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from measuring import (
    change_constants,
    interval,
    milliseconds,
    prepare,
    shown,
    table,
    write_json,
)
from retrieval import Pool, examples, measures

LEAST_LETTERS = 4
# How the same sound is written by others: transliterations from Russian, Chinese, Arabic, German.
SOUNDS = (
    "k/c y/i j/i ts/s sh/s ph/f w/v ou/u ch/kh kh/h z/s ei/i th/t ie/y oo/u q/k g/k tz/ts dj/j"
).split()
# Names that are written in two ways, neither of them a slip.
RENDERINGS = (
    "Nicholas/Nikolai Peter/Pyotr Alexander/Aleksandr Catherine/Katherine Michael/Mikhail"
    " Muhammad/Mohammed Muhammad/Mohammad Quran/Koran Tokyo/Tokio Hussein/Hussain Genghis/Chinggis"
    " Dostoevsky/Dostoyevsky Tchaikovsky/Chaikovsky Kiev/Kyiv Odessa/Odesa Muslim/Moslem"
    " Calcutta/Kolkata Tibet/Thibet Sichuan/Szechwan Chongqing/Chungking Nanjing/Nanking"
    " Sarajevo/Serajevo Serbia/Servia Romania/Rumania Romania/Roumania Korea/Corea Theodore/Feodor"
    " Frederick/Friedrich Charles/Karl William/Wilhelm Henry/Heinrich Joseph/Josef Philip/Phillip"
    " Stephen/Steven Elizabeth/Elisabeth Khrushchev/Kruschev Osama/Usama Mecca/Mekka"
    " Punjab/Panjab Krakow/Cracow Marseille/Marseilles Lyon/Lyons Basel/Basle Hanover/Hannover"
    " Nuremberg/Nurnberg Zurich/Zuerich Tajikistan/Tadzhikistan Kazakhstan/Kazakstan"
    " Buddha/Budda Himalayas/Himalaya Gandhi/Ghandi Beijing/Bejing Yuan/Yuen Ming/Meng"
    " Chopin/Szopen Sarkozy/Sarkozi Caesar/Cesar Augustus/August Constantine/Konstantin"
    " Byzantine/Bizantine Sophia/Sofia Isabella/Isabela Ferdinand/Fernando Philippe/Philip"
    " Johann/John Ivan/Iwan Boris/Borys Vladimir/Wladimir Leon/Lyon Marc/Mark Erik/Eric"
    " Carl/Karl Frederic/Frederick Geoffrey/Jeffrey Jon/John Katharine/Catherine Stuart/Stewart"
    " Anna/Ana Maria/Mary Antonio/Anthony Lenin/Lenine Stalin/Staline Marx/Marks Darius/Dareios"
).split()

Spoil = Callable[[str, Random], str]


def slip(word: str, chance: Random) -> str:
    """Two letters swapped, one doubled, left out, or another one typed; the first stays."""
    place = chance.randrange(1, len(word) - 1)
    before, letter, after = word[:place], word[place], word[place + 1 :]
    return chance.choice(
        (
            before + after[0] + letter + after[1:],
            before + letter + letter + after,
            before + after,
            before + chance.choice("etaoinsrhl") + after,
        )
    )


def other_spelling(word: str, chance: Random) -> str:
    """One sound written as others write it."""
    pairs = [tuple(pair.split("/")) for pair in SOUNDS]
    pairs += [(after, before) for before, after in pairs]
    places = [
        (match.start(), before, after)
        for before, after in pairs
        for match in re.finditer(before, word)
    ]
    if not places:
        return word
    place, before, after = chance.choice(places)
    return word[:place] + after + word[place + len(before) :]


def other_rendering(word: str, chance: Random) -> str:
    """The name in the other of two ways that are both in use."""
    pairs = [pair.casefold().split("/") for pair in RENDERINGS]
    others = [two for one, two in pairs if one == word] + [one for one, two in pairs if two == word]
    return chance.choice(others) if others else word


def twice(spoil: Spoil) -> Spoil:
    """``spoil`` at two places."""
    return lambda word, chance: spoil(spoil(word, chance), chance)


SPOILS: dict[str, tuple[bool, Spoil]] = {
    "slip": (True, slip),
    "two slips": (True, twice(slip)),
    "other spelling": (True, other_spelling),
    "two other spellings": (True, twice(other_spelling)),
    "other rendering": (True, other_rendering),
    "slip in a common word": (False, slip),
}
"""Name -> whether a name is spoilt (or any other word), and how."""
WAYS = ("as asked", "lower case", *SPOILS, "slip, lower case")


def spoilt(way: str, question: str, context: str, chance: Random) -> str:
    """The question in one of ``WAYS``; as it is, where that cannot be."""
    if way == "lower case":
        return question.lower()
    if way == "slip, lower case":
        other = spoilt("slip", question, context, chance)
        return other.lower() if other != question else question
    if way == "as asked":
        return question
    is_name, spoil = SPOILS[way]
    words = candidates(question, context, is_name=is_name)
    chance.shuffle(words)
    for word in words:
        other = spoil(word.lower(), chance)
        if other != word.lower():
            other = other.capitalize() if word[0].isupper() else other
            return re.sub(rf"\b{word}\b", other, question)
    return question


def candidates(question: str, context: str, *, is_name: bool) -> list[str]:
    """The words of the question that may be spoilt: in the context, and long enough."""
    from histqa.text import content_terms, spellings, terms

    known, content = set(terms(context)), set(content_terms(question))
    return [
        word
        for word in spellings(question)[1:]
        if len(word) >= LEAST_LETTERS
        and word.isascii()
        and word.isalpha()
        and word[0].isupper() == is_name
        and set(terms(word)) <= known & content
    ]


def outcomes(
    asked: Sequence[tuple[str, str, Sequence[str]]], retriever: Any, finder: Any
) -> dict[str, Any]:
    """Hits of every question without and with variants, and the seconds that finding them took."""
    from histqa.types import Question

    found: dict[str, list[float]] = {"seconds": [], "have variants": []}
    for text, doc_id, answers in asked:
        plain = Question(text, text)
        started = time.perf_counter()
        varied = finder.with_variants(plain)
        found["seconds"].append(time.perf_counter() - started)
        found["have variants"].append(float(bool(varied.variants)))
        for name, question in (("without", plain), ("with", varied)):
            if name == "with" and not varied.variants:
                for measure in ("hit@1", "hit@5"):
                    found.setdefault(f"{measure} with", []).append(found[f"{measure} without"][-1])
                continue
            passages = [hit.passage for hit in retriever.retrieve(question)]
            values = measures(passages, doc_id, answers)
            for measure in ("hit@1", "hit@5"):
                found.setdefault(f"{measure} {name}", []).append(values[measure])
    return found


def row(way: str, found: Mapping[str, Sequence[float]]) -> dict[str, object]:
    """The figures of one way of spoiling."""
    figures: dict[str, object] = {
        "way": way,
        "questions": len(found["seconds"]),
        "have variants": float(np.mean(found["have variants"])),
    }
    for measure in ("hit@1", "hit@5"):
        without, varied = (np.array(found[f"{measure} {name}"]) for name in ("without", "with"))
        figures |= {
            f"{measure} without": float(np.mean(without)),
            f"{measure} with": float(np.mean(varied)),
            f"{measure} gain": shown(interval(varied - without), 3),
        }
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--contexts", type=int, default=1245)
    parser.add_argument("--questions", type=int, default=600, help="at most, of each way")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=WAYS)
    parser.add_argument("--leave-out", action="append", default=[], metavar="SOURCE")
    parser.add_argument("--titled", action="store_true", help="only contexts that have a title")
    parser.add_argument("--seed", type=int, default=0, help="chooses pool, questions and slips")
    parser.add_argument("--vectors", type=Path, help="keep vectors in this .npz for other runs")
    parser.add_argument("--set", action="append", default=[], metavar="MODULE.NAME=NUMBER")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    prepare(threads=1)
    change_constants(options.set)
    results = measured(options)
    print(table(results))
    write_json(results, options.json)


def measured(options: argparse.Namespace) -> list[dict[str, object]]:
    """A row for each way of spoiling."""
    from histqa.embedders import build_embedder
    from histqa.names import NameFinder
    from histqa.retrieval import HybridRetriever
    from histqa.settings import load_settings
    from histqa.stores.sqlite.store import open_store
    from histqa.stores.sqlite.writer import write_index

    settings = load_settings()
    embedder = build_embedder(settings.embedder, batch_size=settings.embedding_batch)
    chosen = list(examples(options).items())
    Random(options.seed).shuffle(chosen)
    chosen = chosen[: options.contexts]
    pool = Pool([context for context, _ in chosen], settings.passage_words)
    pool.embed(embedder, options.vectors)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        write_index(Path(folder), pool.readings(len(chosen)))
        with open_store(Path(folder)) as store:
            retriever = HybridRetriever(
                store, embedder, settings.candidates, settings.dense_weight, settings.hits
            )
            finder = NameFinder(store)
            print(f"{len(chosen)} contexts, {store.passage_count()} passages, {settings.embedder}")
            for way in options.ways:
                found = outcomes(asked_in(way, chosen, options), retriever, finder)
                rows.append({**row(way, found), **milliseconds(found["seconds"])})
    return rows


def asked_in(
    way: str, chosen: Sequence[tuple[tuple[str, str], list[dict[str, Any]]]], options: Any
) -> list[tuple[str, str, list[str]]]:
    """Questions (spoilt, where there is a way to spoil them), doc_ids and answers."""
    chance = Random(options.seed + 1)
    lines = [(number, line) for number, (_, some) in enumerate(chosen) for line in some]
    chance.shuffle(lines)
    found = []
    for number, line in lines:
        text = spoilt(way, line["question"], " ".join(chosen[number][0]), chance)
        if way == "as asked" or text != line["question"]:
            answers = [answer["text"] for answer in line["answers"]]
            found.append((text, f"r{number:06}", answers))
        if len(found) == options.questions:
            break
    return found


if __name__ == "__main__":
    main()
