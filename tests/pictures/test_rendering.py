"""Pages drawn from real PDF files: the marked pixels cover the words and nothing else."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from histqa.pictures.rendering import BROKEN, LOCKED, SHAPELESS, render
from histqa.pictures.values import NOT_FOUND, Picture, PictureJob

LINES = ("The Allies withdrew from Siberia.", "Japan stayed in the north", "until the year 1922.")
QUOTE = "stayed in the north until the year"


def drawn(content: bytes, quote: str = "", *, number: int = 1, **more: object) -> Picture:
    return render(PictureJob(content, number, 600, quote, **more))  # type: ignore[arg-type]


def pixels(picture: Picture) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(picture.content)).convert("RGB")).astype(int)


def changed(marked: Picture, plain: Picture) -> np.ndarray:
    """Where the two pictures differ by more than WebP makes them."""
    return np.abs(pixels(marked) - pixels(plain)).max(axis=2) > 60


def covered(picture: Picture) -> np.ndarray:
    area = np.zeros((picture.height, picture.width), dtype=bool)
    for left, top, right, bottom in picture.boxes:
        area[max(top, 0) : bottom, max(left, 0) : right] = True
    return area


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_marked_pixels_cover_the_words_of_the_quote(make_pdf, turn: int) -> None:
    """A file with the quoted words alone, at the same places, tells where their ink is."""
    content = make_pdf([LINES], turn=turn)
    alone = make_pdf([("", "Japan stayed in the north", "until the year 1922.")], turn=turn)
    marked, plain = drawn(content, QUOTE), drawn(content)
    assert marked.problem == ""
    assert len(marked.boxes) >= 2
    ink = (pixels(plain) < 128).all(axis=2)
    lines = (pixels(drawn(alone)) < 128).all(axis=2)
    inside = covered(marked)
    assert changed(marked, plain)[inside & ~ink].mean() > 0.9
    outside = ~covered(Picture(boxes=tuple(grown(box) for box in marked.boxes),
                               width=marked.width, height=marked.height))  # fmt: skip
    assert not changed(marked, plain)[outside].any()
    # All ink of those two lines is inside but for "Japan" and "1922.": 10 of 38 letters.
    assert 0.6 < (lines & inside).sum() / lines.sum() < 0.9
    first_line = ink & ~lines
    assert (first_line & inside).sum() < 0.02 * first_line.sum()


def grown(box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    # WebP works on blocks of 16 pixels, which colours spread over a little.
    left, top, right, bottom = box
    return (left - 8, top - 8, right + 8, bottom + 8)


def test_print_can_be_read_through_the_mark(make_pdf) -> None:
    content = make_pdf([LINES])
    marked, plain = pixels(drawn(content, QUOTE)), pixels(drawn(content))
    ink = (plain < 60).all(axis=2) & covered(drawn(content, QUOTE))
    assert ink.any()
    assert marked[ink].mean() < 110


def test_a_page_without_the_words_is_shown_and_says_so(make_pdf) -> None:
    picture = drawn(make_pdf([LINES]), "The Treaty of Portsmouth")
    assert picture.problem == NOT_FOUND
    assert picture.boxes == ()
    assert picture.content == drawn(make_pdf([LINES])).content


def test_without_drawing_the_size_and_the_places_are_the_same(make_pdf) -> None:
    content = make_pdf([LINES])
    picture, outline = drawn(content, QUOTE), drawn(content, QUOTE, is_drawn=False)
    assert outline.content == b""
    assert (outline.boxes, outline.width, outline.height) == (
        picture.boxes, picture.width, picture.height
    )  # fmt: skip
    assert Image.open(io.BytesIO(picture.content)).size == (picture.width, picture.height)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda make: make([LINES])[:300], BROKEN),
        (lambda make: b"%PDF-1.7 nothing more", BROKEN),
        (lambda make: b"", BROKEN),
        (lambda make: make([LINES], password="secret"), LOCKED),
        (lambda make: make([LINES], size=(20_000, 3)), SHAPELESS),
    ],
)
def test_a_file_that_cannot_be_drawn_is_a_problem_and_no_picture(
    make_pdf, make: Callable[[Callable[..., bytes]], bytes], said: str
) -> None:
    picture = drawn(make(make_pdf), QUOTE)
    assert picture.problem == said
    assert (picture.width, picture.content, picture.boxes) == (0, b"", ())


@pytest.mark.parametrize("size", [(14_400, 14_400), (14_400, 20_000), (40, 30)])
def test_a_page_of_any_size_becomes_a_picture_of_few_pixels(make_pdf, size) -> None:
    picture = drawn(make_pdf([LINES], size=size))
    assert picture.problem == ""
    assert 0 < picture.width <= 600
    assert 0 < picture.height <= 2400


def test_a_page_that_is_not_there_is_a_problem(make_pdf) -> None:
    for number in (0, 2, -1):
        assert drawn(make_pdf([LINES]), number=number).problem == BROKEN


def test_equal_files_make_equal_pictures(make_pdf) -> None:
    assert drawn(make_pdf([LINES]), QUOTE) == drawn(make_pdf([LINES]), QUOTE)
