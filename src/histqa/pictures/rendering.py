"""PictureJob -> Picture, with pypdfium2; runs in a child process, for it reads files that harm."""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageChops, ImageDraw

from histqa.pictures.matching import found_in
from histqa.pictures.values import NOT_FOUND, Box, Picture, PictureJob

LOCKED, BROKEN, TOO_LARGE, SHAPELESS = "locked", "broken", "too_large", "shapeless"
# Enough for any page of print; what has more is no page.
_MOST_CHARACTERS = 60_000
_LARGEST_SCALE = 4.0
_LONGEST_SIDE = 4
_QUALITY = 80
_MARK = (255, 221, 87)
_UNDERLINE = (176, 116, 0)
_MARGIN = 1
# Times the height of a line: dots, dashes and blanks between two words.
_WIDEST_GAP = 4

Area = tuple[float, float, float, float]
"""Left, bottom, right and top in points."""


def render(job: PictureJob) -> Picture:
    """The picture of the page. Never raises: what goes wrong is the picture's problem."""
    try:
        return _rendered(job)
    except pypdfium2.PdfiumError as error:
        return Picture(problem=LOCKED if "password" in str(error).casefold() else BROKEN)
    except MemoryError:
        return Picture(problem=TOO_LARGE)
    # Whatever else a hostile file makes of the libraries, the child must go on.
    except Exception:  # noqa: BLE001
        return Picture(problem=BROKEN)


def _rendered(job: PictureJob) -> Picture:
    file = pypdfium2.PdfDocument(job.content)
    if not 1 <= job.number <= len(file):
        return Picture(problem=BROKEN)
    page = file[job.number - 1]
    scale = _scale(page, job.width)
    size = tuple(round(side * scale) for side in page.get_size())
    if min(size) < job.width / 50:
        return Picture(problem=SHAPELESS)
    boxes = tuple(_boxes(page, size, job)) if job.quote else ()
    problem = NOT_FOUND if job.quote and not boxes else ""
    content = _drawn(page, size, boxes) if job.is_drawn else b""
    return Picture(content, size[0], size[1], boxes, problem)


def _scale(page: Any, width: int) -> float:
    """So that the page is ``width`` pixels wide, if it is not much higher or very small."""
    across, up = page.get_size()
    if not (math.isfinite(across) and math.isfinite(up) and across > 0 and up > 0):
        raise ValueError("a page without a size")
    return float(min(width / across, _LONGEST_SIDE * width / up, _LARGEST_SCALE))


# --- where the words stand ---


def _boxes(page: Any, size: Sequence[int], job: PictureJob) -> Iterator[Box]:
    text = _unturned(page)
    count = text.count_chars()
    if not 0 < count <= _MOST_CHARACTERS:
        return
    shown = [chr(pdfium.FPDFText_GetUnicode(text, index)) for index in range(count)]
    found = found_in(shown, job.quote, job.before, job.after)
    for area in _in_lines(text.get_charbox(index, loose=True) for index in found):
        yield _box(page, size, area)


def _unturned(page: Any) -> Any:
    """The characters in their order: pdfium takes the lines of a turned page backwards."""
    turn = page.get_rotation()
    page.set_rotation(0)
    try:
        return page.get_textpage()
    finally:
        page.set_rotation(turn)


def _box(page: Any, size: Sequence[int], area: Area) -> Box:
    """``area`` in pixels, turned and cropped as the page is."""
    left, bottom, right, top = area
    places = [_pixel(page, size, x, y) for x, y in ((left, bottom), (right, top))]
    (one, other), (first, second) = zip(*places, strict=True)
    return min(one, other), min(first, second), max(one, other), max(first, second)


def _pixel(page: Any, size: Sequence[int], x: float, y: float) -> tuple[int, int]:
    across, down = pdfium.c_int(), pdfium.c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, size[0], size[1], 0, x, y, across, down)
    return across.value, down.value


def _in_lines(boxes: Iterable[Area]) -> Iterator[Area]:
    """Neighbours on a line as one."""
    line: Area | None = None
    for box in boxes:
        if line is not None and _goes_on(line, box):
            line = (
                min(line[0], box[0]), min(line[1], box[1]),
                max(line[2], box[2]), max(line[3], box[3]),
            )  # fmt: skip
        else:
            if line is not None:
                yield line
            line = box
    if line is not None:
        yield line


def _goes_on(line: Area, box: Area) -> bool:
    height = min(line[3] - line[1], box[3] - box[1])
    shared = min(line[3], box[3]) - max(line[1], box[1])
    gap = max(box[0] - line[2], line[0] - box[2])
    return shared > height / 2 and gap < _WIDEST_GAP * max(height, 1)


# --- the picture ---


def _drawn(page: Any, size: tuple[int, ...], boxes: Sequence[Box]) -> bytes:
    picture = page.render(scale=size[0] / page.get_width(), may_draw_forms=False).to_pil()
    picture = picture.convert("RGB").resize(size)
    if boxes:
        picture = _marked(picture, boxes)
    written = io.BytesIO()
    picture.save(written, "WEBP", quality=_QUALITY, method=2)
    return written.getvalue()


def _marked(picture: Image.Image, boxes: Sequence[Box]) -> Image.Image:
    """As with a marker pen: paper takes its colour, print stays; a line is seen on dark pages."""
    pen = Image.new("RGB", picture.size, "white")
    for left, top, right, bottom in boxes:
        area = (left - _MARGIN, top - _MARGIN, right + _MARGIN, bottom + _MARGIN)
        ImageDraw.Draw(pen).rectangle(area, fill=_MARK)
    marked = ImageChops.multiply(picture, pen)
    for left, _, right, bottom in boxes:
        line = (left - _MARGIN, bottom, right + _MARGIN, bottom + _MARGIN)
        ImageDraw.Draw(marked).rectangle(line, fill=_UNDERLINE)
    return marked
