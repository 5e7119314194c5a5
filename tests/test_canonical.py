"""Pieces and marks -> the canonical text: positions are exact, whatever blanks stand around."""

from hypothesis import given
from hypothesis import strategies as st

from histqa.canonical import TextBuilder, clean, unmarked
from histqa.types import Page, Repair, Source, Span

SOURCE = Source("a", "a.txt", b"")
pieces = st.lists(
    st.one_of(
        st.text("ab \n\t\u00a0é\u0301", max_size=6),
        st.tuples(st.sampled_from(["x", "", "y z"]), st.just("repair")),
        st.just(("7", "page")),
    ),
    max_size=8,
)
texts = st.lists(st.tuples(st.sampled_from(["heading", "paragraph"]), pieces), max_size=5)


def test_a_marked_repair_is_found_where_its_replacement_stands() -> None:
    builder = TextBuilder()
    builder.heading("Title", 1)
    broken = builder.repair_mark("mended encoding", "â€™", "’")
    builder.paragraph(f"  It   didn{broken}t \n\n end.")
    document = builder.build(SOURCE)
    assert document.text == "Title\n\nIt didn’t\nend."
    assert document.repairs == (Repair("mended encoding", 14, "â€™", "’"),)


def test_a_removed_word_leaves_no_double_blank() -> None:
    builder = TextBuilder()
    builder.paragraph(
        f"one {builder.repair_mark('removed', 'x')} two\n{builder.page_mark('5')} end "
    )
    document = builder.build(SOURCE)
    assert document.text == "one two\nend"
    assert document.repairs[0].position == 4


def test_a_page_may_begin_inside_a_paragraph() -> None:
    builder = TextBuilder()
    builder.paragraph(f"{builder.page_mark('11')}on one {builder.page_mark('12')}on two")
    document = builder.build(SOURCE)
    assert document.pages == (Page(1, "11", Span(0, 7)), Page(2, "12", Span(7, 13)))


def test_a_mark_in_text_that_is_dropped_records_nothing() -> None:
    builder = TextBuilder()
    builder.repair_mark("mended encoding", "a", "b")
    builder.paragraph("kept")
    assert builder.build(SOURCE).repairs == ()


def test_a_file_cannot_forge_a_mark() -> None:
    builder = TextBuilder()
    builder.paragraph("a\ufdd0\ufdd9\ufddbb\ufdd0" + "\ufdd1" * 5000 + "\ufddbc\ufdd0")
    document = builder.build(SOURCE)
    assert (document.text, document.repairs) == ("abc", ())


@given(texts)
def test_the_text_is_clean_and_every_position_lies_in_it(parts: list) -> None:
    builder = TextBuilder()
    for kind, content in parts:
        text = "".join(
            piece
            if isinstance(piece, str)
            else builder.page_mark(piece[0])
            if piece[1] == "page"
            else builder.repair_mark("mended", "?", piece[0])
            for piece in content
        )
        if kind == "heading":
            builder.heading(text, 1)
        else:
            builder.paragraph(text)
    document = builder.build(SOURCE)
    text = document.text
    assert text == text.strip()
    assert "\n\n\n" not in text
    assert text == unmarked(text)
    assert "\n\n".join(map(clean, text.split("\n\n"))) == text
    for heading in document.headings:
        assert heading.span.of(text) == heading.text
    for repair in document.repairs:
        assert text.startswith(repair.replacement, repair.position)
    assert "".join(page.span.of(text) for page in document.pages) in ("", text)
