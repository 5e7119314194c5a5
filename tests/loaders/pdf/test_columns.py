from hypothesis import given
from hypothesis import strategies as st

from histqa.loaders.pdf.columns import columns_of
from histqa.loaders.pdf.lines import Line


def line(text, left, y, width=200.0):
    return Line(text, left, left + width, y, 10)


def read(lines):
    return [line.text for column in columns_of(lines) for line in column.lines]


LEFT = [line(f"left {n}", 72, 700 - 12 * n) for n in range(10)]
RIGHT = [line(f"right {n}", 300, 700 - 12 * n) for n in range(10)]


def test_two_columns_are_read_one_after_the_other_in_whatever_order_they_come():
    mixed = [line for pair in zip(RIGHT, LEFT, strict=True) for line in pair]
    assert read(mixed) == [line.text for line in [*LEFT, *RIGHT]]


def test_a_line_across_both_columns_divides_what_is_above_from_what_is_below():
    across = line("across", 72, 640, 428)
    expected = [*LEFT[:5], *RIGHT[:5], across, *LEFT[6:], *RIGHT[6:]]
    assert read([*LEFT[:5], *LEFT[6:], *RIGHT[:5], *RIGHT[6:], across]) == [
        line.text for line in expected
    ]


def test_a_second_column_of_two_lines_is_a_column_of_its_own():
    columns = columns_of([*LEFT, *RIGHT[:2]])
    assert [len(column.lines) for column in columns] == [10, 2]


def test_one_column_is_read_from_top_to_bottom():
    assert read([*LEFT[5:], *LEFT[:5]]) == [line.text for line in LEFT]


@given(
    st.lists(
        st.builds(line, st.text(min_size=1, max_size=3), st.floats(0, 600), st.floats(0, 800)),
        max_size=40,
    )
)
def test_every_line_is_in_exactly_one_column(lines):
    found = [line for column in columns_of(lines) for line in column.lines]
    assert sorted(map(repr, found)) == sorted(map(repr, lines))
