"""What a page weighs and how soon it can be used: bytes, time, errors, layout shift, other hosts.

    python benchmarks/page.py [--corpus docs_corpus] [--runs 5] [--browser /usr/bin/chromium]
        [--embedder NAME] [--reader NAME] [--resources N] [--json OUT]

Starts the real server and opens `/`, `/embed` and a `/read/{id}` in a Chromium with an empty cache:
"usable" is when the question box takes a question or a reading is shown, "whole" when all of the
page has come: on `/` a question is then sent at once, and held until then. "kB" is what came over
the network, as compressed, until everything had come; "again" is the same page once more with the
cache filled. Times are medians after one run that warms the server. --resources lists the heaviest.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from measuring import prepare, table, write_json
from serving import server

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 120_000
SHIFT = """
window.shifted = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({type: 'layout-shift', buffered: true});
"""
USABLE = {
    "/": "#hq-early:has(template + script) textarea, body.hq-ready #hq-question-box textarea",
    "/embed": "#question:enabled",
    "/read": "article, main",
}
WHOLE = {**USABLE, "/": "body.hq-ready #hq-question-box textarea"}


class Seen:
    """What the browser tells of one page while it loads."""

    def __init__(self, page: Page, host: str) -> None:
        self.bytes: dict[str, float] = {}
        self.encodings: dict[str, str] = {}
        self.errors: list[str] = []
        self.others: list[str] = []
        self._host = host
        self._addresses: dict[str, str] = {}
        page.on("console", lambda said: said.type == "error" and self.errors.append(said.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._note_host)
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.responseReceived", self._begun)
        network.on("Network.dataReceived", lambda told: self._add(told, "encodedDataLength"))
        network.on("Network.loadingFinished", self._ended)

    def _note_host(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != self._host:
            self.others.append(request.url)

    def _begun(self, told: dict[str, Any]) -> None:
        response = told["response"]
        path = urlsplit(response["url"]).path
        self._addresses[told["requestId"]] = path
        headers = {name.lower(): value for name, value in response["headers"].items()}
        self.encodings[path] = headers.get("content-encoding", "-")

    def _add(self, told: dict[str, Any], name: str) -> None:
        path = self._addresses.get(told["requestId"], "?")
        self.bytes[path] = self.bytes.get(path, 0) + told[name]

    def _ended(self, told: dict[str, Any]) -> None:
        """The whole count, headers too, in place of the pieces that were counted so far."""
        self.bytes[self._addresses.get(told["requestId"], "?")] = told["encodedDataLength"]

    @property
    def kilobytes(self) -> float:
        """All that came, headers too."""
        return sum(self.bytes.values()) / 1000


def opened(
    page: Page, address: str, kind: str, host: str
) -> tuple[Seen, tuple[float, float], float]:
    """What was seen, the seconds until the page could be used and was whole, its layout shift."""
    seen = Seen(page, host)
    page.add_init_script(SHIFT)
    page.goto(address, wait_until="commit", timeout=PATIENCE)
    times = []
    for selector in (USABLE[kind], WHOLE[kind]):
        page.wait_for_selector(selector, timeout=PATIENCE)
        times.append(page.evaluate("performance.now() / 1000"))
    page.wait_for_timeout(1500)
    return seen, (times[0], times[1]), page.evaluate("window.shifted")


def measured(browser: Browser, root: str, path: str, kind: str, runs: int) -> dict[str, Any]:
    """One row; the first run warms the server and is not counted."""
    host, times = urlsplit(root).netloc, []
    for _ in range(runs + 1):
        context = browser.new_context()
        seen, seconds, shift = opened(context.new_page(), root + path, kind, host)
        again, _, _ = opened(context.new_page(), root + path, kind, host)
        times.append(seconds)
        context.close()
    return {
        "page": kind,
        "kB": seen.kilobytes,
        "requests": len(seen.bytes),
        "kB again": again.kilobytes,
        "usable": statistics.median(one for one, _ in times[1:]),
        "whole": statistics.median(one for _, one in times[1:]),
        "errors": len(seen.errors),
        "shift": shift,
        "other hosts": len(seen.others),
        "told": [*seen.errors, *seen.others],
        "resources": sorted(
            ((size, path, seen.encodings.get(path, "-")) for path, size in seen.bytes.items()),
            reverse=True,
        ),
    }


@contextmanager
def served(options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """The address of a server, and of a reading there."""
    from histqa.assistant import Assistant
    from histqa.settings import load_settings

    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(corpus=options.corpus, index=folder)
        settings = replace(settings, embedder=options.embedder, reader=options.reader)
        with Assistant.build(settings=settings) as assistant:
            reading = assistant.documents[0].doc_id
        with server(settings, with_limits=False) as (root, _):
            yield root, f"/read/{reading}"


def show(row: dict[str, Any], count: int) -> None:
    print(f"\n{row['page']}: the heaviest of {row['requests']} resources")
    for size, path, encoding in row["resources"][:count]:
        print(f"  {size / 1000:8.1f} kB  {encoding:5} {path}")
    for sentence in row["told"]:
        print(f"  ! {sentence[:200]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpus", default="docs_corpus")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--browser", default=shutil.which("chromium"))
    parser.add_argument("--embedder", default="minilm")
    parser.add_argument("--reader", default="mpnet")
    parser.add_argument("--resources", type=int, default=12)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    prepare(threads=1)
    with served(options) as (root, reading), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.browser, args=FLAGS)
        pages = (("/", "/"), ("/embed", "/embed"), (reading, "/read"))
        rows = [measured(browser, root, path, kind, options.runs) for path, kind in pages]
        browser.close()
        widget = httpx.get(f"{root}/widget.js", headers={"Accept-Encoding": "identity"}).content
    for row in rows:
        show(row, options.resources)
    short = [{name: row[name] for name in row if name not in ("told", "resources")} for row in rows]
    print(f"\n{table(short)}\nwidget.js: {len(widget):,} bytes")
    write_json(rows, options.json)


if __name__ == "__main__":
    main()
