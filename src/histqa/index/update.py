"""A surveyed corpus and the index as it was -> the index as it must be, inside one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from histqa.corpus.isolation import Isolation
from histqa.corpus.preparing import Job, Prepared
from histqa.corpus.scan import read_source
from histqa.errors import LoadError
from histqa.index.embedding import embedded
from histqa.index.facts import Facts, repeats
from histqa.index.spool import Spool
from histqa.index.survey import Progress, Survey, SurveyedFile
from histqa.settings import Settings
from histqa.stages import Embedder
from histqa.stores.records import FileRecord
from histqa.stores.sqlite.writer import IndexWriter
from histqa.types import Document, Problem


class Update:
    """One update through an open writer: ``read`` what must be read, then ``write`` it.

    ``unread`` has a problem for each file that could be hashed but not read a moment later; it is
    not recorded, so that the next update tries it again.
    """

    def __init__(
        self,
        writer: IndexWriter,
        survey: Survey,
        settings: Settings,
        *,
        spool: Spool,
        progress: Progress,
    ) -> None:
        self._writer = writer
        self._survey = survey
        self._settings = settings
        self._spool = spool
        self._progress = progress
        self._records = writer.files
        self._facts = {
            path: Facts.from_json(record.facts)
            for path, record in self._records.items()
            if record.facts and path in survey.files
        }
        self._failed: dict[str, Prepared] = {}
        self._repeats: dict[str, str] = {}
        self._hashes = {path: file.sha256 for path, file in survey.files.items()}
        self.unread: dict[str, Problem] = {}

    def read(self, *, retry_failed: bool = False) -> None:
        """Read what is new or changed, find the repeats, read what is no repeat any longer."""
        stale = [
            file
            for path, file in self._survey.files.items()
            if not file.is_as_recorded(self._records.get(path))
            or (retry_failed and path not in self._facts)
        ]
        with Isolation() as isolation:
            while True:
                self._prepare(stale, isolation)
                self._repeats = repeats(self._facts)
                stale = [self._survey.files[path] for path in self._facts if self._is_lacking(path)]
                if not stale:
                    return

    @property
    def needs_model(self) -> bool:
        """Whether anything that was read must be embedded."""
        return any(True for _ in self._to_embed())

    def write(self, embedder: Callable[[], Embedder]) -> None:
        """Hand every change to the writer; ``embedder`` is called if one of them needs vectors."""
        for path in self._records:
            if path not in self._survey.files or path in self.unread:
                self._writer.remove(path)
        for path, failed in self._failed.items():
            self._writer.note(self._record(path, problems=failed.problems))
        for path, kept in self._repeats.items():
            record = self._repeat_record(path, kept)
            if record != self._records.get(path):
                self._writer.note(record)
        for path in self._described_anew():
            document, record = self._document_and_record(self._spool.get(path))
            self._writer.set_metadata(record, document)
        if self.needs_model:
            self._embed(embedder())

    def _prepare(self, files: list[SurveyedFile], isolation: Isolation) -> None:
        for file in files:
            self._facts.pop(file.path, None)
        for number, prepared in enumerate(isolation.prepared(self._jobs(files))):
            self._progress("reading", number, len(files))
            self._hashes[prepared.path] = prepared.sha256
            if prepared.document is None:
                self._failed[prepared.path] = prepared
            else:
                self._spool.put(prepared)
                self._facts[prepared.path] = Facts.of(prepared)
        self._progress("reading", len(files), len(files))

    def _jobs(self, files: Iterable[SurveyedFile]) -> Iterator[Job]:
        limits, passage_words = self._settings.limits, self._settings.passage_words
        for file in files:
            try:
                source = read_source(file.file, limits)
            except LoadError as error:
                problem = Problem(file.path, "error", error.reason, error.cure)
                self.unread[file.path] = problem
            else:
                yield Job(source, file.metadata, limits, passage_words)

    def _is_lacking(self, path: str) -> bool:
        """Whether the document of ``path`` must be in the index but is neither there nor read."""
        if path in self._repeats or path in self._spool:
            return False
        return self._records[path].doc_id != self._survey.files[path].file.doc_id

    def _to_embed(self) -> Iterator[str]:
        described_anew = set(self._described_anew())
        for path in sorted(self._facts):
            if path in self._spool and path not in self._repeats and path not in described_anew:
                yield path

    def _described_anew(self) -> Iterator[str]:
        """What differs from the index in author, date and the like, and in nothing searched."""
        for path in sorted(self._facts):
            record = self._records.get(path)
            if record and path in self._spool and path not in self._repeats:
                is_stored = record.doc_id == self._survey.files[path].file.doc_id
                is_same = (record.sha256, _title(record)) == (
                    self._hashes[path],
                    self._facts[path].title,
                )
                if is_stored and is_same:
                    yield path

    def _embed(self, embedder: Embedder) -> None:
        paths = list(self._to_embed())
        total = sum(self._facts[path].texts for path in paths)
        done = 0

        def tell_embedded(text_count: int) -> None:
            nonlocal done
            done += text_count
            self._progress("embedding", done, total)

        self._progress("embedding", 0, total)
        files = (self._spool.get(path) for path in paths)
        for prepared, passage_vectors, sentence_vectors in embedded(files, embedder, tell_embedded):
            document, record = self._document_and_record(prepared)
            self._writer.add(record, document, prepared.passages, passage_vectors, sentence_vectors)

    def _document_and_record(self, prepared: Prepared) -> tuple[Document, FileRecord]:
        assert prepared.document is not None
        doc_id = prepared.document.doc_id
        record = self._record(prepared.path, doc_id=doc_id, problems=prepared.problems)
        return prepared.document, record

    def _repeat_record(self, path: str, kept: str) -> FileRecord:
        problem = Problem(
            path,
            "warning",
            f"the same reading as {kept}, which is indexed instead",
            "nothing need be done; remove the one you do not want to have quoted",
        )
        return self._record(path, doc_id=self._survey.files[kept].file.doc_id, problems=(problem,))

    def _record(self, path: str, *, problems: tuple[Problem, ...], doc_id: str = "") -> FileRecord:
        return FileRecord(
            path=path,
            sha256=self._hashes[path],
            metadata_hash=self._survey.files[path].metadata.hash,
            doc_id=doc_id,
            problems=problems,
            facts=self._facts[path].json if path in self._facts else "",
        )


def _title(record: FileRecord) -> str:
    return Facts.from_json(record.facts).title if record.facts else ""
