import pytest
from hypothesis import given
from hypothesis import strategies as st

from histqa.loaders.pdf.furniture import number_of, roman, without_furniture
from histqa.loaders.pdf.lines import Line

short_texts = st.sampled_from(
    ["THE WAR", "Chapter 1", "Chapter 2", "1", "2", "3", "iv", "x", "In 1914 the", "a b", "Page 7"]
)


def page(*texts, top=700.0):
    return [Line(text, 72, 300, top - 20 * row, 10) for row, text in enumerate(texts)]


def texts_of(pages):
    return [[line.text for line in bare.lines] for bare in pages]


def body(number):
    return [f"body {word} of sheet {'abcdefghij'[number]}" for word in ("first", "middle", "last")]


def test_a_line_that_heads_every_page_goes_and_is_recorded():
    pages = without_furniture([page("A History", *body(n)) for n in range(4)])
    assert texts_of(pages) == [body(n) for n in range(4)]
    assert [r.kind for r in pages[0].removals] == ["removed running head"]
    assert pages[0].removals[0].text == "A History"


def test_left_and_right_heads_that_take_turns_both_go_and_number_the_pages():
    heads = [
        f"{n} THE INTERVENTION" if n % 2 == 0 else f"Why They Stayed {n}" for n in range(44, 50)
    ]
    pages = without_furniture([page(head, *body(n)) for n, head in enumerate(heads)])
    assert texts_of(pages) == [body(n) for n in range(6)]
    assert [bare.label for bare in pages] == ["44", "45", "46", "47", "48", "49"]


def test_page_numbers_at_the_foot_go_and_become_labels():
    pages = without_furniture([page(*body(n), text) for n, text in enumerate("iii iv v".split())])
    assert texts_of(pages) == [body(n) for n in range(3)]
    assert [bare.label for bare in pages] == ["iii", "iv", "v"]


def test_a_page_that_shows_no_number_gets_the_one_that_is_due():
    feet = ["7", "8", "", "10", "11"]
    pages = without_furniture(
        [page(*body(n), *([foot] if foot else [])) for n, foot in enumerate(feet)]
    )
    assert [bare.label for bare in pages] == ["7", "8", "9", "10", "11"]


def test_numbers_out_of_step_with_the_pages_stay():
    pages = [page(*body(n), text) for n, text in enumerate(["1914", "300", "77"])]
    assert texts_of(without_furniture(pages)) == [[*body(n), t] for n, t in
                                                  enumerate(["1914", "300", "77"])]  # fmt: skip


def test_the_large_title_stays_where_the_running_head_repeats_it():
    first = [Line("A History", 72, 300, 700, 24), *page(*body(0), top=660)]
    pages = without_furniture([first, *(page("A History", *body(n)) for n in range(1, 5))])
    assert texts_of(pages)[0][0] == "A History"
    assert texts_of(pages)[1] == body(1)


def test_a_repeated_line_below_one_that_stays_stays():
    pages = [page(f"{name} opens", "A refrain", *body(n), "x", "y", "z")
             for n, name in enumerate(("Anna", "Boris", "Clara"))]  # fmt: skip
    assert all("A refrain" in texts for texts in texts_of(without_furniture(pages)))


def test_a_head_that_names_its_chapter_goes_even_where_the_chapter_has_one_page():
    heads = ["Chapter One 1", "Chapter One 2", "Chapter One 3", "A Short Afterword 4"]
    pages = without_furniture([page(head, *body(n)) for n, head in enumerate(heads)])
    assert texts_of(pages) == [body(n) for n in range(4)]


def test_one_page_keeps_everything():
    assert texts_of(without_furniture([page("1", "A History", "1")])) == [["1", "A History", "1"]]


@given(st.lists(st.lists(short_texts, max_size=6), max_size=6))
def test_nothing_is_lost_and_the_order_stays(pages):
    given_pages = [page(*texts) for texts in pages]
    for lines, bare in zip(given_pages, without_furniture(given_pages), strict=True):
        removed = sorted(removal.text for removal in bare.removals)
        assert sorted([*removed, *(line.text for line in bare.lines)]) == sorted(
            line.text for line in lines
        )
        assert list(bare.lines) == [line for line in lines if line in bare.lines]


@given(st.lists(st.lists(st.text("abc XYZ.", min_size=1, max_size=6), max_size=5), max_size=6))
def test_a_line_that_occurs_on_one_page_only_is_never_removed(pages):
    def key(text):
        return "".join(text.lower().replace(".", " ").split())

    for number, bare in enumerate(without_furniture([page(*texts) for texts in pages])):
        elsewhere = {key(t) for other, texts in enumerate(pages) if other != number for t in texts}
        for removal in bare.removals:
            assert key(removal.text) in elsewhere or number_of(removal.text.strip(" .")) is not None


@given(st.integers(1, 3999))
def test_roman_numerals_are_read_as_they_are_written(value):
    number = number_of(roman(value))
    assert number is not None
    assert (number.style, number.value) == ("i", value)
    assert number_of(roman(value).upper()).label == roman(value).upper()


@pytest.mark.parametrize("text", ["", "iiii", "vx", "Iv", "a", "12a", "123456", "١٢"])
def test_what_is_no_page_number_is_none(text):
    assert number_of(text) is None
