"""Pages that a quote stands on -> the figures that show them as pictures, below the quote."""

from __future__ import annotations

from collections.abc import Sequence

from histqa.frontends.languages import Language
from histqa.frontends.markup import escaped, seen
from histqa.frontends.page_pictures import PagePicture
from histqa.types import Document


def figures(
    document: Document,
    shown: Sequence[PagePicture],
    language: Language,
    *,
    root: str,
    is_open: bool,
) -> str:
    """Closed, they load nothing; ``is_open`` opens the first. ``root``: the server's path."""
    return "".join(
        _figure(document, one, language, root, is_open=is_open and number == 0)
        for number, one in enumerate(shown)
    )


def _figure(
    document: Document, shown: PagePicture, language: Language, root: str, *, is_open: bool
) -> str:
    picture, said = shown.picture, ""
    if picture.problem:
        problem = language.text(f"picture.{picture.problem}")
        said = f'<p class="unmarked" role="note">{escaped(problem)}</p>'
    kind = "marked" if picture.boxes else "plain"
    page, title = seen(shown.page.name), seen(document.title)
    image = ""
    if picture.width:
        alt = escaped(language.text(f"picture.alt_{kind}", page=page, title=title))
        address = escaped(root + language.address(shown.address))
        image = (
            f'<a href="{address}" target="_blank" rel="noopener"><img src="{address}" alt="{alt}" '
            f'width="{picture.width}" height="{picture.height}" loading="lazy"></a>'
        )
    opened = " open" * is_open
    summary = escaped(language.text(f"picture.summary_{kind}", page=page))
    return (
        f'<details class="picture" lang="{language.code}" dir="ltr"{opened}>'
        f"<summary>{summary}</summary>{said}{image}</details>"
    )
