"""What is logged and counted of requests, and what is not."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

Serve = Callable[..., Any]
QUESTION = "When was the Corinth Canal opened?"


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(one.message) for one in caplog.records if one.name == "histqa.requests"]


def test_a_line_names_the_route_and_neither_the_question_nor_the_address(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    served = serve(access="link", request_log="requests")
    token = served.signatures.token(9_999_999_999)
    with caplog.at_level(logging.INFO, "histqa.requests"):
        served.client.post(f"/link/{token}/api/ask", json={"question": QUESTION})
        served.client.get(f"/link/{token}/read/a-reading?start=1&end=2&sig=secret")
        served.client.get("/../../etc/passwd")
    told = lines(caplog)
    assert [(line["method"], line["route"], line["status"]) for line in told] == [
        ("POST", "/api/ask", 200),
        ("GET", "/read/{doc_id:path}", 404),
        ("GET", "other", 403),
    ]
    assert all(line["milliseconds"] > 0 and line["time"].endswith("Z") for line in told)
    for private in (token, "Corinth", "a-reading", "passwd", "testclient"):
        assert private not in caplog.text


def test_questions_are_logged_only_where_that_is_asked_for(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    served = serve(request_log="questions")
    with caplog.at_level(logging.INFO, "histqa.requests"):
        served.client.post("/api/ask", json={"question": QUESTION + "\n\u2028{"})
    assert lines(caplog)[0]["question"] == QUESTION + "\n\u2028{"
    assert "\n" not in caplog.records[-1].getMessage()


def test_metrics_count_requests_by_route(serve: Serve) -> None:
    served = serve()
    for question in (QUESTION, QUESTION, ""):
        served.client.post("/api/ask", json={"question": question})
    served.client.get("/nothing-of-that-name")
    said = served.client.get("/metrics").text
    assert 'histqa_requests_total{method="POST",route="/api/ask",status="200"} 2.0' in said
    assert 'histqa_requests_total{method="POST",route="/api/ask",status="422"} 1.0' in said
    assert 'histqa_request_seconds_count{route="/api/ask"} 3.0' in said
    assert "histqa_readings 3.0" in said
    assert "nothing-of-that-name" not in said


def test_two_servers_count_for_themselves(serve: Serve) -> None:
    first, second = serve(), serve()
    first.client.post("/api/ask", json={"question": QUESTION})
    assert 'route="/api/ask"' not in second.client.get("/metrics").text
