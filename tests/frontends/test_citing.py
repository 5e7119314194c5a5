"""What a student takes away: quotes stay verbatim, and none of them becomes markup."""

from __future__ import annotations

import re
from io import BytesIO

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from markdown_it import MarkdownIt

from histqa.frontends.addresses import quote_address
from histqa.frontends.citing import as_markdown, as_page, as_text, is_base, references
from histqa.frontends.exchanges import Conversation, Exchange
from histqa.frontends.forms import FORMS
from histqa.types import Answer, Document, Quote, Span, Verdict

BASE = "https://chat.example/histqa"
HOSTILE = (
    "<script>alert(1)</script> [a](javascript:x) ![i](http://e.example/i) `b` *c* &amp; \\ 1. #"
)
SYNTAX = st.text(alphabet="ab1 #*_`~[]()<>!|+-.=&\\$\"'\n", min_size=1, max_size=60)


def words_of(content: bytes) -> str:
    """All that a form shows, and where its links lead, of a Word file too."""
    if not content.startswith(b"PK"):
        return content.decode("utf-8")
    paragraphs = docx.Document(BytesIO(content)).paragraphs
    linked = (link.url for paragraph in paragraphs for link in paragraph.hyperlinks)
    return "\n".join((*(paragraph.text for paragraph in paragraphs), *linked))


def link(quote: Quote) -> str:
    return BASE + quote_address(quote)


def document(text: str = HOSTILE, **changes: str) -> Document:
    values = {"doc_id": "a b", "path": "a.txt", "title": "A *Title*", "author": "E. Carr",
              "date": "1950", "address": "https://a.example/1", "licence": "CC BY"}  # fmt: skip
    return Document(text=text, **(values | changes))


def conversation(*documents: Document, **changes: object) -> Conversation:
    quotes = tuple(Quote.cut(one, Span(0, len(one.text))) for one in documents)
    values = {"question": f"Why {HOSTILE}?", "understood_as": "Why?", "verdict": Verdict.ANSWERED,
              "text": "", "confidence": 1.0, "quotes": quotes}  # fmt: skip
    return (Exchange("Why?", answer=Answer(**(values | changes))),)  # type: ignore[arg-type]


def test_every_form_has_the_question_the_quotes_their_addresses_and_the_references() -> None:
    reading = document("Troops left in 1922.")
    found = conversation(reading, question="When?", understood_as="When?", short="1922")
    address = BASE + quote_address(Quote.cut(reading, Span(0, len(reading.text))))
    for form in FORMS.values():
        written = words_of(form.write(found, [reading], link=link))
        written = written.replace("&amp;", "&").replace("\\", "")
        for part in ("When?", "1922", "Troops left in 1922.", "[1]"):
            assert part in written
        assert address in written
        assert "E. Carr. A *Title*. 1950. https://a.example/1. CC BY." in written


def test_a_reading_quoted_twice_is_one_reference_in_the_order_of_quoting() -> None:
    first, second = document("One."), document("Two.", doc_id="b", title="Second", author="")
    answers = [e.answer for e in conversation(second, first, second) if e.answer]
    assert references(answers, [first, second])[0].startswith("Second. 1950")
    assert len(references(answers, [first, second])) == 2


def test_what_the_readings_do_not_say_is_no_quote() -> None:
    found = conversation(verdict=Verdict.NOT_FOUND, related=(Quote.cut(document(), Span(0, 5)),))
    for form in FORMS.values():
        text = words_of(form.write(found, [document()], link=link))
        assert "The readings do not say." in text
        assert "/read/" not in text
        assert "References" not in text


def test_a_page_holds_no_element_of_theirs_and_their_words_to_the_character() -> None:
    tree = html.document_fromstring(as_page(conversation(document()), [document()], link=link))
    assert not tree.xpath("//script | //img | //@onerror")
    assert tree.xpath("//blockquote")[0].text_content() == HOSTILE
    assert tree.xpath("//h2")[0].text_content() == f"Why {HOSTILE}?"
    assert all(link.startswith(BASE) for link in tree.xpath("//@href"))


def test_markdown_links_lead_only_to_the_places_of_quotes() -> None:
    shown = MarkdownIt().render(as_markdown(conversation(document()), [document()], link=link))
    tree = html.document_fromstring(shown)
    assert not tree.xpath("//script | //img | //code | //blockquote//em")
    assert [link[: len(BASE)] for link in tree.xpath("//@href")] == [BASE]


@settings(deadline=None)
@given(SYNTAX)
def test_a_quote_survives_markdown_whatever_stands_in_it(text: str) -> None:
    # White space at the ends of lines is what Markdown itself drops.
    text = "\n".join(line.strip() for line in text.splitlines() if line.strip())
    if text:
        reading = document(text)
        shown = MarkdownIt().render(as_markdown(conversation(reading), [reading], link=link))
        quoted = html.document_fromstring(shown).xpath("//blockquote")[0].text_content()
        assert quoted.strip() == text


def test_text_to_paste_is_the_quote_itself() -> None:
    text = as_text(conversation(document("A  quote.")), [document()], link=link)
    assert "“A  quote.” [1]\n[1] A *Title* · paragraph 1, https://chat.example" in text
    assert re.search(r"\nE\. Carr\. A \*Title\*", text)


@pytest.mark.parametrize(
    ("address", "expected"),
    [("http://127.0.0.1:7860", True), ("https://a.example/histqa/", True), ("", False),
     ("javascript:alert(1)", False), ("https://a.example/)[x](", False), ("//a.example", False),
     ("https://a.example/\n", False), ("https://a.example/\x01", False)],
)  # fmt: skip
def test_only_a_web_address_comes_before_a_place(address: str, expected: bool) -> None:
    assert is_base(address) is expected
