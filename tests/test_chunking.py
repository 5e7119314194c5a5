"""Passages: whole sentences of one paragraph, nothing lost, nothing from a heading."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from histqa.canonical import TextBuilder
from histqa.chunking import paragraphs, passages
from histqa.types import PARAGRAPH_BREAK, Document, Source

WORDS = st.sampled_from(["Japan", "troops", "left", "in", "1922", "the", "ports", "Mr.", "St."])
SENTENCES = st.lists(WORDS, min_size=1, max_size=30).map(lambda words: " ".join(words) + ".")
PARAGRAPHS = st.lists(SENTENCES, min_size=1, max_size=8).map(" ".join)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    builder = TextBuilder()
    for paragraph in draw(st.lists(PARAGRAPHS, max_size=5)):
        if draw(st.booleans()):
            builder.heading("A heading", 1)
        builder.paragraph(paragraph)
    return builder.build(Source("d", "d.txt", b""), title="Title")


@given(documents(), st.integers(1, 60))
def test_every_passage_is_the_slice_of_its_text(document: Document, max_words: int) -> None:
    for passage in passages(document, max_words=max_words):
        assert passage.text == passage.span.of(document.text)
        assert PARAGRAPH_BREAK not in passage.text
        for sentence in passage.sentences:
            assert passage.sentence_text(sentence) == sentence.of(document.text)


@given(documents(), st.integers(1, 60))
def test_passages_hold_every_word_but_those_of_headings(document: Document, max_words: int) -> None:
    headings = {heading.span.start for heading in document.headings}
    expected = [
        word
        for paragraph in paragraphs(document.text)
        if paragraph.start not in headings
        for word in paragraph.of(document.text).split()
    ]
    found = [word for p in passages(document, max_words=max_words) for word in p.text.split()]
    assert found == expected


@given(documents(), st.integers(1, 60))
def test_no_passage_and_no_sentence_is_longer_than_the_limit(
    document: Document, max_words: int
) -> None:
    for passage in passages(document, max_words=max_words):
        assert len(passage.text.split()) <= max_words


def test_a_text_without_full_stops_is_divided_where_it_can_be_read() -> None:
    builder = TextBuilder()
    builder.paragraph("one two three, four five\nsix seven eight nine ten; eleven twelve thirteen")
    document = builder.build(Source("d", "d.txt", b""))
    found = [
        passage.sentence_text(sentence)
        for passage in passages(document, max_words=6)
        for sentence in passage.sentences
    ]
    assert found == [
        "one two three, four five",
        "six seven eight nine ten;",
        "eleven twelve thirteen",
    ]


def test_a_long_paragraph_is_divided_evenly() -> None:
    builder = TextBuilder()
    builder.paragraph(" ".join("This is one of the sentences of a paragraph." for _ in range(15)))
    document = builder.build(Source("d", "d.txt", b""))
    lengths = [len(passage.text.split()) for passage in passages(document, max_words=120)]
    assert sum(lengths) == 135
    assert max(lengths) - min(lengths) <= 9
