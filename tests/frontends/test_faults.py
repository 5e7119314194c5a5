"""What people and scripts get where something is wrong with an address, or with us."""

from __future__ import annotations

import logging

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.responses import HTMLResponse, StreamingResponse

from histqa.errors import IndexDamaged
from histqa.frontends.faults import Faults
from histqa.frontends.security import CHAT_POLICY, PAGE_POLICY, Guard

PERSON = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def client() -> TestClient:
    def damaged() -> None:
        raise IndexDamaged("index: damaged <b>; remove it and run `histqa index`")

    def breaks_off() -> StreamingResponse:
        def pieces() -> object:
            yield "begun"
            raise RuntimeError("/secret/path")

        return StreamingResponse(pieces())  # type: ignore[arg-type]

    app = FastAPI()
    app.add_middleware(Faults)
    app.add_middleware(Guard)
    app.add_api_route("/fails", lambda: {}["/secret/path"])
    app.add_api_route("/damaged", damaged)
    app.add_api_route("/breaks-off", breaks_off)
    app.add_api_route("/well", lambda: "well")
    app.add_api_route("/own", lambda: HTMLResponse("our own words", status_code=404))
    return TestClient(app)


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/nothing", 404, "There is nothing at this address."),
        ("/fails", 500, "Something went wrong on our side"),
        ("/damaged", 500, "Index: damaged &lt;b&gt;; remove it and run `histqa index`"),
    ],
)
def test_a_person_gets_a_page_with_a_sentence_and_our_headers(
    path: str, status: int, said: str
) -> None:
    response = client().get(path, headers=PERSON)
    assert response.status_code == status
    assert said in response.text
    assert "/secret" not in response.text
    assert response.headers["content-security-policy"].startswith(PAGE_POLICY)
    assert response.headers["x-content-type-options"] == "nosniff"


def test_a_request_of_the_wrong_kind_is_said_to_be_one() -> None:
    response = client().post("/well", headers=PERSON)
    assert response.status_code == 405
    assert "does not take such a request" in response.text


def test_a_script_keeps_the_refusal_that_it_understands() -> None:
    response = client().get("/nothing")
    assert response.json() == {"detail": "Not Found"}
    assert response.headers["content-security-policy"].startswith(CHAT_POLICY)


def test_a_program_gets_a_fault_as_problem_details() -> None:
    response = client().get("/fails")
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == 500
    assert "/secret" not in response.text


def test_what_is_well_or_already_a_page_stays_as_it_is() -> None:
    assert client().get("/well", headers=PERSON).json() == "well"
    assert client().get("/own", headers=PERSON).text == "our own words"


def test_a_fault_is_logged_for_whoever_runs_the_server(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        client().get("/fails")
    assert "KeyError: '/secret/path'" in caplog.text


def test_an_answer_that_breaks_off_is_not_continued_with_a_page() -> None:
    with pytest.raises(RuntimeError):
        client().get("/breaks-off", headers=PERSON)
