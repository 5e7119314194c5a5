"""Many people at one server at once: wrong answers, statuses, memory, and throughput beside `ask`.

    python benchmarks/serving.py [--corpus docs_corpus] [--people 32] [--seconds 60] [--chat 4]
        [--embedder NAME] [--reader NAME] [--shipped-limits] [--json OUT]

Starts the real server (`histqa serve`) as a child. Each person asks again as soon as the answer is
there: by /api/ask, and --chat of them as the page of the web chat does, through Gradio's queue.
Every answer is compared with that of bare `Assistant.ask` to the same question after the same
conversation, in every field: nobody may get another's. Bare `ask`, in one thread of this process,
takes turns with the server, so that both see the same busy machine. --shipped-limits leaves
the limits of one client as they are, to see that whoever is refused is told so.
"""

from __future__ import annotations

import argparse
import asyncio
import html
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import httpx

from callers import Asked, questions_of
from measuring import folded, milliseconds, prepare, table, timed, write_json

ROUNDS = 4
REFUSALS = (429, 503)
_TAG = re.compile(r"<[^>]*>")


@dataclass
class Tally:
    """What was seen of the server."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)
    crowded: float = 0.0


def resident_megabytes(process: int) -> float:
    """The memory that a process has now."""
    found = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(process)], capture_output=True, text=True, check=True
    )
    return int(found.stdout) / 1e3


@contextmanager
def server(settings: Any, *, with_limits: bool) -> Any:
    """`histqa serve` as a child: its address and process id."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    given = {"embedder": settings.embedder, "reader": settings.reader, "feedback": ""}
    if not with_limits:
        given |= {"questions_per_minute": 0, "questions_waiting": 1000, "answer_seconds": 600}
    environment = os.environ | {f"HISTQA_{name.upper()}": str(one) for name, one in given.items()}
    environment["HISTQA_SECRET"] = uuid4().hex
    command = [sys.executable, "-m", "histqa", "serve", "--no-update", "--port", str(port)]
    child = subprocess.Popen([*command, "--index", settings.index], env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/readyz", child)
        yield address, child.pid
    finally:
        child.terminate()
        child.wait()


def wait_for(address: str, child: subprocess.Popen[bytes]) -> None:
    """Until the server answers."""
    while child.poll() is None:
        try:
            httpx.get(address).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("the server ended before it answered; what it said stands above")


def compared(answer: dict[str, Any]) -> dict[str, Any]:
    """What must be equal: all but the addresses, which only a server gives."""
    for quote in answer["quotes"] + answer["related"]:
        quote.pop("address", None)
    return answer


async def ask_interface(
    client: httpx.AsyncClient, asked: Asked, expected: dict[Asked, Any], tally: Tally
) -> None:
    question, history = asked
    body = {"question": question, "history": list(history)}
    response = await client.post("/api/ask", json=body)
    tally.statuses[f"api {response.status_code}"] += 1
    if response.status_code == 200:
        if compared(response.json()) != expected[asked]:
            tally.wrong.append(question)
        return
    told = response.json()["detail"]
    is_told = response.status_code in REFUSALS and "retry-after" in response.headers and told
    tally.said[re.sub(r"\d+ s", "N s", told)] += 1
    if not is_told:
        tally.wrong.append(f"{question}: refused without saying when to ask again")
    await asyncio.sleep(0.1)


async def ask_chat(
    client: httpx.AsyncClient, event: int, asked: Asked, expected: dict[Asked, Any], tally: Tally
) -> None:
    """As the page does: into the queue, then what the stream tells, to its end."""
    question, session = asked[0], uuid4().hex
    body = {"data": [question, [], None], "fn_index": event, "session_hash": session}
    joined = await client.post("/gradio_api/queue/join", json=body)
    tally.statuses[f"chat {joined.status_code}"] += 1
    if joined.status_code != 200:
        tally.said[joined.json().get("detail", "")[:60]] += 1
        await asyncio.sleep(0.1)
        return
    last: dict[str, Any] = {}
    stream = client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session})
    async with stream as response:
        async for line in response.aiter_lines():
            message = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
            if message.get("msg") == "process_completed":
                last = message
                break
    shown = html.unescape(_TAG.sub("", " ".join(texts_in(last))))
    quotes = [quote["text"] for quote in expected[asked]["quotes"]]
    is_right = last.get("success") and all(
        folded(text) in folded(shown) for text in [question, *quotes]
    )
    if not is_right:
        tally.wrong.append(f"chat: {question}")


def texts_in(value: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts_in(inner)


def event_of_chat(address: str) -> int:
    """The number under which Gradio knows what the button "Ask" sets off."""
    config = httpx.get(f"{address}/config").json()
    return next(one["id"] for one in config["dependencies"] if one["api_name"] == "respond")


async def person(
    client: httpx.AsyncClient, number: int, expected: dict[Asked, Any], tally: Tally, until: float,
    event: int,
) -> None:  # fmt: skip
    """Asks one question after another; by the chat where there is an ``event``."""
    asked = [one for one in expected if not one[1]] if event >= 0 else list(expected)
    choose = Random(number + int(until))
    while time.monotonic() < until:
        one = choose.choice(asked)
        with timed(tally.seconds):
            if event >= 0:
                await ask_chat(client, event, one, expected, tally)
            else:
                await ask_interface(client, one, expected, tally)


async def crowd(
    address: str, expected: dict[Asked, Any], tally: Tally, options: Any, seconds: float
) -> None:
    """The time begins when everybody is there: certificates alone take long to read 32 times."""
    event, certificates = event_of_chat(address), ssl.create_default_context()
    clients = [
        httpx.AsyncClient(base_url=address, timeout=600, verify=certificates)
        for _ in range(options.people)
    ]
    until = time.monotonic() + seconds
    await asyncio.gather(
        *(
            person(client, number, expected, tally, until, event if number < options.chat else -1)
            for number, client in enumerate(clients)
        )
    )
    tally.crowded += time.monotonic() - until + seconds
    for client in clients:
        await client.aclose()


def alone(assistant: Any, asked: Sequence[Asked], seconds: float) -> tuple[int, float]:
    """How many questions bare ``ask`` answers, and in what time."""
    began, count = time.monotonic(), 0
    while (passed := time.monotonic() - began) < seconds:
        question, history = asked[count % len(asked)]
        assistant.ask(question, history=history)
        count += 1
    return count, passed


def run(assistant: Any, settings: Any, options: argparse.Namespace) -> dict[str, Any]:
    from histqa.frontends.view import answer_as_json

    asked = questions_of(assistant, None)
    expected = {
        one: json.loads(json.dumps(answer_as_json(assistant.ask(one[0], history=one[1]))))
        for one in asked
    }
    tally, bare = Tally(), [0, 0.0]
    with server(settings, with_limits=options.shipped_limits) as (address, process):
        memory = [resident_megabytes(process)]
        asyncio.run(crowd(address, expected, Tally(), options, options.seconds / ROUNDS))
        memory.append(resident_megabytes(process))
        for _ in range(ROUNDS):
            count, passed = alone(assistant, asked, options.seconds / ROUNDS)
            bare = [bare[0] + count, bare[1] + passed]
            asyncio.run(crowd(address, expected, tally, options, options.seconds / ROUNDS))
        memory.append(resident_megabytes(process))
    return report(tally, bare, memory)


def report(tally: Tally, bare: Sequence[float], memory: Sequence[float]) -> dict[str, Any]:
    print("statuses:", dict(tally.statuses))
    for sentence, count in tally.said.most_common():
        print(f"  {count} x {sentence}")
    for question in tally.wrong[:5]:
        print(f"  wrong: {question[:100]}")
    answers = sum(count for name, count in tally.statuses.items() if name.endswith(" 200"))
    return {
        "requests": tally.statuses.total(),
        "answers a second": answers / tally.crowded,
        "bare a second": bare[0] / bare[1],
        "ratio": answers / tally.crowded / (bare[0] / bare[1]),
        **milliseconds(tally.seconds),
        "wrong": len(tally.wrong),
        **dict(zip(("MB at start", "MB warm", "MB at end"), memory, strict=True)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpus", default="docs_corpus")
    parser.add_argument("--people", type=int, default=32)
    parser.add_argument("--chat", type=int, default=4, help="how many of them use the web chat")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--embedder", default="minilm")
    parser.add_argument("--reader", default="mpnet")
    parser.add_argument("--shipped-limits", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    prepare(threads=1)
    from histqa.assistant import Assistant
    from histqa.settings import load_settings

    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(corpus=options.corpus, index=folder)
        settings = replace(settings, embedder=options.embedder, reader=options.reader)
        Assistant.build(settings=settings).close()
        with Assistant.open(settings=settings) as assistant:
            row = run(assistant, settings, options)
    print(table([row]))
    write_json(row, options.json)
    if row["wrong"]:
        raise SystemExit("somebody got a wrong answer, or was refused without being told when")


if __name__ == "__main__":
    main()
