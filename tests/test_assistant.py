"""The whole road over a real index: verbatim quotes, equal answers, clear errors, quiet import."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from histqa import Assistant, Turn, Verdict
from histqa.chunking import passages
from histqa.errors import (
    CorpusError,
    HistqaError,
    IndexDamaged,
    IndexMissing,
    IndexOutdated,
    QuestionError,
    SettingsError,
)
from histqa.settings import Settings
from histqa.types import Answer, Span, Variant

TRIAL = Settings(embedder="hashing")
SEED_CORPUS = Path(__file__).parents[1] / "docs_corpus"
FILES = {
    "war.txt": "The war ended in 1905. Witte and Komura signed the treaty.\n\n"
    "Japan stayed in Siberia after 1920. It wanted the railway. Why did it stay so long?",
    "week 1/winter.txt": "Winters in Siberia are long. The railway carried grain.",
    "week 1/deep/kolchak.txt": "Kolchak led the White Army from Omsk. He was shot in 1920.",
}


def write(corpus: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (corpus / name).parent.mkdir(parents=True, exist_ok=True)
        (corpus / name).write_text(text, encoding="utf-8", newline="\n")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small corpus and its index."""
    place = tmp_path_factory.mktemp("road")
    write(place / "corpus", FILES)
    Assistant.build(place / "corpus", place / "index", settings=TRIAL).close()
    return place


@pytest.fixture
def assistant(place: Path) -> Iterator[Assistant]:
    with Assistant.open(place / "index", settings=TRIAL) as assistant:
        yield assistant


def ids_of(answer: Answer) -> set[str]:
    return {quote.doc_id.rpartition("-")[0] for quote in (*answer.quotes, *answer.related)}


# The laws

WORDS = (
    "Japan troops railway Omsk 1918 1,500 the of and why left signed café Владивосток 日本 🚂 St."
)
SENTENCES = st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=14).flatmap(
    lambda words: st.sampled_from(".?!").map(lambda end: " ".join(words) + end)
)
PROSE = st.lists(SENTENCES, min_size=1, max_size=5).map(" ".join)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
TEXTS = st.lists(PROSE | ANY_TEXT, max_size=6).map("\n\n".join)
QUESTIONS = SENTENCES | st.text(st.characters(), min_size=1, max_size=80)


@settings(max_examples=15, deadline=None)
@given(texts=st.lists(TEXTS, max_size=4), question=QUESTIONS, max_words=st.integers(1, 150))
def test_every_quote_of_every_answer_is_verbatim(
    texts: list[str], question: str, max_words: int
) -> None:
    files = {f"{number}.txt": text for number, text in enumerate(texts)}
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder, "corpus"), {**files, "last.txt": "Japan signed. The troops left Omsk."})
        Assistant.build(Path(folder, "corpus"), Path(folder, "index"), settings=TRIAL).close()
        for threshold in (0.0, 1.0):
            opened = replace(TRIAL, answer_threshold=threshold)
            with Assistant.open(Path(folder, "index"), settings=opened) as assistant:
                check_answer(assistant, question, max_words)


def check_answer(assistant: Assistant, question: str, max_words: int) -> None:
    try:
        answer = assistant.ask(question, max_words=max_words)
    except QuestionError:
        return  # nothing but characters that are not seen
    assert assistant.ask(question, max_words=max_words) == answer
    assert answer.is_answered == bool(answer.quotes)
    assert not (answer.quotes and answer.related)
    for quote in (*answer.quotes, *answer.related):
        document = assistant.document(quote.doc_id)
        assert document.text[quote.span.start : quote.span.end] == quote.text != ""
        assert quote.text_hash == document.text_hash
        cut = passages(document, max_words=assistant.settings.passage_words)
        sentences = [span for passage in cut for span in passage.sentences]
        assert is_made_of(quote.span, sentences)
        assert not quote.text.endswith("?")
    words = [len(quote.text.split()) for quote in answer.quotes]
    assert sum(words) <= max_words or len(words) == 1


def test_the_time_is_taken_from_the_question_or_said_or_removed(assistant: Assistant) -> None:
    question = "why did Japan stay after 1920"
    assert assistant.ask(question).period == "after 1920"
    assert assistant.ask(question, period=None).period == ""
    assert assistant.ask(question, period="1918-1922").period == "1918-1922"
    assert assistant.ask("why did Japan stay").period == ""
    assert assistant.ask("Who was Zanzibar's queen in 1850?").period == "1850"


def test_a_question_without_a_time_is_answered_as_with_none(assistant: Assistant) -> None:
    for question in ("why did Japan stay", "Who led the White Army?", "Kolchak"):
        assert assistant.trace(question).hits == assistant.trace(question, period=None).hits


def test_a_time_changes_the_order_but_neither_what_is_quoted_nor_the_confidence(
    assistant: Assistant,
) -> None:
    question = "Kolchak and the treaty of 1905"
    plain = assistant.trace(question, period=None).finding
    timed = assistant.trace(question).finding
    assert {(piece.doc_id, piece.span) for piece in plain.evidence} == {
        (piece.doc_id, piece.span) for piece in timed.evidence
    }
    assert timed.confidence == plain.confidence
    assert timed.evidence != plain.evidence


def test_a_period_that_is_not_understood_is_named_with_its_cure(assistant: Assistant) -> None:
    with pytest.raises(QuestionError, match="'long ago' is not understood: write years"):
        assistant.ask("why did Japan stay", period="long ago")


def is_made_of(span: Span, sentences: list[Span]) -> bool:
    starts, ends = {one.start for one in sentences}, {one.end for one in sentences}
    return span.start in starts and span.end in ends


@pytest.mark.parametrize("question", ["Who signed the treaty?", "the war", "Where is Atlantis?"])
def test_an_index_answers_alike_however_often_it_is_opened(place: Path, question: str) -> None:
    answers = []
    for _ in range(2):
        with Assistant.open(place / "index", settings=TRIAL) as assistant:
            answers += [assistant.ask(question), assistant.ask(question)]
    assert answers == [answers[0]] * 4


def test_an_updated_index_answers_as_a_fresh_one_also_where_readings_tie(tmp_path: Path) -> None:
    few = replace(TRIAL, hits=2, answer_threshold=0.0)
    corpus = tmp_path / "corpus"
    same = {f"r{number:02}.txt": f"Note n{number}. The army came." for number in range(30)}
    write(corpus, dict(list(same.items())[15:]))
    Assistant.build(corpus, tmp_path / "updated", settings=few).close()
    write(corpus, same)
    answers = []
    for name in ("updated", "fresh"):
        with Assistant.build(corpus, tmp_path / name, settings=few) as assistant:
            answers.append(assistant.ask("When did the army come?"))
    assert answers[0] == answers[1]
    assert ids_of(answers[0]) == {"r00", "r01"}


def test_callers_at_once_get_what_one_gets(assistant: Assistant) -> None:
    questions = ["Who signed the treaty?", "Who led the White Army?", "Why did Japan stay?"]
    expected = [assistant.ask(question) for question in questions]
    assert len({answer.text for answer in expected}) == 3
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(assistant.ask, questions * 20)) == expected * 20


# The public face


def test_an_answer_has_everything_that_is_promised(assistant: Assistant) -> None:
    answer = assistant.ask("Who signed the treaty of 1905?", max_words=30)
    assert answer.verdict is Verdict.ANSWERED
    assert answer.text == "“Witte and Komura signed the treaty.” [1]"
    assert Settings().answer_threshold <= answer.confidence <= 1.0
    assert (answer.short, answer.period) == ("Witte and Komura", "1905")
    assert answer.related == answer.also_searched == answer.missing == answer.notes == ()
    assert answer.understood_as == answer.question == "Who signed the treaty of 1905?"
    quote = answer.quotes[0]
    assert (quote.title, quote.pages, quote.heading, quote.paragraph) == ("war", (), "", 1)
    assert (quote.span, quote.score > 0) == (Span(23, 58), True)


def test_a_name_in_another_spelling_is_answered_and_told(assistant: Assistant) -> None:
    asked = "Who was Kolchack?"
    answer = assistant.ask(asked)
    assert answer.also_searched == ("Kolchak",)
    assert "Kolchak led the White Army" in answer.quotes[0].text
    assert answer.understood_as == answer.question == asked
    assert answer.confidence > assistant.ask(asked, variants=False).confidence
    assert assistant.ask(asked, variants=False).also_searched == ()
    assert assistant.ask('Who was "Kolchack"?').also_searched == ()
    plain = assistant.ask("Who was Kolchak?")
    assert [quote.text for quote in answer.quotes] == [quote.text for quote in plain.quotes]


def test_a_name_that_no_reading_has_is_told(assistant: Assistant) -> None:
    assert assistant.ask("Which treaty did Roosevelt sign?").missing == ("Roosevelt",)
    assert assistant.ask("Which treaty did Witte sign?").missing == ()
    assert assistant.ask("And Kolchack?").missing == ()
    assert assistant.ask("And Kolchack?", variants=False).missing == ("Kolchack",)


def test_names_toml_needs_only_the_index_to_be_heard(tmp_path: Path) -> None:
    names = '[[name]]\nnames = ["the Supreme Ruler", "Kolchak"]\n'
    write(tmp_path / "corpus", {**FILES, "names.toml": names})
    Assistant.build(tmp_path / "corpus", tmp_path / "index", settings=TRIAL).close()
    (tmp_path / "corpus" / "names.toml").unlink()
    with Assistant.open(tmp_path / "index", settings=TRIAL) as assistant:
        trace = assistant.trace("where did the supreme ruler lead his army from")
        assert trace.asked.variants == (Variant("supreme ruler", "Kolchak"),)
        assert "Kolchak led the White Army" in trace.answer.quotes[0].text
        assert trace.answer.also_searched == ("Kolchak",)


def test_the_seed_article_is_asked_in_everyday_names(tmp_path: Path) -> None:
    with Assistant.build(SEED_CORPUS, tmp_path / "index", settings=TRIAL) as assistant:
        for asked, found in (
            ("When did Russia occupy Tsushima?", ("Sushima",)),
            ("Who recognised Sakhalin as Russian?", ("recognized", "Shakhalin")),
            ("who murdered nicholas", ("Nikolai",)),
            ("When was northern Sakhalin given back?", ("the northern branch", "Shakhalin")),
            ("Did Japan like the Whites?", ("the White Army", "the White House")),
        ):
            assert assistant.ask(asked).also_searched == found
        quotes = assistant.ask("When was northern Sakhalin given back?").quotes
        assert any("the northern branch to the Soviet Union" in quote.text for quote in quotes)


def test_readings_are_listed_without_and_given_with_their_text(assistant: Assistant) -> None:
    assert [document.path for document in assistant.documents] == sorted(FILES)
    assert {document.text for document in assistant.documents} == {""}
    for document in assistant.documents:
        assert assistant.document(document.doc_id).text == FILES[document.path]
        assert assistant.library[document.doc_id] == assistant.document(document.doc_id)
    assert len(assistant.library) == len(list(assistant.library)) == 3
    with pytest.raises(KeyError):
        assistant.document("atlantis")


def test_what_the_readings_do_not_say_is_an_answer_and_no_fault(assistant: Assistant) -> None:
    answer = assistant.ask("Which enzymes does photosynthesis need?")
    assert answer.verdict is Verdict.NOT_FOUND
    assert (answer.quotes, answer.text) == ((), "The readings do not say.")
    assert len(answer.related) == TRIAL.related_passages


@pytest.mark.parametrize(
    "history",
    [
        ["Who was Kolchak?"],
        "Who was Kolchak?",
        [Turn("Who was Kolchak?", "“...” [1]")],
        ["Who was Witte?"] * 999 + ["Who was \x00Kolchak\ud800?"],
    ],
)
def test_a_follow_up_is_understood_from_the_conversation(
    assistant: Assistant, history: list[str | Turn]
) -> None:
    answer = assistant.ask("When was he shot?", history=history)
    assert answer.question == "When was he shot?"
    assert answer.understood_as == "When was Kolchak shot?"
    assert answer.quotes[0].text.endswith("He was shot in 1920.")


@pytest.mark.parametrize(("turns", "understood"), [(0, "Why?"), (1, "Why was he shot?")])
def test_no_more_of_the_conversation_is_used_than_the_setting_says(
    place: Path, turns: int, understood: str
) -> None:
    few = replace(TRIAL, max_history_turns=turns)
    with Assistant.open(place / "index", settings=few) as assistant:
        answer = assistant.ask("Why?", history=["Who was Kolchak?", "Was he shot?"])
    assert answer.understood_as == understood


@pytest.mark.parametrize(
    ("readings", "expected"),
    [
        (["week 1"], {"week-1-winter", "week-1-deep-kolchak"}),
        (["week 1/deep"], {"week-1-deep-kolchak"}),
        ("war.txt", {"war"}),
        (None, {"war", "week-1-winter", "week-1-deep-kolchak"}),
        ([], {"war", "week-1-winter", "week-1-deep-kolchak"}),
    ],
)
def test_a_question_can_be_restricted_to_readings(
    place: Path, readings: list[str] | str | None, expected: set[str]
) -> None:
    everything = replace(TRIAL, answer_threshold=0.0)
    with Assistant.open(place / "index", settings=everything) as assistant:
        assert ids_of(assistant.ask("Omsk winters war", readings=readings)) == expected


# Bad input


@pytest.mark.parametrize(
    "question",
    [
        "🙂🙂", "who is it", "?", "\x00\x01PK\x03\x04\xff", "war \ud800\udfff", "هل بقيت اليابان؟",
        "\u202eevil", "'\"; DROP TABLE words; --", "NEAR(war treaty) AND terms:war* -x ^y",
        "<script>alert(1)</script>", "${7*7} {{7*7}} %s", "war " * 500, "a" * 2000,
    ],
)  # fmt: skip
def test_odd_questions_get_a_sane_answer(assistant: Assistant, question: str) -> None:
    check_answer(assistant, question, 120)
    check_answer(assistant, question, 1)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"question": ""}, "the question is empty: type one"),
        ({"question": " \n\x00\u200b"}, "the question is empty: type one"),
        ({"question": "x" * 100_000}, "100,000 characters.*shorten it"),
        ({"question": "Why?", "history": ["x" * 100_000]}, "100,000 characters.*shorten it"),
        ({"question": "war", "max_words": 0}, "max_words must be at least 1, not 0"),
        ({"question": "war", "readings": ["atlantis"]}, "'atlantis'; some that are: week 1"),
    ],
)
def test_a_question_that_cannot_be_asked_says_why(
    assistant: Assistant, asked: dict[str, object], message: str
) -> None:
    with pytest.raises(QuestionError, match=message):
        assistant.ask(**asked)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["# Only a heading", "Why?", "Is it? Who? When?"])
def test_readings_without_a_statement_answer_nothing(tmp_path: Path, text: str) -> None:
    write(tmp_path / "corpus", {"a.md": text})
    with Assistant.build(tmp_path / "corpus", tmp_path / "index", settings=TRIAL) as assistant:
        answer = assistant.ask("Why?")
    assert (answer.verdict, answer.quotes, answer.related) == (Verdict.NOT_FOUND, (), ())


def test_without_an_index_the_cure_is_said_before_a_model_is_looked_for(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="run `histqa index`"):
        Assistant.open(tmp_path, settings=Settings(embedder="./no-such-model"))


def test_a_foreign_or_another_index_is_never_searched(place: Path, tmp_path: Path) -> None:
    (tmp_path / "histqa.sqlite").write_bytes(b"something else entirely" * 100)
    with pytest.raises(IndexDamaged, match=r"histqa\.sqlite"):
        Assistant.open(tmp_path, settings=TRIAL)
    with pytest.raises(IndexOutdated, match="passage_words is '120' in the index and '80' now"):
        Assistant.open(place / "index", settings=replace(TRIAL, passage_words=80))


def test_a_corpus_that_is_missing_leaves_no_index_behind(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="nowhere"):
        Assistant.build(tmp_path / "nowhere", tmp_path / "index", settings=TRIAL)
    with pytest.raises(IndexMissing):
        Assistant.open(tmp_path / "index", settings=TRIAL)


def test_settings_are_checked_also_where_they_are_given_by_hand(place: Path) -> None:
    with pytest.raises(SettingsError, match="hits must be between"):
        Assistant.open(place / "index", settings=Settings(embedder="hashing", hits=0))


def test_the_current_folder_can_be_corpus_and_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"a.txt": "The army came."})
    monkeypatch.chdir(tmp_path)
    with Assistant.build(".", "made", settings=TRIAL) as assistant:
        assert [document.path for document in assistant.documents] == ["a.txt"]
    monkeypatch.chdir(tmp_path / "made")
    with Assistant.open(Path(), settings=TRIAL) as assistant:
        assert len(assistant.documents) == 1


def test_a_closed_assistant_says_so(place: Path) -> None:
    with Assistant.open(place / "index", settings=TRIAL) as assistant:
        pass
    with pytest.raises(HistqaError, match="was closed; open it again"):
        assistant.ask("Who signed the treaty?")


# Importing

STATE = """
import json, logging, os, signal, sys, threading
def state():
    loggers = logging.root.manager.loggerDict.values()
    return [
        dict(os.environ), threading.active_count(), logging.root.level,
        [str(handler) for handler in logging.root.handlers], logging.root.manager.disable,
        [one.name for one in loggers if isinstance(one, logging.Logger) and one.level],
        [str(signal.getsignal(number)) for number in signal.valid_signals()],
        sys.getswitchinterval(), sys.getrecursionlimit(), os.getcwd(),
    ]
before = state()
import histqa
light = sorted({"faiss", "torch", "numpy", "gradio"} & sys.modules.keys())
from histqa import Assistant
print(json.dumps([before, state(), light, "torch" in sys.modules]))
"""


def test_importing_histqa_changes_nothing_in_the_process() -> None:
    # Not the variables of this process, in which histqa is imported already.
    kept = {"PATH", "PYTHONPATH", "SYSTEMROOT", "HOME", "USERPROFILE", "TEMP"}
    said = subprocess.run(
        [sys.executable, "-c", STATE],
        env={name: value for name, value in os.environ.items() if name.upper() in kept},
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    before, after, light, has_torch = json.loads(said.stdout)
    assert after == before
    assert (light, has_torch, said.stderr) == ([], False, "")
