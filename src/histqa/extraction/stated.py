"""What a file says of itself -> title and author, "" where that is only what a program left."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from histqa.canonical import clean

_PROGRAM_TITLES = re.compile(
    r"(?:microsoft )?(?:word|powerpoint|excel)(?: document| - .*)?|untitled.*|"
    r"\W*(?:unspecified|anonymous|unknown)\W*|"
    r"(?:document|doc|slide|layout|scan|presentation|template|book|title|print)[\s_-]*\d*|"
    r"powerpoint presentation|full page (?:photo|fax) print|no ?title|new document",
    re.IGNORECASE,
)
_FILE_NAME = re.compile(
    r".*\.(?:docx?|pdf|indd|qx[dp]|tex|dvi|rtf|odt|ps|pages|html?|txt|pptx?|p65|pmd|wpd|fm)|"
    r"[a-z]:[\\/].*|file:.*|https?:.*|\S*[\d_]\S*",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"\W*(?:unspecified|anonymous|unknown|none|n/?a|author|user|users?|admin(?:istrator)?|owner|"
    r"public domain|microsoft(?: office)?(?: user)?|default|root|guest|scanner|"
    r"preferred customer|python-docx|"
    r"(?:valued )?(?:gateway|acer|dell|hp|compaq)(?: customer)?|\d+)\W*",
    re.IGNORECASE,
)


def real_title(text: str, path: str = "") -> str:
    """``text`` as a title, "" if a program or the file name of ``path`` gave it."""
    text = clean(text).replace("\n", " ")
    name = PurePosixPath(path)
    is_title = (
        re.search(r"[^\W\d_]{2}", text)
        and not _PROGRAM_TITLES.fullmatch(text)
        and not _FILE_NAME.fullmatch(text)
        and text.casefold() not in (name.name.casefold(), name.stem.casefold())
    )
    return text if is_title else ""


def real_author(text: str) -> str:
    """``text`` as an author, "" if it names nobody ("user", "Administrator", an address)."""
    text = clean(text).replace("\n", " ")
    is_author = re.search(r"[^\W\d_]{2}", text) and not _NOBODY.fullmatch(text) and "@" not in text
    return text if is_author and not _FILE_NAME.fullmatch(text) else ""
