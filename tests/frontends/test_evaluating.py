"""``histqa eval``: files written, statuses told, faults before the first question."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from histqa.assistant import Assistant
from histqa.evaluation.serialising import read_report
from histqa.frontends import cli
from histqa.settings import load_settings

GOOD = (
    '{"id": "t", "question": "Who threw the tea into the harbour?", "quote": "Colonists threw"}\n'
)
BAD = '{"id": "b", "question": "Who?", "answerable": "perhaps"}\n'


@pytest.fixture
def exam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a corpus, its index and a file of test questions, all by the settings."""
    (tmp_path / "corpus").mkdir()
    text = "Colonists threw the tea into Boston harbour in December 1773.\n"
    (tmp_path / "corpus" / "tea.txt").write_text(text, encoding="utf-8")
    monkeypatch.setenv("HISTQA_CORPUS", str(tmp_path / "corpus"))
    monkeypatch.setenv("HISTQA_INDEX", str(tmp_path / "index"))
    monkeypatch.setenv("HISTQA_EMBEDDER", "hashing")
    monkeypatch.setenv("HISTQA_ANSWER_THRESHOLD", "0")
    Assistant.build(settings=load_settings()).close()
    path = tmp_path / "exam.jsonl"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_the_table_and_every_file_are_written(
    exam: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {name: exam.with_name(f"out.{name}") for name in ("json", "html", "junit")}
    outputs = [part for name, path in names.items() for part in (f"--{name}", str(path))]
    assert cli.run(["eval", str(exam), *outputs]) == 0
    assert "coverage@60" in capsys.readouterr().out
    report = read_report(names["json"])
    assert report.overall.figure("coverage@60").value == 1.0  # type: ignore[union-attr]
    assert report.manifest["generation"] == "1"
    assert ElementTree.fromstring(names["junit"].read_text(encoding="utf-8")).tag == "testsuites"
    assert "Colonists" in names["html"].read_text(encoding="utf-8")
    assert not list(exam.parent.glob("*.unfinished.jsonl"))


def test_json_can_go_to_stdout(exam: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["eval", str(exam), "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["format"] == "histqa-evaluation-1"


def test_a_threshold_that_was_missed_is_told_beside_the_json(
    exam: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["eval", str(exam), "--json", "-", "--max", "coverage@60=0.5"]) == 1
    assert "NOT MET: coverage@60" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "status"),
    [
        (["--min", "coverage@60=1"], 0),
        (["--min", "coverage@60=1", "--min", "quote_precision=1.5"], 1),
        (["--max", "coverage@60=0.5"], 1),
    ],
)
def test_a_threshold_decides_the_status(exam: Path, options: list[str], status: int) -> None:
    assert cli.run(["eval", str(exam), *options]) == status


def test_bad_rows_are_named_and_the_rest_runs(
    exam: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exam.write_text(GOOD + BAD, encoding="utf-8")
    assert cli.run(["eval", str(exam), "--min", "coverage@60=1"]) == 2
    told = capsys.readouterr().out
    assert "bad row: exam.jsonl, line 2, column 'answerable': expected yes or no" in told
    assert "exam.jsonl: 1 question in" in told


def test_a_comparison_shows_what_changed(
    exam: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = str(exam.with_name("old.json"))
    cli.run(["eval", str(exam), "--json", old])
    capsys.readouterr()
    monkeypatch.setenv("HISTQA_ANSWER_THRESHOLD", "1")
    assert cli.run(["eval", str(exam), "--compare", old, "--jobs", "2"]) == 0
    told = capsys.readouterr().out
    assert "0 questions better, 1 worse" in told
    assert "passed -> wrongly refused" in told
    assert "setting answer_threshold: 0.0 before, 1.0 now" in told


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--min", "coverge=1"], "no metric is named 'coverge'"),
        (["--compare", "none.json"], "none.json: cannot be read"),
        (["--format", "papyrus"], "papyrus is no known format"),
    ],
)
def test_what_cannot_work_fails_before_the_first_question(
    exam: Path, capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    assert cli.run(["eval", str(exam), *options]) == 1
    told = capsys.readouterr()
    assert said in told.err
    assert told.out == ""


def test_drafts_never_replace_a_file(exam: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = exam.read_bytes()
    assert cli.run(["eval", str(exam), "--suggest", "3"]) == 1
    assert "is there already" in capsys.readouterr().err
    assert exam.read_bytes() == before


def test_a_corpus_without_a_sentence_to_ask_about_says_so(
    exam: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["eval", str(exam.with_name("new.jsonl")), "--init"]) == 1
    assert "by hand" in capsys.readouterr().err
