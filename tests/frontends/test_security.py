"""Headers on every response, and doors that stay shut."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.responses import PlainTextResponse

from histqa.frontends.security import CHAT_POLICY, PAGE_POLICY, Guard


def client() -> TestClient:
    app = FastAPI()
    app.add_middleware(Guard)
    app.add_api_route(
        "/own", lambda: PlainTextResponse("", headers={"Content-Security-Policy": PAGE_POLICY})
    )
    app.add_api_route(
        "/echo", lambda: PlainTextResponse("", headers={"Access-Control-Allow-Origin": "x"})
    )
    app.add_api_route("/gradio_api/upload", lambda: "open", methods=["POST"])
    return TestClient(app)


@pytest.mark.parametrize("path", ["/own", "/echo", "/nothing"])
def test_every_response_carries_the_headers(path: str) -> None:
    headers = client().get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "frame-ancestors 'self'" in headers["content-security-policy"]


def test_a_page_keeps_its_own_stricter_policy_and_others_get_the_chats() -> None:
    assert client().get("/own").headers["content-security-policy"] == PAGE_POLICY
    assert client().get("/echo").headers["content-security-policy"] == CHAT_POLICY


def test_no_other_origin_may_read_what_is_sent() -> None:
    response = client().get("/echo", headers={"Origin": "https://elsewhere.example"})
    assert not [name for name in response.headers if name.startswith("access-control")]


def test_nothing_can_be_uploaded() -> None:
    assert client().post("/gradio_api/upload").status_code == 404


def test_a_body_that_does_not_say_its_length_is_refused() -> None:
    response = client().post("/own", content=iter([b"{}"]))
    assert (response.status_code, response.text) == (411, "Say how long the question is.")


@pytest.mark.parametrize("length", ["100000000", "-1", "many"])
def test_a_body_too_large_for_a_question_is_refused(length: str) -> None:
    response = client().post("/own", headers={"Content-Length": length})
    assert response.status_code == 413
