"""Conversation <-> the text that a browser tab keeps of it, so that a reload loses nothing.

Quotes are kept as places, and cut anew from the reading: what comes back from a browser can show
nothing in quotation marks that does not stand in the readings.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from histqa.frontends.addresses import is_hash_of
from histqa.frontends.exchanges import Conversation, Exchange, Removable, Wishes
from histqa.frontends.languages import ENGLISH, Sentence
from histqa.frontends.signing import Signatures
from histqa.types import Answer, Document, Quote, Span, Verdict

EXCHANGES_KEPT = 50
_HAS_CHANGED = Sentence("fault.changed")
_NOT_OURS = (KeyError, TypeError, ValueError, RecursionError)


class Keeping:
    """Writes conversations for tabs and reads them again, if they are as they were written.

    Each exchange is signed: a place that no answer quoted cannot be put into one, so nothing of a
    reading can be had in this way that was not shown already.
    """

    def __init__(self, signatures: Signatures) -> None:
        self._signatures = signatures

    def kept(self, conversation: Conversation) -> str:
        """The end of the conversation; questions that are not answered yet are left out.

        A JSON list with, for each exchange, its JSON as a text and the signature of that.
        """
        exchanges = [one for one in conversation if not one.is_pending][-EXCHANGES_KEPT:]
        said = [json.dumps(_exchange(one), ensure_ascii=True) for one in exchanges]
        return json.dumps(
            [{"said": one, "signature": self._signatures.exchange(one)} for one in said]
        )

    def restored(self, text: str, library: Mapping[str, Document]) -> Conversation:
        """The conversation that ``kept`` gave; what it did not give is no conversation."""
        try:
            return tuple(
                _restored(json.loads(self._checked(one)), library)
                for one in json.loads(text)[-EXCHANGES_KEPT:]
            )
        except _NOT_OURS:
            return ()

    def _checked(self, one: dict[str, str]) -> str:
        if not self._signatures.is_exchange(str(one["signature"]), one["said"]):
            raise ValueError("not what was written here")
        return one["said"]


def _exchange(exchange: Exchange) -> dict[str, Any]:
    return {
        "key": exchange.key,
        "question": exchange.question,
        "readings": exchange.wishes.readings,
        "without": exchange.wishes.without,
        "answer": _answer(exchange.answer) if exchange.answer else None,
        "fault": exchange.fault and [exchange.fault.name, dict(exchange.fault.values)],
        "vote": exchange.vote,
    }


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "understood_as": answer.understood_as,
        "is_answered": answer.is_answered,
        "text": answer.text,
        "confidence": answer.confidence,
        "quotes": [_place(quote) for quote in answer.quotes],
        "related": [_place(quote) for quote in answer.related],
        "short": answer.short,
        "also_searched": answer.also_searched,
        "missing": answer.missing,
        "period": answer.period,
        "notes": answer.notes,
    }


def _place(quote: Quote) -> list[Any]:
    return [quote.doc_id, quote.span.start, quote.span.end, quote.text_hash]


def _restored(value: dict[str, Any], library: Mapping[str, Document]) -> Exchange:
    exchange = Exchange(
        question=str(value["question"]),
        wishes=Wishes(
            tuple(str(name) for name in value["readings"]),
            tuple(Removable(name) for name in value["without"]),
        ),
        fault=_fault(value["fault"]),
        is_stopped=not (value["answer"] or value["fault"]),
        vote=str(value["vote"]),
        key=str(value["key"]),
    )
    if not value["answer"]:
        return exchange
    return _with_answer(exchange, value["answer"], library)


def _fault(kept: list[Any] | None) -> Sentence | None:
    """The sentence, if it is still one of ours."""
    if not kept:
        return None
    name, values = kept
    sentence = Sentence.of(str(name), **values)
    ENGLISH.said(sentence)
    return sentence


def _with_answer(
    exchange: Exchange, value: dict[str, Any], library: Mapping[str, Document]
) -> Exchange:
    places = [*value["quotes"], *value["related"]]
    if not all(_is_as_it_was(place, library) for place in places):
        return Exchange(exchange.question, exchange.wishes, fault=_HAS_CHANGED, key=exchange.key)
    answer = Answer(
        question=exchange.question,
        understood_as=str(value["understood_as"]),
        verdict=Verdict.ANSWERED if value["is_answered"] else Verdict.NOT_FOUND,
        text=str(value["text"]),
        confidence=float(value["confidence"]),
        quotes=tuple(_quote(place, library) for place in value["quotes"]),
        related=tuple(_quote(place, library) for place in value["related"]),
        short=str(value["short"]),
        also_searched=tuple(str(words) for words in value["also_searched"]),
        missing=tuple(str(name) for name in value.get("missing", ())),
        period=str(value["period"]),
        notes=tuple(str(note) for note in value["notes"]),
    )
    return Exchange(
        exchange.question, exchange.wishes, answer, vote=exchange.vote, key=exchange.key
    )


def _is_as_it_was(place: list[Any], library: Mapping[str, Document]) -> bool:
    doc_id, _, _, text_hash = place
    try:
        return is_hash_of(str(text_hash), library[doc_id].text_hash)
    except KeyError:
        return False


def _quote(place: list[Any], library: Mapping[str, Document]) -> Quote:
    doc_id, start, end, _ = place
    return Quote.cut(library[doc_id], Span(int(start), int(end)))
