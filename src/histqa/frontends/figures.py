"""Pages that a quote stands on -> the figures that show them as pictures, below the quote."""

from __future__ import annotations

from collections.abc import Sequence

from histqa.frontends.markup import escaped, seen
from histqa.frontends.page_pictures import PagePicture
from histqa.types import Document


def figures(document: Document, shown: Sequence[PagePicture], *, root: str, is_open: bool) -> str:
    """Closed, they load nothing; ``is_open`` opens the first. ``root``: the server's path."""
    return "".join(
        _figure(document, one, root, is_open=is_open and number == 0)
        for number, one in enumerate(shown)
    )


def _figure(document: Document, shown: PagePicture, root: str, *, is_open: bool) -> str:
    picture, said = shown.picture, ""
    if picture.problem:
        said = f'<p class="unmarked" role="note">{escaped(picture.problem)}</p>'
    marked = ", with the quoted words marked" if picture.boxes else ""
    name = f"Page {escaped(seen(shown.page.name))}"
    image = ""
    if picture.width:
        alt = f"{name} of {escaped(seen(document.title))}{marked}"
        address = escaped(root + shown.address)
        image = (
            f'<a href="{address}" target="_blank" rel="noopener"><img src="{address}" alt="{alt}" '
            f'width="{picture.width}" height="{picture.height}" loading="lazy"></a>'
        )
    opened = " open" * is_open
    return (
        f'<details class="picture" lang="en" dir="ltr"{opened}><summary>{name} as a picture'
        f"{marked}</summary>{said}{image}</details>"
    )
