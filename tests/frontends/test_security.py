"""Headers on every response, and doors that stay shut."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.responses import PlainTextResponse

from histqa.frontends.security import CHAT_POLICY, PAGE_POLICY, Guard, route_path


def client(*origins: str) -> TestClient:
    app = FastAPI()
    app.add_middleware(Guard, origins=origins)
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
    for path, policy in (("/own", PAGE_POLICY), ("/echo", CHAT_POLICY)):
        said = client().get(path).headers["content-security-policy"]
        assert said == f"{policy}; frame-ancestors 'self'"


def test_only_the_sites_that_are_named_may_show_our_pages_in_a_frame() -> None:
    headers = client("https://moodle.example", "https://b.example").get("/own").headers
    ancestors = headers["content-security-policy"].split("; ")[-1]
    assert ancestors == "frame-ancestors 'self' https://moodle.example https://b.example"
    assert "x-frame-options" not in headers
    assert client().get("/own").headers["x-frame-options"] == "SAMEORIGIN"


@pytest.mark.parametrize(
    ("path", "root", "below"),
    [
        ("/a", "", "/a"),
        ("/x/a", "/x", "/a"),
        ("/x", "/x", ""),
        ("/xa", "/x", "/xa"),
        ("/", "", "/"),
    ],
)
def test_the_path_of_a_route_does_not_hold_the_root(path: str, root: str, below: str) -> None:
    assert route_path({"path": path, "root_path": root}) == below


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
