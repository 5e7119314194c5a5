"""How many questions one client may post in a minute."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.testclient import TestClient

from histqa.frontends.pace import Pace, Pacing


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def client(clock: Clock, *, host: str = "10.0.0.1", app: FastAPI | None = None) -> TestClient:
    if app is None:
        app = FastAPI()
        app.add_middleware(Pace, pacing=Pacing(3, now=clock))
        app.add_api_route("/ask", lambda: "asked", methods=["POST"])
        app.add_api_route("/read", lambda: "read")
    return TestClient(app, client=(host, 1234))


def test_more_than_are_allowed_hear_when_to_ask_again() -> None:
    browser = client(Clock())
    assert [browser.post("/ask").status_code for _ in range(4)] == [200, 200, 200, 429]
    response = browser.post("/ask")
    assert response.headers["retry-after"] == "20"
    assert response.json()["status"] == 429
    assert "more than 3 in a minute" in response.json()["detail"]
    page = browser.post("/ask", headers={"Accept": "text/html"})
    assert "Please ask again in 20 s" in page.text


def test_the_time_that_is_named_is_enough() -> None:
    clock = Clock()
    browser = client(clock)
    for _ in range(3):
        browser.post("/ask")
    clock.now += 19.9
    assert browser.post("/ask").status_code == 429
    clock.now += 0.2
    assert browser.post("/ask").status_code == 200
    assert browser.post("/ask").status_code == 429
    clock.now += 3600
    assert [browser.post("/ask").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_reading_is_not_counted() -> None:
    browser = client(Clock())
    assert {browser.get("/read").status_code for _ in range(9)} == {200}
    assert browser.post("/ask").status_code == 200


def test_each_client_has_its_own_and_a_network_of_ipv6_is_one() -> None:
    clock = Clock()
    first = client(clock, host="2001:db8::1")
    app = first.app
    for _ in range(3):
        first.post("/ask")
    assert client(clock, host="2001:db8::ffff", app=app).post("/ask").status_code == 429  # type: ignore[arg-type]
    assert client(clock, host="2001:db8:1::1", app=app).post("/ask").status_code == 200  # type: ignore[arg-type]
    assert client(clock, host="10.0.0.2", app=app).post("/ask").status_code == 200  # type: ignore[arg-type]


def test_any_number_of_clients_takes_bounded_memory() -> None:
    pacing = Pacing(3, now=Clock())
    for number in range(10_050):
        pacing.seconds_to_wait({"client": (str(number), 1)})
    assert len(pacing._buckets) == 10_000
    assert "0" not in pacing._buckets
