"""The interface for programs: its answers, its refusals, and what it says of itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

Serve = Callable[..., Any]
QUESTION = "When was the Corinth Canal opened?"
SCHEMA = json.loads(
    (files("histqa.frontends") / "schemas" / "answer.json").read_text(encoding="utf-8")
)


def events(text: str) -> Iterator[tuple[str, Any]]:
    for block in text.strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines())
        yield lines.get("event", ""), lines["data"]


# --- /api/ask ---


def test_an_answer_has_the_form_of_the_schema(served: Any) -> None:
    answer = served.ask(QUESTION)
    jsonschema.validate(answer, SCHEMA)
    first = answer["quotes"][0]
    text = served.assistant.document(first["doc_id"]).text
    assert text[first["start"] : first["end"]] == first["text"]
    assert "1893" in first["text"]


def test_nothing_is_remembered_and_what_is_sent_along_counts(served: Any) -> None:
    alone = served.ask("and who dug it?")
    served.ask(QUESTION)
    assert served.ask("and who dug it?") == alone
    for history in ([QUESTION], [{"question": QUESTION, "answer": "In 1893. [1]"}]):
        followed = served.ask("and who dug it?", history=history)
        assert followed["understood_as"] != alone["understood_as"]
        assert "Corinth" in followed["understood_as"]


def test_readings_restrict_the_search(served: Any) -> None:
    answer = served.ask(QUESTION, readings=["private.txt"])
    assert {quote["title"] for quote in answer["quotes"] + answer["related"]} == {"Sieges"}


def test_fewer_words_can_be_asked_for(served: Any) -> None:
    answer = served.ask("castle besieged weeks", max_words=20)
    assert sum(len(quote["text"].split()) for quote in answer["quotes"]) <= 20


def test_a_time_is_taken_from_the_question_given_or_done_without(served: Any) -> None:
    question = "What was besieged after 1250?"
    assert served.ask(question)["period"] == "after 1250"
    assert served.ask(question, period=None)["period"] == ""
    assert served.ask(question, period="1210-1220")["period"] == "1210-1220"
    response = served.client.post("/api/ask", json={"question": question, "period": "tomorrow"})
    assert response.status_code == 422
    assert "tomorrow" in response.json()["detail"]


def test_other_spellings_are_searched_unless_told_not_to(served: Any) -> None:
    question = "When was the Korinth Canal opened?"
    assert served.ask(question)["also_searched"] == ["Corinth"]
    assert served.ask(question, variants=False)["also_searched"] == []


def test_a_stream_tells_the_quotes_and_then_the_whole_answer(served: Any) -> None:
    body = {"question": QUESTION, "stream": True}
    response = served.client.post("/api/ask", json=body)
    assert response.headers["content-type"].startswith("text/event-stream")
    (started, _), *quotes, (name, last) = events(response.text)
    assert (started, name, {name for name, _ in quotes}) == ("started", "answer", {"quote"})
    answer = json.loads(last)
    assert answer == served.ask(QUESTION)
    assert [json.loads(quote) for _, quote in quotes] == answer["quotes"]


def test_a_stream_tells_what_is_wrong(served: Any) -> None:
    response = served.client.post("/api/ask", json={"question": " ", "stream": True})
    *_, (name, data) = events(response.text)
    assert name == "problem"
    assert json.loads(data)["status"] == 422


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"question": ""}, "the question is empty"),
        ({"question": "x" * 2001}, "2,001 characters"),
        ({"question": QUESTION, "readings": ["nothing"]}, "nothing"),
        ({"question": QUESTION, "history": ["x" * 2001]}, "2,001 characters"),
        ({"question": QUESTION, "max_words": 0}, "body.max_words"),
        ({"question": QUESTION, "maxwords": 3}, "body.maxwords"),
        ({"question": 7}, "body.question"),
        ({}, "body.question"),
        ([], "body"),
    ],
)
def test_a_body_that_is_wrong_is_said_to_be_so_as_problem_details(
    served: Any, body: Any, said: str
) -> None:
    response = served.client.post("/api/ask", json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == 422
    assert said in problem["detail"]
    assert "x" * 50 not in problem["detail"]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"question": NaN}', b"[" * 100_000])
def test_what_is_no_json_is_refused(served: Any, content: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    response = served.client.post("/api/ask", content=content, headers=headers)
    assert response.status_code in (400, 422)
    assert response.headers["content-type"] == "application/problem+json"


def test_requests_of_the_wrong_kind_get_problem_details(served: Any) -> None:
    for response, status in (
        (served.client.get("/api/ask"), 405),
        (served.client.get("/api/nothing"), 404),
        (served.client.get("/api/readings/nothing"), 404),
        (served.client.get("/api/passages/nothing?start=0&end=3"), 404),
        (served.client.get(f"/api/passages/{served.private}"), 422),
    ):
        assert response.status_code == status
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["status"] == status


def test_the_limits_are_at_work(serve: Serve) -> None:
    client = serve(questions_per_minute=2).client
    statuses = [client.post("/api/ask", json={"question": QUESTION}) for _ in range(3)]
    assert [response.status_code for response in statuses] == [200, 200, 429]
    # 30 where all three come at once; exactly, by a clock that stands, in test_pace.py.
    assert 0 < int(statuses[-1].headers["retry-after"]) <= 30
    assert serve(questions_per_minute=0).client.post("/api/ask", json={}).status_code == 422


# --- readings and passages ---


def test_a_passage_is_shown_where_it_stands(served: Any) -> None:
    doc_id = served.doc_id("open.txt")
    text = served.assistant.document(doc_id).text
    start, end = text.index("Corinth"), text.index(" was")
    passage = served.client.get(f"/api/passages/{doc_id}?start={start}&end={end}").json()
    assert passage["text"] == "Corinth Canal"
    assert passage["before"] + passage["text"] + passage["after"] == text
    for wrong in ("start=9&end=3", "start=0&end=99999999", "start=0&end=0", "start=0&end=5&hash=0"):
        assert served.client.get(f"/api/passages/{doc_id}?{wrong}").status_code == 404


def test_a_reading_says_what_is_known_of_it(served: Any) -> None:
    reading = served.client.get(f"/api/readings/{served.private}").json()
    assert (reading["title"], reading["show"], reading["text"]) == ("Sieges", "passage", None)
    assert reading["text_hash"] == served.assistant.document(served.private).text_hash


# --- OpenAI's shape ---


def completed(served: Any, *messages: tuple[str, Any], **more: object) -> Any:
    body = {
        "model": "any",
        "messages": [{"role": role, "content": text} for role, text in messages],
    }
    return served.client.post("/v1/chat/completions", json=body | more)


def test_a_completion_holds_the_quotes_and_cites_them(served: Any) -> None:
    value = completed(served, ("user", QUESTION), temperature=0.3, tools=[]).json()
    assert (value["object"], value["model"]) == ("chat.completion", "histqa")
    (choice,) = value["choices"]
    message = choice["message"]
    assert (message["role"], choice["finish_reason"]) == ("assistant", "stop")
    jsonschema.validate(value["histqa"], SCHEMA)
    first = value["histqa"]["quotes"][0]
    assert first["text"] in message["content"]
    citation = message["annotations"][0]["url_citation"]
    cited = message["content"][citation["start_index"] : citation["end_index"]]
    assert cited == "[1]"
    assert citation["url"] == f"http://testserver{first['address']}"
    assert served.client.get(citation["url"]).status_code == 200


def test_earlier_messages_are_the_conversation(served: Any) -> None:
    parts = [{"type": "text", "text": "and who dug it?"}]
    value = completed(
        served, ("system", "Be brief."), ("user", QUESTION), ("assistant", "In 1893."),
        ("user", parts),
    ).json()  # fmt: skip
    assert "Corinth" in value["histqa"]["understood_as"]


def test_a_streamed_completion_says_the_same(served: Any) -> None:
    whole = completed(served, ("user", QUESTION)).json()
    response = completed(served, ("user", QUESTION), stream=True)
    *chunks, (_, done) = events(response.text)
    assert done == "[DONE]"
    pieces = [json.loads(data) for _, data in chunks]
    deltas = [piece["choices"][0]["delta"] for piece in pieces]
    content = "".join(delta.get("content", "") for delta in deltas)
    assert content == whole["choices"][0]["message"]["content"]
    assert deltas[-1]["annotations"] == whole["choices"][0]["message"]["annotations"]
    assert pieces[-1]["choices"][0]["finish_reason"] == "stop"
    assert len({piece["id"] for piece in pieces}) == 1


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ([("assistant", "Hello.")], "the last message must be the user's"),
        ([("user", "")], "the question is empty"),
        ([], "body.messages"),
        ([("user", [{"type": "image_url", "image_url": {"url": "http://x"}}])], "body.messages"),
    ],
)
def test_refusals_are_problem_details_that_openai_s_clients_read_too(
    served: Any, messages: Any, said: str
) -> None:
    response = completed(served, *messages)
    assert response.status_code == 422
    value = response.json()
    assert said in value["detail"]
    assert value["error"]["message"] == value["detail"]
    assert value["error"]["type"] == "invalid_request_error"


def test_the_model_can_be_listed(served: Any) -> None:
    (model,) = served.client.get("/v1/models").json()["data"]
    assert model["id"] == "histqa"


# --- the description ---


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_the_description_is_complete_and_its_examples_are_answered(served: Any) -> None:
    document = served.client.get("/api/openapi.json").json()
    assert set(document["paths"]) == {
        "/api/ask", "/api/readings", "/api/readings/{doc_id}", "/api/passages/{doc_id}",
        "/v1/models", "/v1/chat/completions", "/healthz", "/readyz", "/metrics",
    }  # fmt: skip
    for reference in references(document):
        found = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
    for path, name in (("/api/ask", "AskRequest"), ("/v1/chat/completions", "CompletionRequest")):
        for example in document["components"]["schemas"][name]["examples"]:
            assert served.client.post(path, json=example).status_code == 200


def test_the_examples_of_the_description_have_the_form_of_what_is_served(served: Any) -> None:
    document = served.client.get("/api/openapi.json").json()

    def example(path: str, method: str = "get", kind: str = "application/json") -> Any:
        return document["paths"][path][method]["responses"]["200"]["content"][kind]["example"]

    answer, asked = example("/api/ask", "post"), served.ask(QUESTION)
    jsonschema.validate(answer, SCHEMA)
    assert answer.keys() == asked.keys()
    quote = asked["quotes"][0]
    streamed = list(events(example("/api/ask", "post", "text/event-stream")))
    assert [name for name, _ in streamed] == ["started", "quote", "answer"]
    readings = served.client.get("/api/readings").json()
    assert example("/api/readings")["readings"][0].keys() == readings["readings"][0].keys()
    doc_id = readings["readings"][0]["id"]
    reading = served.client.get(f"/api/readings/{doc_id}").json()
    assert example("/api/readings/{doc_id}").keys() == reading.keys()
    passage = served.client.get("/api/passages" + quote["address"].removeprefix("/read")).json()
    assert example("/api/passages/{doc_id}").keys() == passage.keys()
    said = {"messages": [{"role": "user", "content": QUESTION}], "model": "histqa"}
    completed = served.client.post("/v1/chat/completions", json=said).json()
    assert example("/v1/chat/completions", "post").keys() == completed.keys()


def test_the_examples_of_refusals_have_the_form_of_what_is_served(served: Any) -> None:
    document = served.client.get("/api/openapi.json").json()

    def example(path: str, method: str, status: str) -> Any:
        said = document["paths"][path][method]["responses"][status]["content"]
        return said["application/problem+json"]["example"]

    nothing = served.client.get("/api/readings/x").json()
    assert example("/api/readings/{doc_id}", "get", "404").keys() == nothing.keys()
    for path, is_openai in (("/api/ask", False), ("/v1/chat/completions", True)):
        empty = served.client.post(path, json={})
        promised = example(path, "post", "422")
        assert promised.keys() == empty.json().keys()
        assert ("error" in promised) is is_openai
        if is_openai:
            served_error = empty.json()["error"]
            told = {name for name, value in served_error.items() if value is not None}
            assert promised["error"].keys() == told  # OpenAPI leaves out what is null


def test_the_description_is_the_only_one(served: Any) -> None:
    found = served.client.get("/openapi.json", follow_redirects=False)
    assert found.status_code == 308
    assert found.headers["location"].endswith("/api/openapi.json")


def test_the_description_is_the_same_below_a_link(serve: Serve) -> None:
    served = serve(access="link")
    token = served.signatures.token(9_999_999_999)
    said = served.client.get(f"/link/{token}/api/openapi.json").text
    assert token not in said
