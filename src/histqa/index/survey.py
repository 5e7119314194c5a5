"""A corpus folder -> what each of its files is by hash, and which of them an index must read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from histqa.corpus.aliases import load_aliases
from histqa.corpus.metadata import Metadata, load_metadata, said_of, unknown_readings
from histqa.corpus.scan import CorpusFile, list_files, read_source
from histqa.corpus.suggestions import load_suggestions
from histqa.errors import CorpusError, LoadError
from histqa.loaders import SUFFIXES
from histqa.settings import Settings
from histqa.stores.records import FileRecord
from histqa.types import Alias, Problem

Progress = Callable[[str, int, int], None]
"""Is told the stage, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class SurveyedFile:
    """A file with what decides whether it must be read again."""

    file: CorpusFile
    sha256: str
    metadata: Metadata

    @property
    def path(self) -> str:
        """Its name, relative to the corpus."""
        return self.file.path

    def is_as_recorded(self, record: FileRecord | None) -> bool:
        """Whether ``record`` is that of the same bytes with the same metadata."""
        return record is not None and (record.sha256, record.metadata_hash) == (
            self.sha256,
            self.metadata.hash,
        )


@dataclass(frozen=True, slots=True)
class Survey:
    """The corpus at one moment: files by path, how many there are in all, and what is wrong.

    ``aliases`` are those of ``names.toml``, ``suggestions`` those of ``suggestions.toml``.
    """

    files: Mapping[str, SurveyedFile]
    file_count: int
    problems: tuple[Problem, ...]
    aliases: tuple[Alias, ...]
    suggestions: tuple[str, ...] = ()


def survey_corpus(settings: Settings, progress: Progress) -> Survey:
    """Every readable file, hashed. Raises CorpusError where there is nothing to index at all."""
    folder = Path(settings.corpus)
    index = Path(settings.index).absolute()
    _check_apart(folder, index)
    said, problems = load_metadata(folder)
    aliases, misnamed = load_aliases(folder)
    suggestions, mistaken = load_suggestions(folder)
    listing = list_files(folder, suffixes=SUFFIXES, wanted=said, leave_out=index)
    files: dict[str, SurveyedFile] = {}
    unreadable: list[Problem] = []
    for number, file in enumerate(listing.files):
        progress("scanning", number, len(listing.files))
        try:
            sha256 = read_source(file, settings.limits).sha256
        except LoadError as error:
            unreadable.append(Problem(file.path, "error", error.reason, error.cure))
        else:
            files[file.path] = SurveyedFile(file, sha256, said_of(file.path, said))
    progress("scanning", len(listing.files), len(listing.files))
    if not files:
        first = unreadable[0]
        raise CorpusError(
            f"{folder}: none of its {len(unreadable)} files can be read; the first is"
            f" {first.path}: {first.reason}; {first.cure}. An index that exists is left as it is"
        )
    unknown = unknown_readings(said, [file.path for file in listing.files])
    found = (*problems, *unknown, *misnamed, *mistaken, *listing.problems, *unreadable)
    return Survey(files, len(listing.files), found, aliases, suggestions)


def _check_apart(folder: Path, index: Path) -> None:
    with suppress(OSError):  # one of the two is not there, or cannot be looked at
        if folder.samefile(index):
            raise CorpusError(
                f"{folder}: the index cannot lie among the readings themselves, or to delete it"
                " would be to delete them; name a folder of its own with --index"
            )
