"""The Word file of a conversation, read back: quotes to the character, links that lead to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import docx
from hypothesis import given, settings
from hypothesis import strategies as st

from histqa.frontends.addresses import quote_address
from histqa.frontends.exchanges import Conversation, Exchange
from histqa.frontends.word_file import as_docx
from histqa.types import Answer, Document, Page, Quote, Span, Verdict

BASE = "https://chat.example/histqa"
TODAY = date(2024, 3, 9)
TEXT = "Troops left in 1922.\n\nThe  canal <b>was</b> dug\nby 1893 & lasted.\n\nLast."
READING = Document(
    doc_id="a", path="a.pdf", text=TEXT, title="The Canal", author="E. Carr", date="1950",
    pages=(Page(1, "xi", Span(0, 22)), Page(2, "xii", Span(22, len(TEXT)))),
)  # fmt: skip
OTHER = Document(doc_id="b", path="b.txt", text="Nero began it.", title="Second")


def link(quote: Quote) -> str:
    return BASE + quote_address(quote)


def exchange(question: str, *quotes: Quote, **changes: object) -> Exchange:
    values = {"understood_as": question, "verdict": Verdict.ANSWERED, "text": "",
              "confidence": 1.0, "question": question, "quotes": quotes}  # fmt: skip
    return Exchange(question, answer=Answer(**(values | changes)))  # type: ignore[arg-type]


def read_back(conversation: Conversation, documents: Sequence[Document] = (READING, OTHER)) -> Any:
    return docx.Document(BytesIO(as_docx(conversation, documents, link=link, today=TODAY)))


def texts(file: Any, style: str = "") -> list[str]:
    return [one.text for one in file.paragraphs if style in ("", one.style.name)]


def test_each_quote_is_a_block_of_its_own_and_verbatim() -> None:
    spans = (Span(22, len(TEXT)), Span(0, 20))
    quotes = [Quote.cut(READING, span) for span in spans]
    file = read_back((exchange("When?", *quotes),))
    assert texts(file, "Quote") == [span.of(TEXT) for span in spans]
    assert texts(file, "Title") == ["Questions to the readings"]
    assert texts(file, "Heading 1") == ["When?", "References"]
    assert "2024-03-09" in texts(file)
    assert "[1] The Canal · p. xii" in texts(file)


def test_what_was_read_into_the_question_is_said() -> None:
    found = exchange("When?", Quote.cut(OTHER, Span(0, 4)), understood_as="When was it dug?",
                     also_searched=("Korinth",), missing=("Xerxes",),
                     period="in 1893", short="1893")  # fmt: skip
    said = texts(read_back((found,)))
    assert said[3:7] == ["Understood as: When was it dug?", "Time: in 1893",
                         "Also searched: Korinth", "Not in the readings: Xerxes"]  # fmt: skip
    assert said[7] == "1893"


def test_each_place_is_linked_below_its_quote_and_in_the_references() -> None:
    quotes = [Quote.cut(READING, Span(0, 20)), Quote.cut(OTHER, Span(0, 4))]
    file = read_back((exchange("When?", *quotes), exchange("Who?", quotes[1])))
    links = [link.url for paragraph in file.paragraphs for link in paragraph.hyperlinks]
    assert links == [link(quotes[at]) for at in (0, 1, 1, 0, 1, 1)]
    after = texts(file)[texts(file).index("References") + 1 :]
    assert after == [
        "E. Carr. The Canal. 1950.",
        f"Question 1, [1]: p. xi, {link(quotes[0])}",
        "Second.",
        f"Question 1, [2]: paragraph 1, {link(quotes[1])}",
        f"Question 2, [1]: paragraph 1, {link(quotes[1])}",
    ]


def test_what_the_readings_do_not_say_has_no_quote_and_no_reference() -> None:
    near = Quote.cut(OTHER, Span(0, 4))
    file = read_back((exchange("Why?", verdict=Verdict.NOT_FOUND, related=(near,)),))
    assert "The readings do not say." in texts(file)
    assert not texts(file, "Quote")
    assert "References" not in texts(file)


def test_names_cannot_turn_what_is_read_around_them() -> None:
    hostile = Document(doc_id="c", path="c", text="Word.", title="A\u202etitle", author="\u2066B")
    file = read_back((exchange("Wh\u202ey?", Quote.cut(hostile, Span(0, 5))),), [hostile])
    assert not {"\u202e", "\u2066"} & set("".join(texts(file)))
    assert texts(file, "Heading 1")[0] == "Why?"


def test_the_file_names_no_program_and_no_year_but_ours() -> None:
    file = read_back((exchange("Why?"),))
    facts = file.core_properties
    assert (facts.author, facts.comments, facts.created.year) == ("", "", 2024)


@settings(deadline=None, max_examples=25)
@given(st.text(min_size=1), st.text())
def test_no_character_breaks_the_file(text: str, name: str) -> None:
    odd = Document(doc_id="c", path="c", text=text, title=name, author=name)
    conversation = (exchange(name, Quote.cut(odd, Span(0, len(text))), short=name),)
    written = as_docx(conversation, [odd], link=lambda _: "https://a.example/" + name)
    assert ZipFile(BytesIO(written)).testzip() is None
    assert [len(one) for one in texts(docx.Document(BytesIO(written)), "Quote")] == [len(text)]
