"""The public face: wires the stages; ``ask`` is the main road from a question to its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Self

from histqa.canonical import clean
from histqa.composers import build_composer
from histqa.embedders import build_embedder
from histqa.errors import QuestionError
from histqa.followups import build_followups
from histqa.index import build_index, open_index
from histqa.index.manifest import aliases_in
from histqa.index.suggestions import read_suggestions
from histqa.names import NameFinder
from histqa.periods import period_named, periods_in
from histqa.readers import build_reader
from histqa.retrieval import HybridRetriever, doc_ids_of
from histqa.settings import Settings, load_settings
from histqa.stages import Embedder, Store
from histqa.stores.sqlite.database import reading_mode
from histqa.types import AUTO, Answer, Document, Period, Question, Trace, Turn

CACHED_DOCUMENTS = 64
Progress = Callable[[str], None]


def no_progress(_stage: str) -> None:
    """The progress that nobody watches."""


class Assistant:
    """Answers questions from one index. Safe to share between threads; close it when done."""

    def __init__(self, store: Store, embedder: Embedder, settings: Settings) -> None:
        self.settings = settings
        self._store = store
        self._embedder = embedder
        self._followups = build_followups()
        self._names = NameFinder(store, aliases_in(self.manifest))
        self._retriever = HybridRetriever(
            store,
            embedder,
            candidates=settings.candidates,
            dense_weight=settings.dense_weight,
            hits=settings.hits,
        )
        self._reader = build_reader(store, settings)
        self._composer = build_composer(settings)
        self._library = Library(store)

    @classmethod
    def open(cls, index: str | Path = "", *, settings: Settings | None = None) -> Self:
        """The assistant over a finished index folder (by default that of the settings).

        Raises IndexMissing, IndexDamaged or IndexOutdated, each with its cure.
        """
        settings = _settings(settings, index=index)
        reading_mode(Path(settings.index))  # no index: said before the seconds that a model takes
        embedder = build_embedder(settings.embedder, batch_size=settings.embedding_batch)
        return cls._over(open_index(settings, embedder=embedder), embedder, settings)

    @classmethod
    def build(
        cls, corpus: str | Path = "", index: str | Path = "", *, settings: Settings | None = None
    ) -> Self:
        """Build the index of a corpus folder, or bring it up to date, and open it."""
        settings = _settings(settings, corpus=corpus, index=index)
        build_index(settings)
        return cls.open(settings=settings)

    def ask(
        self,
        question: str,
        *,
        history: Sequence[str | Turn] = (),
        readings: Sequence[str] | None = None,
        period: str | None = AUTO,
        max_words: int | None = None,
        variants: bool = True,
    ) -> Answer:
        """The answer to ``question``, asked after ``history`` (earlier questions or Turns).

        ``readings`` restricts the search to these doc_ids, paths or folders (None: all of them);
        ``max_words`` (at least 1) bounds the words quoted, but for a first sentence that alone is
        longer. Passages that name a time within ``period`` come sooner: AUTO takes it from the
        question, None does without, and a text such as "1918-1922" or "after 1920" says it.
        Without ``variants`` only the words as typed are searched, no other spelling or name.
        Raises QuestionError for an empty or overlong question, for an unknown reading
        and for a period that is not understood.
        """
        return self.trace(
            question,
            history=history,
            readings=readings,
            period=period,
            max_words=max_words,
            variants=variants,
        ).answer

    def trace(
        self,
        question: str,
        *,
        history: Sequence[str | Turn] = (),
        readings: Sequence[str] | None = None,
        period: str | None = AUTO,
        max_words: int | None = None,
        variants: bool = True,
        progress: Progress = no_progress,
    ) -> Trace:
        """As ``ask``, with what every stage made of the question on the way to the answer.

        ``progress`` is told each stage as it begins: searching, reading, composing.
        """
        asked = self._understand(question, history, readings, period, max_words)
        progress("searching")
        if variants:
            asked = self._names.with_variants(asked)
        asked = replace(asked, missing=self._names.missing(asked))
        hits = self._retriever.retrieve(asked)
        progress("reading")
        finding = self._reader.read(asked, hits)
        progress("composing")
        answer = self._composer.compose(asked, finding, self._library)
        return Trace(asked, tuple(hits), finding, answer)

    @property
    def library(self) -> Mapping[str, Document]:
        """Every reading by doc_id, with its text, which is read when it is asked for."""
        return self._library

    @property
    def generation(self) -> int:
        """That of the open index: it grows with every update."""
        return self._store.generation

    @property
    def manifest(self) -> Mapping[str, str]:
        """What the index records of its making; empty for a store that is not on disk."""
        return dict(getattr(self._store, "manifest", {}))

    @property
    def documents(self) -> tuple[Document, ...]:
        """Every reading, by path, without its text."""
        return self._store.documents()

    def suggestions(self, readings: Sequence[str] = ()) -> tuple[str, ...]:
        """First questions that were asked of this index, and answered well, when it was made.

        ``readings`` restricts them to those answered from there, as in ``ask``. None where none
        were kept. Raises QuestionError for an unknown reading.
        """
        kept = read_suggestions(self.settings, self.manifest, self.generation) or ()
        within = doc_ids_of(readings, self.documents)
        return tuple(one.question for one in kept if within is None or one.doc_id in within)

    def document(self, doc_id: str) -> Document:
        """One reading with its text. Raises KeyError for an unknown id."""
        return self._library[doc_id]

    def is_current(self) -> bool:
        """Whether the index is still as it was opened (microseconds); see ``reopened``."""
        is_current = getattr(self._store, "is_current", None)
        return is_current is None or bool(is_current())

    def reopened(self) -> Self:
        """An assistant over the index as it is now, with the model of this one, which stays open.

        Raises IndexMissing, IndexDamaged or IndexOutdated, each with its cure.
        """
        store = open_index(self.settings, embedder=self._embedder)
        return self._over(store, self._embedder, self.settings)

    @classmethod
    def _over(cls, store: Store, embedder: Embedder, settings: Settings) -> Self:
        """The assistant; where it cannot be made (no such reader), the store is closed."""
        try:
            return cls(store, embedder, settings)
        except BaseException:
            store.close()
            raise

    def close(self) -> None:
        """Let go of the index files."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _understand(
        self,
        text: str,
        history: Sequence[str | Turn],
        readings: Sequence[str] | None,
        period: str | None,
        max_words: int | None,
    ) -> Question:
        original = _one_line(text, self.settings)
        if not original:
            raise QuestionError("the question is empty: type one, such as “Who signed the treaty?”")
        if max_words is not None and max_words < 1:
            raise QuestionError(f"max_words must be at least 1, not {max_words}")
        standalone = self._followups.standalone(original, _turns(history, self.settings))
        return Question(
            text=standalone,
            original=original,
            readings=(readings,) if isinstance(readings, str) else tuple(readings or ()),
            max_words=max_words or self.settings.max_words,
            periods=_periods(standalone, period),
        )


class Library(Mapping[str, Document]):
    """The readings of a store by doc_id; the last few stay in memory."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._read = lru_cache(maxsize=CACHED_DOCUMENTS)(store.document)

    def __getitem__(self, doc_id: str) -> Document:
        return self._read(doc_id)

    def __iter__(self) -> Iterator[str]:
        return (document.doc_id for document in self._store.documents())

    def __len__(self) -> int:
        return len(self._store.documents())


def _one_line(question: str, settings: Settings) -> str:
    text = clean(question).replace("\n", " ")
    if len(text) > settings.max_question_characters:
        raise QuestionError(
            f"the question has {len(text):,} characters, and max_question_characters is "
            f"{settings.max_question_characters:,}: shorten it, or raise the setting",
            "too_long",
            characters=len(text),
            most=settings.max_question_characters,
        )
    return text


def _periods(question: str, period: str | None) -> tuple[Period, ...]:
    if period is None:
        return ()
    return periods_in(question) if period == AUTO else (period_named(period),)


def _turns(history: Sequence[str | Turn], settings: Settings) -> list[Turn]:
    turns = [
        turn if isinstance(turn, Turn) else Turn(turn)
        for turn in ([history] if isinstance(history, str) else history)
    ]
    last = turns[max(0, len(turns) - settings.max_history_turns) :]
    return [replace(turn, question=_one_line(turn.question, settings)) for turn in last]


def _settings(settings: Settings | None, **folders: str | Path) -> Settings:
    given = {name: str(folder) for name, folder in folders.items() if folder != ""}
    base = load_settings() if settings is None else settings
    return base.with_values(given, origin="Assistant")
