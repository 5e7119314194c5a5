from hypothesis import given
from hypothesis import strategies as st

from histqa.loaders.pdf.lines import Line, Mark
from histqa.loaders.pdf.prose import joined, pieces_of, vocabulary

words = st.text("abcXYZ'é1-—", min_size=1, max_size=8)
texts = st.lists(words, min_size=1, max_size=6).map(" ".join)


def line(text, marks=()):
    return Line(text, 0, 100, 0, 10, marks=marks)


def joined_text(*texts, known=()):
    return pieces_of([(1, line(text)) for text in texts], known)[0].text


def test_a_word_broken_before_a_small_letter_is_rejoined_and_recorded():
    (piece,) = pieces_of([(1, line("the long inter-")), (1, line("vention ended"))], ())
    assert piece.text == "the long intervention ended"
    (mend,) = piece.mends
    assert (mend.kind, mend.offset) == ("rejoined hyphen", 9)
    assert (mend.original, mend.replacement) == ("inter-\nvention", "intervention")


def test_a_hyphen_before_a_capital_or_a_digit_stays():
    assert joined_text("the Austro-", "Hungarian army") == "the Austro-Hungarian army"
    assert joined_text("in 1914-", "18 they") == "in 1914-18 they"


def test_a_compound_that_the_reading_knows_with_its_hyphen_keeps_it():
    known = vocabulary([line("a well-known man"), line("it is well-")])
    assert joined_text("the well-", "known", known=known) == "the well-known"
    assert joined_text("the well-", "known", known=known | {"wellknown"}) == "the wellknown"


def test_a_hyphen_that_stands_for_a_left_out_part_stays():
    assert (
        joined_text("nineteenth-", "and twentieth-century") == "nineteenth- and twentieth-century"
    )


def test_a_dash_at_a_line_end_is_no_hyphen():
    assert joined_text("the war -", "and peace") == "the war - and peace"
    assert joined_text("the war—", "and peace") == "the war—and peace"


def test_an_address_broken_at_a_line_end_is_rejoined():
    parts = ("see http://example.org/hist", "ory/1920.html today")
    assert joined_text(*parts) == "see http://example.org/history/1920.html today"
    assert joined_text("see http://example.org/", "today") == "see http://example.org/ today"


def test_a_word_broken_over_a_page_is_whole_and_each_part_stays_on_its_page():
    pieces = pieces_of([(1, line("the inter-")), (2, line("vention"))], ())
    assert [(p.page, p.text, p.joint) for p in pieces] == [(1, "the inter", ""), (2, "vention", "")]


def test_footnote_marks_are_recorded_where_they_stood():
    marks = (Mark(4, "12"),)
    (piece,) = pieces_of([(1, line("The end.")), (1, line("More here", marks=marks))], ())
    assert piece.text == "The end. More here"
    assert [(m.kind, m.offset, m.original) for m in piece.mends] == [
        ("removed footnote mark", 13, "12")
    ]


@given(st.lists(texts, min_size=1, max_size=5), st.lists(words, max_size=3))
def test_joining_lines_loses_nothing_but_hyphens_that_it_records(lines, known):
    (piece,) = pieces_of([(1, line(text)) for text in lines], set(known))
    lost = sum(mend.original.count("-") - mend.replacement.count("-") for mend in piece.mends)
    given_text = "".join("".join(lines).split())
    assert piece.text.count("-") == given_text.count("-") - lost
    assert "".join(piece.text.split()).replace("-", "") == given_text.replace("-", "")


@given(st.lists(texts, min_size=1, max_size=5), st.lists(words, max_size=3))
def test_every_replacement_stands_at_its_offset(lines, known):
    (piece,) = pieces_of([(1, line(text)) for text in lines], set(known))
    for mend in piece.mends:
        assert piece.text.startswith(mend.replacement, mend.offset)


@given(texts, texts)
def test_a_hyphen_goes_only_between_a_word_and_a_small_letter(before, after):
    kept, joint, mends = joined(before, after, ())
    if kept != before:
        assert kept + "-" == before
        assert after[0] in "abcdefghijklmnopqrstuvwxyz"
        assert kept[-1].isalnum() or kept[-1] in "'’-"
        assert mends
        assert joint == ""
