"""A small library, and a small server over three readings: open, not open, and meaning harm."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient

from histqa.assistant import Assistant
from histqa.embedders.hashing import HashingEmbedder
from histqa.frontends.server import create_server
from histqa.frontends.signing import Signatures
from histqa.settings import Settings
from histqa.stores.exact import ExactStore
from histqa.types import Document

CANAL = "The Corinth Canal was opened in 1893 after eleven years of digging."
SECRET = "a secret that only the tests know"
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)> ${alert(1)} {{7*7}} "
    "[link](javascript:alert(1)) ![i](http://elsewhere.example/i.png) $$x^2$$ \\(x\\) "
    "\" onmouseover=alert(1) ' `code` \u202egnirts\u2066"
)
"""What must be shown as it stands, wherever it comes from, and do nothing."""

LETTERS = "abcdefghijklmnopqrstuvwxyz"
PLACES = [f"{first}{second}{third}ton" for first in LETTERS for second in "aeiou" for third in "lr"]
PRIVATE = [
    f"The castle of {place.title()} was besieged for {number + 2} weeks in {1200 + number}."
    for number, place in enumerate(PLACES)
]
"""260 sentences; each is known by its place name."""

READINGS = {
    "open.txt": "The Canal\n\nThe Corinth Canal was opened in 1893 after years of digging.\n",
    "private.txt": "\n\n".join(
        " ".join(PRIVATE[start : start + 5]) for start in range(0, len(PRIVATE), 5)
    ),
    "hostile.txt": f"{HOSTILE}\n\nThe printer Hans Hostile of Ulm wrote {HOSTILE} in 1477.\n",
}
METADATA = f"""
["open.txt"]
title = "The Canal"
licence = "CC BY-SA 4.0"

["private.txt"]
title = "Sieges"

["hostile.txt"]
title = '''{HOSTILE}'''
author = '''{HOSTILE}'''
kind = '''{HOSTILE}'''
licence = '''{HOSTILE}'''
address = "javascript:alert(1)"
show = "whole"
"""


@dataclass(frozen=True)
class Served:
    """A running application with its parts."""

    assistant: Assistant
    signatures: Signatures
    client: TestClient
    hostile: str = HOSTILE

    @property
    def private(self) -> str:
        """The id of the reading that is not shown whole."""
        return self.doc_id("private.txt")

    def seen_of_private(self, said: str) -> set[str]:
        """The sentences of that reading, by their place names, that ``said`` gives away."""
        return {place for place in PLACES if place.title() in said}

    def doc_id(self, path: str) -> str:
        return next(one.doc_id for one in self.assistant.documents if one.path == path)

    def ask(self, question: str, **more: object) -> dict[str, Any]:
        response = self.client.post("/api/ask", json={"question": question, **more})
        assert response.status_code == 200, response.text
        return response.json()  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def three_readings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    corpus = tmp_path_factory.mktemp("corpus")
    for name, text in READINGS.items():
        (corpus / name).write_text(text, encoding="utf-8")
    (corpus / "readings.toml").write_text(METADATA, encoding="utf-8")
    settings = Settings(embedder="hashing", answer_threshold=0.0)
    index = tmp_path_factory.mktemp("index")
    with Assistant.build(corpus, index, settings=settings) as built:
        yield built


@pytest.fixture
def serve(three_readings: Assistant) -> Iterator[Callable[..., Served]]:
    """Settings by name -> the application with them."""
    open_clients: list[TestClient] = []

    def start(*, root_path: str = "", **settings: object) -> Served:
        signatures = Signatures(SECRET)
        app = create_server(lambda: three_readings, Settings(**settings), signatures)  # type: ignore[arg-type]
        client = TestClient(app, root_path=root_path, raise_server_exceptions=False)
        open_clients.append(client)
        client.__enter__()
        return Served(three_readings, signatures, client)

    yield start
    for client in open_clients:
        client.__exit__(None, None, None)


@pytest.fixture
def served(serve: Callable[..., Served]) -> Served:
    return serve()


@pytest.fixture(scope="module")
def make_assistant(
    make_document: Callable[..., Document], make_store: Callable[..., ExactStore]
) -> Callable[..., Assistant]:
    """Names and paragraphs of readings -> an assistant over them that answers readily."""

    def make(readings: dict[str, Sequence[str]], *, threshold: float = 0.2) -> Assistant:
        documents = [make_document(name, text) for name, text in readings.items()]
        settings = Settings(embedder="hashing", answer_threshold=threshold)
        return Assistant(make_store(documents), HashingEmbedder(), settings)

    return make


@pytest.fixture(scope="module")
def assistant(make_assistant: Callable[..., Assistant]) -> Assistant:
    return make_assistant(
        {
            "canal": ["# The canal", CANAL, "Its digging was begun under Nero, and given up."],
            "fortress": ["The fortress of Belgrade fell to its besiegers in 1456."],
        }
    )
