"""Phrases of questions and of history prose -> periods, worked out by hand; laws; faults."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histqa.errors import QuestionError
from histqa.periods import overlap, period_named, periods_in
from histqa.types import Period

BY_HAND = {
    # years, and what stands nearer to them
    "Who was mayor in 1850?": [(1850, 1850, "1850")],
    "On 18 February 1917, the Council": [(1917, 1917, "18 February 1917")],
    "December 11, 2017, was a Monday": [(2017, 2017, "December 11, 2017")],
    "On the 3rd of May 1791": [(1791, 1791, "3rd of May 1791")],
    "in Sept. 1928": [(1928, 1928, "Sept. 1928")],
    "in early 1917": [(1917, 1917, "early 1917")],
    "(1938), Tokyo; 1939.": [(1938, 1938, "1938"), (1939, 1939, "1939")],
    # decades and centuries
    "Why did they clash in the 1890s?": [(1890, 1899, "1890s")],
    "music of the late 1960's": [(1960, 1969, "late 1960's")],
    "the \u017fixth century, the 0th century": [],
    "in the mid-nineteenth century": [(1800, 1899, "mid-nineteenth century")],
    "Nineteenth-century London": [(1800, 1899, "Nineteenth-century")],
    "21st Century towns, 1st century roads": [
        (2000, 2099, "21st Century"),
        (0, 99, "1st century"),
    ],
    # ranges
    "the war of 1904–05": [(1904, 1905, "1904–05")],
    "from Jul 2000 to Nov 2010": [(2000, 2010, "Jul 2000 to Nov 2010")],
    "between Dec 1997 and Apr 1998": [(1997, 1998, "between Dec 1997 and Apr 1998")],
    "(1917-1922)": [(1917, 1922, "1917-1922")],
    "1914 – 18": [(1914, 1918, "1914 – 18")],
    "from the 1890s to the 1920s": [(1890, 1929, "1890s to the 1920s")],
    "from 1901 until 1904": [(1901, 1904, "1901 until 1904")],
    "in 1914 and 1918": [(1914, 1914, "1914"), (1918, 1918, "1918")],
    "Between 1897 and 1896, Russian influence": [(1896, 1897, "Between 1897 and 1896")],
    # open ends
    "why did Japan stay after 1920": [(1920, None, "after 1920")],
    "since the early 1920s": [(1920, None, "since the early 1920s")],
    "following the year 1848": [(1848, None, "following the year 1848")],
    "post-1945 Europe": [(1945, None, "post-1945")],
    "before September 1928": [(None, 1928, "before September 1928")],
    "pre-1914 alliances": [(None, 1914, "pre-1914")],
    "by the end of the 15th century": [(None, 1499, "by the end of the 15th century")],
    "until 11 November 1918": [(None, 1918, "until 11 November 1918")],
    # no time at all
    "an army of 72,000 men may march on March 17": [],
    "about 1000 men, over 1200 homes, 1,850 of 1800.5": [],
    "for $1920, room 19204, v.1918, 1918%": [],
    "In 181, the Russians occupied it": [],
    "in 1200 BC, in the 5th century BC, 1500 b.c.": [],
    "what century, this century, a half century": [],
    "": [],
}


@pytest.mark.parametrize("text", BY_HAND)
def test_periods_are_those_worked_out_by_hand(text: str) -> None:
    found = [(period.first, period.last, period.text) for period in periods_in(text)]
    assert found == BY_HAND[text]


def test_periods_overlap_where_they_share_a_year() -> None:
    war, later, open_end, no_beginning = (
        Period(1914, 1918),
        Period(1919, 1925),
        Period(1918, None),
        Period(None, 1913),
    )
    assert war.overlaps(war)
    assert not war.overlaps(later)
    assert war.overlaps(open_end)
    assert not war.overlaps(no_beginning)
    assert not open_end.overlaps(no_beginning)
    assert overlap([later, war], [no_beginning, open_end])
    assert not overlap([], [war])


YEARS = st.integers(1000, 2099)
OPEN_OR_YEAR = st.none() | YEARS


@given(st.text() | st.text("0123456789 –-s1920th century after between and"))
def test_every_period_is_verbatim_and_begins_before_it_ends(text: str) -> None:
    for period in periods_in(text):
        assert period.text in text
        assert period.first is None or period.last is None or period.first <= period.last


@given(OPEN_OR_YEAR, OPEN_OR_YEAR, OPEN_OR_YEAR, OPEN_OR_YEAR)
def test_overlap_is_what_a_list_of_years_says(
    first: int | None, last: int | None, other_first: int | None, other_last: int | None
) -> None:
    years = set(range(first or 900, (last or 2200) + 1))
    others = set(range(other_first or 900, (other_last or 2200) + 1))
    if years and others:
        one, other = Period(first, last), Period(other_first, other_last)
        assert one.overlaps(other) == other.overlaps(one) == bool(years & others)


@given(YEARS, YEARS)
def test_a_written_range_is_read_as_it_was_meant(one: int, other: int) -> None:
    first, last = sorted((one, other))
    for text in (f"{first}-{last}", f"from {first} to {last}", f"between {first} and {last}"):
        assert [(p.first, p.last) for p in periods_in(f"Who ruled {text}?")] == [(first, last)]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1918-1922", 1918, 1922),
        ("1918 – 22", 1918, 1922),
        ("1920", 1920, 1920),
        ("in the 1890s", 1890, 1899),
        ("from 1901 to 1903", 1901, 1903),
        ("After 1920", 1920, None),
        ("the 19th century", 1800, 1899),
    ],
)
def test_a_period_can_be_named(text: str, first: int, last: int | None) -> None:
    named = period_named(text)
    assert (named.first, named.last) == (first, last)


@pytest.mark.parametrize(
    "text", ["", "in the", "long ago", "1918, 1922", "not 1918", "1918-1922 or so"]
)
def test_what_is_no_period_is_refused_with_the_cure(text: str) -> None:
    with pytest.raises(QuestionError, match=r"write years, such as “1918-1922”"):
        period_named(text)
