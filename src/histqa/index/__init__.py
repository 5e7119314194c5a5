"""Settings -> a built, updated, checked or opened index."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from histqa.corpus.scan import doc_id_of
from histqa.embedders import build_embedder
from histqa.errors import IndexMissing, IndexOutdated
from histqa.index.facts import Facts
from histqa.index.manifest import (
    build_manifest,
    corpus_hash,
    differences,
    kept_model,
    limits_mark,
    made_by,
    model_manifest,
    names_manifest,
    suggestions_manifest,
    wanted_manifest,
)
from histqa.index.spool import Spool
from histqa.index.survey import Progress, Survey, survey_corpus
from histqa.index.update import Update
from histqa.settings import Settings
from histqa.stages import Embedder
from histqa.stores.records import FileRecord
from histqa.stores.sqlite.notes import Notes, read_notes
from histqa.stores.sqlite.store import SqliteStore, open_store
from histqa.stores.sqlite.writer import IndexWriter
from histqa.types import IndexReport, Problem


def no_progress(_stage: str, _done: int, _total: int) -> None:
    """The progress that nobody watches."""


def build_index(
    settings: Settings,
    *,
    embedder: Embedder | None = None,
    progress: Progress = no_progress,
    rebuild: bool = False,
) -> IndexReport:
    """Bring the index up to date with the corpus, or make it; the old one serves until the end.

    Files are compared by content, and only new and changed ones are read and embedded; where
    nothing changed nothing is written. Without ``embedder`` the one of the settings is loaded, but
    only if something must be embedded. Everything is built anew with ``rebuild`` and where model,
    chunking or histqa itself changed. Stages that ``progress`` is told: scanning, reading,
    embedding, saving. Raises CorpusError, ModelError or an IndexFault, and then changes nothing.
    """
    started = time.monotonic()
    survey = survey_corpus(settings, progress)
    before = after = _notes(settings)
    unread: tuple[Problem, ...] = ()
    if rebuild or not _is_current(before, survey, settings, embedder):
        update = _Build(settings, survey, embedder, progress)
        before, unread = update.run(rebuild=rebuild)
        after = read_notes(Path(settings.index))
    return _report(survey, before, after, unread, seconds=time.monotonic() - started)


def is_up_to_date(settings: Settings) -> bool:
    """Whether ``build_index`` would find nothing to do; nothing is written and no model loaded.

    Raises CorpusError and IndexDamaged.
    """
    return _is_current(_notes(settings), survey_corpus(settings, no_progress), settings, None)


def open_index(settings: Settings, *, embedder: Embedder | None = None) -> SqliteStore:
    """The finished index, after a check that it was made as ``settings`` (and ``embedder``) say.

    Raises IndexMissing, IndexDamaged, or IndexOutdated with what differs.
    """
    folder = Path(settings.index)
    store = open_store(folder)
    manifest = store.manifest
    found = differences(manifest, wanted_manifest(settings))
    if embedder and not found and store.passage_count():
        found = differences(manifest, model_manifest(embedder))
    if found:
        store.close()
        raise IndexOutdated(
            f"{folder}: the index was made in another way ({'; '.join(found)}); run"
            " `histqa index`, or set back what was changed"
        )
    return store


class _Build:
    """One build: the transaction, and which model and how much of the old index can be used."""

    def __init__(
        self, settings: Settings, survey: Survey, embedder: Embedder | None, progress: Progress
    ) -> None:
        self._settings = settings
        self._survey = survey
        self._embedder = embedder
        self._progress = progress

    def run(self, *, rebuild: bool) -> tuple[Notes, tuple[Problem, ...]]:
        """What the index remembered that could be kept, and what could not be read now."""
        folder = Path(self._settings.index)
        with IndexWriter(folder, replace_outdated=True) as writer, Spool() as spool:
            is_outdated = bool(differences(writer.manifest, build_manifest(self._settings)))
            if rebuild or is_outdated or (self._embedder and self._is_other_model(writer)):
                writer.clear()
            update = self._read(writer, spool)
            if update.needs_model and self._is_other_model(writer):  # loaded only now
                writer.clear()
                update = self._read(writer, spool)
            before = Notes(writer.generation, writer.manifest, writer.files)
            update.write(self._model)
            self._progress("saving", 0, 1)
            writer.commit(self._manifest(writer, before))
            self._progress("saving", 1, 1)
        return before, tuple(update.unread.values())

    def _read(self, writer: IndexWriter, spool: Spool) -> Update:
        update = Update(writer, self._survey, self._settings, spool=spool, progress=self._progress)
        has_other_limits = writer.manifest.get("limits") != limits_mark(self._settings)
        update.read(retry_failed=has_other_limits)
        return update

    def _model(self) -> Embedder:
        if self._embedder is None:
            batch_size = self._settings.embedding_batch
            self._embedder = build_embedder(self._settings.embedder, batch_size=batch_size)
        return self._embedder

    def _is_other_model(self, writer: IndexWriter) -> bool:
        has_vectors = any(record.facts for record in writer.files.values())
        return has_vectors and bool(differences(writer.manifest, model_manifest(self._model())))

    def _manifest(self, writer: IndexWriter, before: Notes) -> dict[str, str]:
        model = model_manifest(self._embedder) if self._embedder else kept_model(before.manifest)
        files = writer.files.values()
        return {
            **build_manifest(self._settings),
            **model,
            **made_by(),
            **_taken_along(self._survey),
            "limits": limits_mark(self._settings),
            "corpus_sha256": corpus_hash(
                (file.path, file.sha256, file.metadata_hash) for file in files
            ),
        }


def _taken_along(survey: Survey) -> dict[str, str]:
    """What the manifest says of the corpus beside its readings."""
    return {**names_manifest(survey.aliases), **suggestions_manifest(survey.suggestions)}


def _notes(settings: Settings) -> Notes:
    """What the index remembers; nothing where there is none that could be brought up to date."""
    try:
        return read_notes(Path(settings.index))
    except (IndexMissing, IndexOutdated):
        return Notes()


def _is_current(
    notes: Notes, survey: Survey, settings: Settings, embedder: Embedder | None
) -> bool:
    if not notes.generation or differences(notes.manifest, build_manifest(settings)):
        return False
    if differences(notes.manifest, _taken_along(survey)):
        return False
    has_failed = any(not record.facts for record in notes.files.values())
    if has_failed and notes.manifest.get("limits") != limits_mark(settings):
        return False
    has_vectors = any(record.facts for record in notes.files.values())
    if embedder and has_vectors and differences(notes.manifest, model_manifest(embedder)):
        return False
    return notes.files.keys() == survey.files.keys() and all(
        file.is_as_recorded(notes.files[path]) for path, file in survey.files.items()
    )


def _report(
    survey: Survey, before: Notes, after: Notes, unread: tuple[Problem, ...], *, seconds: float
) -> IndexReport:
    own = [Facts.from_json(record.facts) for record in after.files.values() if _is_reading(record)]
    problems = [*survey.problems, *unread]
    problems += [problem for record in after.files.values() for problem in record.problems]
    return IndexReport(
        files=survey.file_count,
        readings=len(own),
        pages=sum(facts.pages for facts in own),
        empty_pages=sum(facts.empty_pages for facts in own),
        words=sum(facts.words for facts in own),
        passages=sum(facts.passages for facts in own),
        **_changes(before.files, after.files),
        seconds=seconds,
        problems=tuple(sorted(problems, key=lambda problem: problem.path)),
    )


def _is_reading(record: FileRecord) -> bool:
    """Whether the file gave a document of its own, and is no repeat of another."""
    return record.doc_id == doc_id_of(record.path)


def _changes(before: Mapping[str, FileRecord], after: Mapping[str, FileRecord]) -> dict[str, int]:
    def content(record: FileRecord) -> tuple[str, str]:
        return record.sha256, record.metadata_hash

    kept = before.keys() & after.keys()
    changed = sum(content(before[path]) != content(after[path]) for path in kept)
    return {
        "added": len(after.keys() - before.keys()),
        "changed": changed,
        "removed": len(before.keys() - after.keys()),
        "unchanged": len(kept) - changed,
    }
