"""One Source -> the Document with its passages, likeness and language: all that one file needs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

import numpy as np

from histqa.chunking import passages
from histqa.corpus.language import KNOWN_LANGUAGE, language_name, language_of
from histqa.corpus.likeness import Sketch, sketch_of
from histqa.corpus.metadata import Metadata
from histqa.errors import LoadError
from histqa.loaders import LOADERS, format_of, named_format
from histqa.types import Document, Limits, Page, Passage, Problem, Source, word_count

_FEW_WORDS = 10


@dataclass(frozen=True, slots=True)
class Job:
    """A file to prepare, and how."""

    source: Source
    metadata: Metadata
    limits: Limits
    passage_words: int


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """What became of one file: its document, or none and the problem that explains it."""

    path: str
    sha256: str
    document: Document | None = None
    passages: tuple[Passage, ...] = ()
    problems: tuple[Problem, ...] = ()
    sketch: Sketch = field(default_factory=lambda: np.empty(0, dtype=np.uint64))

    @property
    def empty_pages(self) -> int:
        """How many of the pages have no text."""
        return len(_without_text(self.document)) if self.document else 0


def prepare(job: Job) -> Prepared:
    """The file of ``job``, prepared. Never raises: whatever goes wrong is a problem of the file."""
    try:
        return _prepared(job)
    except LoadError as error:
        return failed(job, error.reason, error.cure)
    except MemoryError:
        return failed(job, "needs more memory than one file may take", "divide the file")
    except RecursionError:
        return failed(job, "is nested too deeply", "save it anew with a word processor")
    # A library that stumbles over one file must not keep the others out of the index.
    except Exception as error:  # noqa: BLE001
        reason = f"cannot be read ({type(error).__name__}: {error})"
        return failed(job, reason[:300], "save it anew, or in another format")


def failed(job: Job, reason: str, cure: str) -> Prepared:
    """What is left of a file that cannot be read."""
    problem = Problem(job.source.path, "error", reason, cure)
    return Prepared(job.source.path, job.source.sha256, problems=(problem,))


def _prepared(job: Job) -> Prepared:
    source = job.source
    kind = format_of(source.path, source.content)
    document = LOADERS[kind](job.limits).load(source)
    if not document.text.strip():
        raise LoadError("there is no text in it", "if it is a scan, run OCRmyPDF on it first")
    document = job.metadata.applied_to(document)
    document = replace(
        document,
        title=document.title or _title_of(document),
        language=language_of(document.text),
    )
    return Prepared(
        source.path,
        source.sha256,
        document,
        passages(document, max_words=job.passage_words),
        _warnings(document, kind),
        sketch_of(document.text),
    )


def _title_of(document: Document) -> str:
    if document.headings:
        return document.headings[0].text
    name = PurePosixPath(document.path).stem.replace("_", " ").replace("-", " ")
    return " ".join(name.split()) or document.path


def _warnings(document: Document, kind: str) -> tuple[Problem, ...]:
    found: list[tuple[str, str]] = []
    if kind != named_format(document.path):
        reason = f"is {kind.upper()} inside, whatever its name says, and is read as that"
        found.append((reason, f"rename it so that it ends in .{kind}"))
    words = word_count([document.text])
    if words < _FEW_WORDS:
        found.append((f"holds only {words} words", "check that it is the file you meant"))
    if document.language not in ("", KNOWN_LANGUAGE):
        name = language_name(document.language)
        reason = f"is written in {name}, and the model knows English: expect poor answers from it"
        found.append((reason, "use an English translation, or set a multilingual embedder"))
    if missing := _without_text(document):
        verb, them = ("has", "it") if len(missing) == 1 else ("have", "them")
        reason = f"{_numbers(missing)} {verb} no text layer, so nothing on {them} can be found"
        found.append((reason, "run OCRmyPDF on the file; if the pages are blank, never mind"))
    return tuple(Problem(document.path, "warning", reason, cure) for reason, cure in found)


def _without_text(document: Document) -> tuple[Page, ...]:
    return tuple(page for page in document.pages if not page.span.of(document.text).strip())


def _numbers(pages: tuple[Page, ...]) -> str:
    """The pages by physical number, runs drawn together: "pages 3-5 and 9"."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page.number == runs[-1][-1] + 1:
            runs[-1] = [runs[-1][0], page.number]
        else:
            runs.append([page.number])
    shown = ["-".join(map(str, run)) for run in runs]
    listed = " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))
    return f"page {listed}" if len(pages) == 1 else f"pages {listed}"
