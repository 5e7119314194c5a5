import pytest
from hypothesis import given
from hypothesis import strategies as st

from histqa.stores.ranking import best


@given(
    scores=st.lists(st.sampled_from([0.0, 0.25, 0.5, 0.5 + 1e-9, 1.0]), max_size=120),
    count=st.integers(-1, 130),
    order=st.randoms(use_true_random=False),
)
def test_the_best_are_those_of_sorting_everything(scores, count, order):
    pairs = list(enumerate(scores))
    order.shuffle(pairs)  # a search gives ties in any order
    pairs.sort(key=lambda pair: -pair[1])
    expected = sorted(((n, round(s, 6)) for n, s in pairs), key=lambda pair: (-pair[1], pair[0]))
    assert best(lambda wanted: pairs[:wanted], count, digits=6) == expected[: max(count, 0)]


def test_a_clear_cut_needs_one_search():
    asked = []

    def search(wanted):
        asked.append(wanted)
        return [(place, 1.0 - place / 1000) for place in range(wanted)]

    assert [place for place, _ in best(search, 5, digits=6)] == [0, 1, 2, 3, 4]
    assert len(asked) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_many_ties_at_the_cut_go_to_the_first_places(count):
    pairs = [(place, 1.0) for place in reversed(range(500))]
    expected = [(place, 1.0) for place in range(count)]
    assert best(lambda wanted: pairs[:wanted], count, digits=6) == expected
