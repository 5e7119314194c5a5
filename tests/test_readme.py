"""README and docs are true: the snippet runs, commands parse, what they name is there."""

from __future__ import annotations

import re
import runpy
import shlex
import shutil
from pathlib import Path

import pytest

from histqa.frontends.cli.arguments import parse
from histqa.loaders import LOADERS
from histqa.settings import Settings
from histqa.stores import STORES
from histqa.types import Source

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = [
    *ROOT.glob("*.md"),
    *(file for folder in ("docs", "index", "benchmarks") for file in (ROOT / folder).rglob("*.md")),
]


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def commands() -> list[str]:
    lines = [line.removeprefix("$ ") for block in blocks("console") for line in block.splitlines()]
    return [line for line in lines if line.startswith("python3 run.py")]


def test_the_snippet_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (snippet,) = blocks("python")
    shutil.copytree(ROOT / "docs_corpus", tmp_path / "docs_corpus")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HISTQA_EMBEDDER", "hashing")
    monkeypatch.setenv("HISTQA_ANSWER_THRESHOLD", "0")
    exec(compile(snippet, "README.md", "exec"), {})
    assert "Why did Japan invade Soviet Russia in 1917?" in capsys.readouterr().out


def test_there_are_commands_to_check() -> None:
    assert len(commands()) > 7


@pytest.mark.parametrize("line", commands())
def test_every_command_line_is_understood(line: str) -> None:
    arguments = shlex.split(line, comments=True)[2:]
    if arguments != ["test"]:
        as_histqa = runpy.run_path(str(ROOT / "run.py"))["histqa_arguments"]
        assert parse(as_histqa(arguments)).command


def test_the_quote_that_readme_shows_stands_where_it_says() -> None:
    shown, start, end = re.findall(r"“(.*?)”.*?characters (\d+)–(\d+)", README, re.DOTALL)[0]
    file = ROOT / "docs_corpus/why-did-japan-invade-soviet-russia.txt"
    seed = LOADERS["txt"](Settings().limits).load(Source("seed", file.name, file.read_bytes()))
    assert seed.text[int(start) : int(end)] == " ".join(shown.split())


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    assert [link for link in links if not (file.parent / link.partition("#")[0]).exists()] == []


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_every_module_and_folder_that_is_named_exists(file: Path) -> None:
    named = re.findall(r"`([\w.][\w./-]*(?:\.py|\.md|/))`", file.read_text(encoding="utf-8"))
    homes = (ROOT, ROOT / "src/histqa", ROOT / "docs", file.parent)
    assert [name for name in named if not any((home / name).exists() for home in homes)] == []


@pytest.mark.parametrize("name", LOADERS)
def test_readme_names_every_format_that_is_read(name: str) -> None:
    assert re.search(rf"your own readings \([^)]*\b{name}\b", README)


@pytest.mark.parametrize("name", STORES)
def test_every_store_is_documented(name: str) -> None:
    assert f"`{name}`" in (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
