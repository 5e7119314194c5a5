"""A file's name and bytes -> its real format, or the reason why it cannot be read."""

from __future__ import annotations

import io
import re
import zipfile

from histqa.errors import LoadError

SUFFIXES = {
    ".txt": "txt",
    ".text": "txt",
    ".md": "md",
    ".markdown": "md",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".epub": "epub",
}
"""File name endings that are read, in lower case, and the format that each promises."""

_HEAD_BYTES = 2048
_PDF_WITHIN_BYTES = 1024
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_WEB_PAGE = re.compile(
    rb"\A(?:<\?xml[^>]{0,200}\?>|<!--.{0,1000}?-->|\s)*<(?:!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)
_SAVE_AS = "open it in the program it comes from and save it as PDF, DOCX or plain text"
_EXPORT = "export it as PDF, or copy its text into a .txt file"
_OCR = "if it shows text, turn it into a PDF and run OCRmyPDF on it"

# First bytes that no reading begins with -> what the file is, and the cure.
_FOREIGN = (
    (b"{\\rtf", "an RTF document", _SAVE_AS),
    (b"%!PS", "a PostScript file", "convert it to PDF (ps2pdf)"),
    (b"\x89PNG", "a picture", _OCR),
    (b"\xff\xd8\xff", "a picture", _OCR),
    (b"GIF8", "a picture", _OCR),
    (b"II*\0", "a picture", _OCR),
    (b"MM\0*", "a picture", _OCR),
    (b"AT&TFORM", "a DjVu file", "convert it to PDF (ddjvu -format=pdf) and run OCRmyPDF on it"),
    (b"\x1f\x8b", "a packed file (gzip)", "unpack it and put what is inside into the folder"),
    (b"7z\xbc\xaf", "a packed file (7-Zip)", "unpack it and put what is inside into the folder"),
    (b"Rar!", "a packed file (RAR)", "unpack it and put what is inside into the folder"),
    (b"BZh", "a packed file (bzip2)", "unpack it and put what is inside into the folder"),
    (b"SQLite format 3\0", "a database", _EXPORT),
    (b"\x7fELF", "a program", "remove it"),
    (b"MZ\x90", "a program", "remove it"),
    (b"bplist00", "a web archive of Safari", "save the page as HTML or print it to PDF"),
)
# A member that tells what a zip file is; None as format where it cannot be read.
_ZIP_KINDS = (
    ("word/document.xml", "docx", ""),
    ("META-INF/container.xml", "epub", ""),
    ("xl/workbook.xml", "", "a spreadsheet"),
    ("ppt/presentation.xml", "", "a presentation"),
    ("content.xml", "", "an OpenDocument file"),
)


def named_format(path: str) -> str:
    """The format that a file's name promises, "" for none that is read."""
    stem, dot, ending = path.rpartition("/")[2].rpartition(".")
    return SUFFIXES.get(f".{ending.lower()}", "") if stem and dot else ""


def format_of(path: str, content: bytes) -> str:
    """The key of ``LOADERS`` for a file: what its bytes say, then what its name promises.

    A reading under a wrong name is read as what it is, as its text is what is wanted. Only a web
    page or plain text that calls itself a book is refused: as a rule it is the error message of a
    failed download. LoadError, with reason and cure, also for every format that is not read.
    """
    promised = named_format(path)
    head = content[:_HEAD_BYTES]
    if not content.strip(b"\0 \t\r\n"):
        raise LoadError("the file is empty", "save or download it again, or remove it")
    if b"%PDF-" in head[:_PDF_WITHIN_BYTES] and _is_pdf(head, promised):
        return "pdf"
    if head.startswith(_ZIP):
        return _zip_format(content)
    _refuse_foreign(content, head)
    return _text_format(head, promised)


def _is_pdf(head: bytes, promised: str) -> bool:
    """Text may speak of "%PDF-"; junk before it is allowed in what calls itself a PDF."""
    return promised == "pdf" or head.lstrip(b"\xef\xbb\xbf \t\r\n\0").startswith(b"%PDF-")


def _zip_format(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = frozenset(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise LoadError(
            "the file is damaged or was not copied completely",
            "copy or download it again; if it opens on your computer, save it anew from there",
        ) from error
    for member, kind, name in _ZIP_KINDS:
        if member in names and kind:
            return kind
        if member in names:
            raise LoadError(f"it is {name}, which is not read", _SAVE_AS)
    raise LoadError(
        "it is a packed folder (zip)", "unpack it and put the files into the folder instead"
    )


def _refuse_foreign(content: bytes, head: bytes) -> None:
    if head.startswith(_OLD_OFFICE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise LoadError("it is locked with a password", "save it without a password")
        raise LoadError("it is an old Office file (.doc)", "open it and save it as .docx or PDF")
    if head[60:68] in (b"BOOKMOBI", b"TEXtREAd"):
        raise LoadError("it is a Kindle book", "get it as EPUB, or convert it with Calibre")
    if head[:13].lower() == b"mime-version:" or b"\nContent-Type: multipart/related" in head:
        raise LoadError("it is a web archive (MHTML)", "save the page as HTML, or print it to PDF")
    for signature, name, cure in _FOREIGN:
        if head.startswith(signature):
            raise LoadError(f"it is {name}, which is not read", cure)


def _text_format(head: bytes, promised: str) -> str:
    if promised in ("pdf", "docx", "epub"):
        kind = "a web page" if _is_web_page(head) else "not one"
        raise LoadError(
            f"it is called .{promised} but is {kind} (as when a download fails)",
            "download it again; if it is what you want, give it its true ending",
        )
    if promised in ("txt", "md") and _is_web_page(head):
        return "html"
    if not promised:
        raise LoadError(
            "its kind of file is not read", f"files that are read: {', '.join(SUFFIXES)}"
        )
    return promised


def _is_web_page(head: bytes) -> bool:
    text = head.removeprefix(b"\xef\xbb\xbf")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = head.replace(b"\0", b"")[2:]
    return bool(_WEB_PAGE.match(text))
