"""Conversations as a browser tab keeps them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from histqa.assistant import Assistant
from histqa.frontends.exchanges import Conversation, Exchange, Removable, Wishes, asked
from histqa.frontends.keeping import EXCHANGES_KEPT, Keeping
from histqa.frontends.languages import Sentence
from histqa.frontends.signing import Signatures

KEEPING = Keeping(Signatures("a secret that only the tests know"))
kept, restored = KEEPING.kept, KEEPING.restored
WHEN = "When was the Corinth Canal opened?"
BROKEN = Sentence.of("fault.told", detail="It broke.")


def conversation_with(assistant: Assistant, *questions: str) -> Conversation:
    conversation: Conversation = ()
    for question in questions:
        last = list(asked(assistant, Exchange(question), conversation))[-1]
        conversation = (*conversation, last)
    return conversation


def without_scores(conversation: Conversation) -> Conversation:
    """A score is of no use once the answer is given, and is not kept."""
    library = {q.doc_id for e in conversation if e.answer for q in e.answer.quotes}
    assert library
    return tuple(
        replace(
            exchange,
            answer=replace(
                exchange.answer,
                quotes=tuple((q.text, q.span, q.doc_id) for q in exchange.answer.quotes),
                related=tuple((q.text, q.span, q.doc_id) for q in exchange.answer.related),
            ),
        )
        for exchange in conversation
        if exchange.answer
    )


def test_what_is_kept_comes_back_the_same(assistant: Assistant) -> None:
    conversation = conversation_with(assistant, WHEN, "and who dug it?", "Who painted Guernica?")
    assert conversation[0].answer
    conversation = (
        replace(
            conversation[0],
            wishes=Wishes(("canal",), (Removable.PERIOD,)),
            vote="up",
            answer=replace(
                conversation[0].answer,
                short="1893",
                period="1893",
                also_searched=("Corinth",),
                missing=("Xerxes",),
            ),
        ),
        *conversation[1:],
    )
    back = restored(kept(conversation), assistant.library)
    assert without_scores(back) == without_scores(conversation)


def test_what_failed_or_was_stopped_comes_back_as_such(assistant: Assistant) -> None:
    conversation = (
        Exchange("a", fault=BROKEN),
        Exchange("b", is_stopped=True),
        Exchange("c", stage="reading"),
    )
    back = restored(kept(conversation), assistant.library)
    assert [one.question for one in back] == ["a", "b"]
    assert back[0].fault == BROKEN
    assert back[1].is_stopped


def test_an_answer_from_a_reading_that_has_changed_is_not_shown_as_if_it_stood_there(
    assistant: Assistant,
) -> None:
    text = kept(conversation_with(assistant, WHEN))
    (reading,) = {d.doc_id for d in assistant.documents if d.path == "canal.txt"}
    document = assistant.document(reading)
    changed = {reading: replace(document, text=document.text.replace("1893", "1983"))}
    for library in (changed, {}):
        (back,) = restored(text, library)
        assert back.answer is None
        assert "changed" in str(back.fault)


def test_what_was_not_written_here_is_no_conversation(assistant: Assistant) -> None:
    text = kept(conversation_with(assistant, WHEN))
    (one,) = json.loads(text)
    said = json.loads(one["said"])
    said["answer"]["quotes"][0][1:3] = [0, 9]  # a place that no answer quoted
    forged = [{**one, "said": json.dumps(said)}]
    assert restored(json.dumps(forged), assistant.library) == ()
    assert (
        Keeping(Signatures("another secret than that one")).restored(text, assistant.library) == ()
    )
    assert len(restored(text, assistant.library)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "7",
        "null",
        "[1]",
        "[{}]",
        '[{"question": 1}]',
        "[" * 100_000,
        '"abc"',
        '[{"said": "{}", "signature": "é"}]',
    ],
)
def test_what_is_no_conversation_is_none(assistant: Assistant, text: str) -> None:
    assert restored(text, assistant.library) == ()


def test_a_very_long_conversation_is_kept_from_its_end(assistant: Assistant) -> None:
    conversation = tuple(Exchange(str(n), fault=BROKEN) for n in range(EXCHANGES_KEPT + 5))
    back = restored(kept(conversation), assistant.library)
    assert [one.question for one in back] == [str(n) for n in range(5, EXCHANGES_KEPT + 5)]
