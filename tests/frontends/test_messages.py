"""Answers as chat messages."""

from __future__ import annotations

import dataclasses
import re
from html import unescape

from histqa.frontends import messages
from histqa.types import Answer, Document, Quote, Span, Verdict

HOSTILE = '<script>x</script> ${x} ![i](http://e.example/i) [l](javascript:x) <b a="'
FIRST = "The troops left in October. "
TEXT = FIRST + " ".join(["word"] * 88) + ".\n\n" + HOSTILE

END = TEXT.index("\n\n")


def document(**changes: str) -> Document:
    values = {"doc_id": "unit 1/a?b", "path": "a.txt", "text": TEXT, "title": "A Title"}
    return Document(**(values | changes))


def answered(*spans: tuple[int, int], text: str | None = None, **changes: str) -> Answer:
    reading = document()
    quotes = tuple(Quote.cut(reading, Span(*span)) for span in spans)
    repeated = "\n\n".join(f"“{quote.text}” [{n}]" for n, quote in enumerate(quotes, 1))
    question = changes.pop("question", "When?")
    return Answer(
        question=question,
        understood_as=changes.pop("understood_as", question),
        verdict=Verdict.ANSWERED,
        text=repeated if text is None else text,
        confidence=0.9,
        quotes=quotes,
        **changes,
    )


def visible(message: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", message))


def test_each_quote_is_shown_verbatim_with_its_number_place_and_address() -> None:
    message = messages.answer_message(answered((0, 27)))
    assert '<blockquote dir="auto">The troops left in October&#46;</blockquote>' in message
    assert 'href="./read/unit%201%2Fa%3Fb?start=0&amp;end=27&amp;hash=' in message
    assert '<span class="hq-chip">1</span>' in message
    assert "A Title\N{NO-BREAK SPACE}· paragraph\N{NO-BREAK SPACE}1" in visible(message)


def test_every_address_is_the_one_that_the_server_gives() -> None:
    shown = answered((0, 27), text="They left in autumn [1].")
    message = messages.answer_message(shown, address=lambda quote: f"/x?{quote.span.end}&sig=1")
    assert re.findall('href="([^"]*)"', message) == ["./x?27&amp;sig=1"] * 2


def test_a_composer_that_only_repeats_quotes_adds_no_prose() -> None:
    assert "hq-prose" not in messages.answer_message(answered((0, 27)))


def test_a_marker_in_prose_becomes_a_link_to_its_quote() -> None:
    message = messages.answer_message(answered((0, 27), text="They left in autumn [1], not [2]."))
    assert message.count('class="hq-chip" href="./read/') == 1
    assert "They left in autumn 1, not [2]." in visible(message)


def test_the_short_answer_leads() -> None:
    message = messages.answer_message(answered((0, 27), short="in October"))
    assert message.index("in October") < message.index("<blockquote")


def test_the_time_that_was_preferred_is_said_before_the_quotes() -> None:
    message = messages.answer_message(answered((0, 27), period="<b>after 1920"))
    assert "Time: <b>after 1920; its passages come sooner" in visible(message)
    assert message.index("Time: ") < message.index("<blockquote")
    assert "hq-period" not in messages.answer_message(answered((0, 27)))


def test_quotes_beyond_ninety_words_are_folded_away_but_never_the_first() -> None:
    message = messages.answer_message(answered((0, 27), (27, END), (0, 10)))
    assert message.count("<figure") == 3
    assert message.index("</figure>") < message.index("<details") < message.rindex("<figure")
    one_long = messages.answer_message(answered((0, len(TEXT))))
    assert "<details" not in one_long


def test_not_found_is_no_answer_and_offers_the_nearest_passages_as_such() -> None:
    related = (Quote.cut(document(), Span(0, 27)),)
    message = messages.answer_message(
        Answer("Who?", "Who?", Verdict.NOT_FOUND, "The readings do not say.", 0.1, related=related)
    )
    assert "hq-not-found" in message
    assert "hq-answer" not in message
    assert "<blockquote" not in message
    assert "The readings do not say." in visible(message)
    assert "not an answer" in visible(message)
    assert 'href="./read/' in message


def test_another_understanding_of_the_question_is_shown_and_the_same_one_is_not() -> None:
    differs = answered((0, 27), question="and why?", understood_as="Why did the troops leave?")
    assert "Understood as “Why did the troops leave?”" in visible(messages.answer_message(differs))
    same = answered((0, 27), question="Why did  they leave", understood_as="why did they leave?")
    assert "Understood" not in messages.answer_message(same)


def test_what_was_also_searched_is_told_below() -> None:
    answer = dataclasses.replace(answered((0, 5)), also_searched=("Shakhalin", "<b>"))
    message = messages.answer_message(answer)
    assert "Also searched: Shakhalin, <b> (a word in" in visible(message)
    assert "Also searched" not in messages.answer_message(answered((0, 5)))


def test_hostile_text_stays_text_wherever_it_stands() -> None:
    reading = document(title=HOSTILE, author=HOSTILE, doc_id=HOSTILE)
    quote = Quote.cut(reading, Span(TEXT.index(HOSTILE), len(TEXT)))
    answer = Answer(
        HOSTILE, HOSTILE + "!!", Verdict.ANSWERED, HOSTILE, 1, (quote,), notes=(HOSTILE,)
    )
    for message in (
        messages.answer_message(answer),
        messages.question_message(HOSTILE),
        messages.fault_message(HOSTILE),
    ):
        tags = set(re.findall(r"<(\w+)", message))
        assert tags <= {"div", "p", "bdi", "figure", "blockquote", "figcaption", "a", "span",
                        "strong"}  # fmt: skip
        assert "\n" not in message
        assert not re.search(r'(href|src)="(?!\./read/)', message)
        assert "](" not in message
        assert "${" not in message


def test_an_endless_question_is_not_repeated_whole() -> None:
    assert len(messages.question_message("x" * 100_000)) < 600
