"""Answers as chat messages."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

from histqa.frontends import messages
from histqa.frontends.exchanges import Exchange, Wishes
from histqa.frontends.languages import Sentence
from histqa.frontends.messages import Showing, exchange_message
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


PLAIN = Showing()


def shown(answer: Answer, showing: Showing = PLAIN, **exchange: object) -> str:
    return exchange_message(Exchange(answer.question, answer=answer, **exchange), 3, showing)  # type: ignore[arg-type]


def visible(message: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", message))


def test_each_quote_is_shown_verbatim_with_its_number_place_and_address() -> None:
    message = shown(answered((0, 27)))
    assert '<blockquote dir="auto">The troops left in October&#46;</blockquote>' in message
    assert 'href="./read/unit%201%2Fa%3Fb?start=0&amp;end=27&amp;hash=' in message
    assert '<span class="hq-chip">1</span>' in message
    assert "A Title\N{NO-BREAK SPACE}· paragraph\N{NO-BREAK SPACE}1" in visible(message)


def test_every_address_is_the_one_that_the_server_gives() -> None:
    showing = Showing(address=lambda quote: f"/x?{quote.span.end}&sig=1")
    message = shown(answered((0, 27), text="They left in autumn [1]."), showing)
    assert re.findall('href="([^"]*)"', message) == ["./x?27&amp;sig=1"] * 2


def test_a_composer_that_only_repeats_quotes_adds_no_prose() -> None:
    assert "hq-prose" not in shown(answered((0, 27)))


def test_a_marker_in_prose_becomes_a_link_to_its_quote() -> None:
    message = shown(answered((0, 27), text="They left in autumn [1], not [2]."))
    assert message.count('class="hq-chip" href="./read/') == 1
    assert "They left in autumn 1, not [2]." in visible(message)


def test_the_short_answer_leads_and_is_marked_in_the_first_quote_alone() -> None:
    message = shown(answered((0, 27), (0, 27), short="in October"))
    assert message.index("in October") < message.index("<blockquote")
    first = 'The troops left <mark class="hq-mark">in October</mark>&#46;</blockquote>'
    assert first in message
    assert message.count("<mark") == 1
    assert "The troops left in October." in visible(message)


def test_a_yes_or_no_leads_and_marks_nothing() -> None:
    message = shown(answered((0, 27), short="no"))
    assert '<p class="hq-short"><bdi>no</bdi></p>' in message
    assert "<mark" not in message


def test_what_was_read_into_a_question_is_shown_with_a_way_to_take_it_away() -> None:
    answer = answered((0, 27), period="after 1920", also_searched=("remain", "linger"),
                      understood_as="Why did Japan stay?")  # fmt: skip
    message = shown(answer, Showing({"a": "A Title"}), wishes=Wishes(("a",)))
    said = visible(message)
    for words in ("Understood as “Why did Japan stay?”", "Time after 1920, which comes first",
                  "Also searched “remain”, “linger”", "In A Title"):  # fmt: skip
        assert words in said
    names = re.findall(r'name="again-without-(\w+)" value="3"', message)
    assert names == ["understanding", "period", "variants", "readings"]
    assert "hq-conditions" not in shown(answered((0, 27)))


def test_a_name_that_no_reading_has_is_said_before_what_was_found() -> None:
    answer = answered((0, 27), missing=("Woodrow Wilson", "Lenin"))
    none = replace(answer, verdict=Verdict.NOT_FOUND, quotes=())
    for one, found in ((answer, "The troops left"), (none, "The readings do not say")):
        said = visible(shown(one))
        before = said.index("Not in the readings: “Woodrow Wilson”, “Lenin”")
        assert before < said.index(found)
        assert "Not in the readings" not in visible(shown(replace(one, missing=())))


def test_every_button_has_a_name_that_can_be_read_out() -> None:
    message = shown(answered((0, 27), period="after 1920"), Showing(takes_votes=True))
    buttons = re.findall(r"<button[^>]*>(.*?)</button>", message)
    assert [visible(button) for button in buttons] == [
        "Ask again without this", "Copy", "Link", "Yes", "No"
    ]  # fmt: skip


def test_a_vote_is_shown_in_place_of_the_question_for_it() -> None:
    message = shown(answered((0, 27)), Showing(takes_votes=True), vote="up")
    assert "You found this helpful." in visible(message)
    assert 'name="unvote" value="3"' in message
    assert "Helpful?" not in visible(message)
    assert "Helpful?" not in visible(shown(answered((0, 27))))


def test_each_stage_is_told_in_its_own_words() -> None:
    stages = ("", "searching", "reading", "composing")
    told = {exchange_message(Exchange("?", stage=stage), 1, Showing()) for stage in stages}
    assert len(told) == 4
    assert all("hq-pending" in message for message in told)


def test_quotes_beyond_ninety_words_are_folded_away_but_never_the_first() -> None:
    message = shown(answered((0, 27), (27, END), (0, 10)))
    assert message.count("<figure") == 3
    assert message.index("</figure>") < message.index("<details") < message.rindex("<figure")
    one_long = shown(answered((0, len(TEXT))))
    assert "<details" not in one_long


def test_not_found_is_no_answer_and_offers_the_nearest_passages_as_such() -> None:
    related = (Quote.cut(document(), Span(0, 27)),)
    message = shown(
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
    assert "Understood as “Why did the troops leave?”" in visible(shown(differs))
    same = answered((0, 27), question="Why did  they leave", understood_as="why did they leave?")
    assert "Understood" not in shown(same)


def test_hostile_text_stays_text_wherever_it_stands() -> None:
    reading = document(title=HOSTILE, author=HOSTILE, doc_id=HOSTILE)
    quote = Quote.cut(reading, Span(TEXT.index(HOSTILE), len(TEXT)))
    answer = Answer(
        HOSTILE,
        HOSTILE + "!!",
        Verdict.ANSWERED,
        HOSTILE,
        1,
        (quote,),
        notes=(HOSTILE,),
        short=HOSTILE[:20],
        period=HOSTILE,
        also_searched=(HOSTILE,),
    )
    for message in (
        shown(answer),
        messages.question_message(HOSTILE),
        exchange_message(
            Exchange(HOSTILE, fault=Sentence.of("fault.told", detail=HOSTILE)), 1, Showing()
        ),
        shown(answer, Showing({"x": HOSTILE}), wishes=Wishes(("x", HOSTILE))),
    ):
        tags = set(re.findall(r"<(\w+)", message))
        assert tags <= {"div", "p", "bdi", "figure", "blockquote", "figcaption", "a", "span",
                        "strong", "button", "ul", "li", "mark"}  # fmt: skip
        assert "\n" not in message
        assert not re.search(r'(href|src)="(?!\./read/)', message)
        assert "](" not in message
        assert "${" not in message


def test_an_endless_question_is_not_repeated_whole() -> None:
    assert len(messages.question_message("x" * 100_000)) < 600
