"""Who is let in with ``access = link``: those with a token that we made and that still holds."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from histqa.frontends.access import link_address
from histqa.frontends.signing import Signatures

Serve = Callable[..., Any]
PERSON = {"Accept": "text/html"}
SOON = int(time.time()) + 3600
PATHS = [
    "/readings",
    "/api/readings",
    "/embed",
    "/widget.js",
    "/metrics",
    "/nothing",
    "/v1/models",
    "/mcp",
]


@pytest.mark.parametrize("path", PATHS)
def test_without_a_link_nothing_is_there(serve: Serve, path: str) -> None:
    response = serve(access="link").client.get(path)
    assert response.status_code == 403
    assert response.headers["content-type"] == "application/problem+json"
    assert "have their link" in response.json()["detail"]


@pytest.mark.parametrize("path", PATHS)
def test_with_a_link_everything_is_as_without_this_setting(serve: Serve, path: str) -> None:
    served = serve(access="link")
    token = served.signatures.token(SOON)
    linked = served.client.get(f"/link/{token}{path}")
    assert linked.status_code == serve().client.get(path).status_code
    bearer = {"Authorization": f"Bearer {token}"}
    assert served.client.get(path, headers=bearer).status_code == linked.status_code


@pytest.mark.parametrize(
    ("token", "said"),
    [
        (Signatures("a secret that only the tests know").token(SOON - 7200), "has expired"),
        (Signatures("another secret than that one").token(SOON), "have their link"),
        (f"{SOON}.forged", "have their link"),
    ],
    ids=["expired", "of another server", "forged"],
)
def test_a_token_that_does_not_hold_is_refused_and_a_person_is_told(
    serve: Serve, token: str, said: str
) -> None:
    served = serve(access="link")
    for response in (
        served.client.get(f"/link/{token}/readings", headers=PERSON),
        served.client.get("/readings", headers=PERSON | {"Authorization": f"Bearer {token}"}),
    ):
        assert response.status_code == 403
        assert said in response.text
        assert response.headers["content-type"].startswith("text/html")
        assert "Sieges" not in response.text


def test_questions_too_need_the_link(serve: Serve) -> None:
    served = serve(access="link")
    body = {"question": "When was the Corinth Canal opened?"}
    assert served.client.post("/api/ask", json=body).status_code == 403
    token = served.signatures.token(SOON)
    assert served.client.post(f"/link/{token}/api/ask", json=body).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_for_everybody_and_says_nothing_else(serve: Serve, path: str) -> None:
    assert serve(access="link").client.get(path).json() == {"status": "ok"}


def test_every_address_on_a_page_keeps_the_link(serve: Serve) -> None:
    served = serve(access="link", root_path="/histqa")
    token = served.signatures.token(SOON)
    page = served.client.get(f"/link/{token}/readings").text
    addresses = [piece.split('"')[0] for piece in page.split('href="')[1:]]
    assert len(addresses) > 4
    assert all(address.startswith(f"/histqa/link/{token}/") for address in addresses)


def test_a_link_without_its_last_slash_leads_on(serve: Serve) -> None:
    served = serve()
    token = served.signatures.token(SOON)
    response = served.client.get(f"/link/{token}", follow_redirects=False)
    assert response.headers["location"] == f"/link/{token}/"
    response = served.client.get(f"/link/{token}?lang=de&q=Why%3F", follow_redirects=False)
    assert response.headers["location"] == f"/link/{token}/?lang=de&q=Why%3F"


def test_a_link_that_was_given_out_works_on_when_the_server_is_opened(serve: Serve) -> None:
    served = serve()
    assert served.client.get(f"/link/{served.signatures.token(1)}/readings").status_code == 200


@pytest.mark.parametrize("path", ["/link/1.%22%3E%3Cscript%3E/readings", "/link/..%2f/readings"])
def test_what_is_no_token_is_no_part_of_the_root(serve: Serve, path: str) -> None:
    response = serve().client.get(path, headers=PERSON)
    assert response.status_code == 404
    assert "<script>" not in response.text


def test_doors_that_are_shut_are_shut_below_a_link_too(serve: Serve) -> None:
    served = serve(access="link")
    token = served.signatures.token(SOON)
    path = f"/link/{token}/gradio_api/upload"
    assert served.client.post(path).status_code == 404
    assert served.client.post(path).text == "Not here."


def test_a_link_is_below_the_address_of_the_server() -> None:
    assert link_address("https://a.example/h/", "1.x") == "https://a.example/h/link/1.x/"
    assert link_address("https://a.example", "1.x") == "https://a.example/link/1.x/"
