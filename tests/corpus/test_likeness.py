"""How alike two texts are, and which files are repeats: against exact sets and by law."""

import itertools
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histqa.corpus.likeness import likeness, packed, same_readings, sketch_of, unpacked


def words(count: int, seed: int) -> list[str]:
    generator = random.Random(seed)
    return [f"word{generator.randrange(3000)}" for _ in range(count)]


def exact_likeness(one: str, other: str) -> float:
    def runs(text: str) -> set[tuple[str, ...]]:
        found = re.findall(r"[^\W_]+", text.casefold())
        return {tuple(found[place : place + 5]) for place in range(max(len(found) - 4, 1))}

    return len(runs(one) & runs(other)) / len(runs(one) | runs(other))


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.9, 1.0])
def test_the_estimate_is_near_the_exact_likeness(share):
    common = words(int(4000 * share), 1)
    one, other = " ".join(common + words(800, 2)), " ".join(common + words(800, 3))
    estimate = likeness(sketch_of(one), sketch_of(other))
    assert estimate == pytest.approx(exact_likeness(one, other), abs=0.07)


@given(st.lists(st.sampled_from("abcde"), max_size=30), st.lists(st.sampled_from("abcde")))
def test_short_texts_are_compared_exactly(one, other):
    left, right = " ".join(one), " ".join(other)
    wanted = exact_likeness(left, right) if one and other else 0.0
    assert likeness(sketch_of(left), sketch_of(right)) == pytest.approx(wanted)


def test_case_punctuation_and_line_ends_do_not_count():
    left = sketch_of("The Allies, however,\nwithdrew from Siberia in 1920.")
    right = sketch_of("the allies however withdrew from SIBERIA in 1920")
    assert likeness(left, right) == 1.0


def test_a_chapter_is_not_its_book():
    chapters = [words(2000, seed) for seed in range(5)]
    book = sketch_of(" ".join(word for chapter in chapters for word in chapter))
    assert likeness(sketch_of(" ".join(chapters[0])), book) < 0.3


def test_a_sketch_is_the_same_on_every_machine_and_survives_packing():
    sketch = sketch_of("The Allies withdrew from Siberia in the year 1920")
    assert packed(sketch) == packed(unpacked(packed(sketch)))
    assert int(sketch[0]) == 8871665552403841246


def test_texts_without_words_are_like_nothing():
    assert likeness(sketch_of("..."), sketch_of("")) == 0.0
    assert same_readings({"a": sketch_of(""), "b": sketch_of("")}, ["a", "b"]) == (("a",), ("b",))


def test_the_same_readings_are_grouped():
    text = words(300, 1)
    sketches = {
        "a.txt": sketch_of(" ".join(text)),
        "b.pdf": sketch_of(" ".join(text[:290])),
        "c.txt": sketch_of(" ".join(words(300, 2))),
    }
    assert same_readings(sketches, ["b.pdf", "a.txt", "c.txt"]) == (("b.pdf", "a.txt"), ("c.txt",))


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 60)), min_size=1, max_size=8))
def test_all_of_a_group_are_like_its_first_and_no_first_is_like_another(cuts):
    texts = {f"{place}": " ".join(words(200, seed)[cut:]) for place, (seed, cut) in enumerate(cuts)}
    sketches = {path: sketch_of(text) for path, text in texts.items()}
    groups = same_readings(sketches, sorted(sketches))
    assert sorted(path for group in groups for path in group) == sorted(sketches)
    for group in groups:
        assert all(likeness(sketches[group[0]], sketches[path]) >= 0.7 for path in group)
    for one, other in itertools.combinations(groups, 2):
        assert likeness(sketches[one[0]], sketches[other[0]]) < 0.7
