"""Every error that histqa raises on purpose.

HistqaError
├── SettingsError      a setting is unknown or has a wrong value
├── CorpusError        the corpus folder is missing, empty or unreadable
├── LoadError          one file cannot be read (ends as a line of the index report)
├── ModelError         the embedding model is missing, altered or cannot be loaded
├── QuestionError      the question is empty or too long, or names unknown readings
├── QuestionFileError  a file of test questions cannot be read at all
├── ReportError        an evaluation report cannot be read or written
├── FeedbackError      the file of votes cannot be read or written
└── IndexFault         something about the index folder
    ├── IndexMissing   there is no index yet
    ├── IndexDamaged   files are broken or do not belong together
    ├── IndexOutdated  made by another version, model or chunking
    ├── IndexBusy      another build is writing it now
    └── IndexWriteFault  it cannot be written: read-only folder, full disk
"""

from __future__ import annotations


class HistqaError(Exception):
    """Root of the tree; the message says what happened, to what, and the cure."""


class SettingsError(HistqaError):
    """A setting is unknown or has a wrong value."""


class CorpusError(HistqaError):
    """The corpus folder is missing, empty or unreadable."""


class LoadError(HistqaError):
    """One file cannot be read; ``reason`` says why, ``cure`` what a teacher can do."""

    def __init__(self, reason: str, cure: str) -> None:
        super().__init__(reason, cure)
        self.reason = reason
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.reason}: {self.cure}"


class ModelError(HistqaError):
    """The embedding model is missing, altered or cannot be loaded."""


class QuestionError(HistqaError):
    """The question is empty or too long, or names readings that do not exist.

    ``reason`` names the case where people are told of it in other words, with ``values``.
    """

    def __init__(self, message: str, reason: str = "", **values: str | int) -> None:
        super().__init__(message)
        self.reason = reason
        self.values = values


class QuestionFileError(HistqaError):
    """A file of test questions cannot be read at all (a broken row alone is no such fault)."""


class ReportError(HistqaError):
    """An evaluation report cannot be read, written or compared."""


class FeedbackError(HistqaError):
    """The file of votes cannot be read or written."""


class IndexFault(HistqaError):
    """Something is wrong with the index folder."""


class IndexMissing(IndexFault):
    """There is no index in the folder yet."""


class IndexDamaged(IndexFault):
    """The files of the index are broken, foreign or do not belong together."""


class IndexOutdated(IndexFault):
    """The index was made by another version, model or chunking."""


class IndexBusy(IndexFault):
    """Another process is writing the index."""


class IndexWriteFault(IndexFault):
    """The index cannot be written: read-only folder or full disk."""
