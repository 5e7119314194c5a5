"""The files for servers name what is there: settings, commands, files, routes."""

from __future__ import annotations

import configparser
import re
import shlex
from pathlib import Path

import pytest

from histqa.frontends.cli.arguments import parse
from histqa.settings import load_settings

ROOT = Path(__file__).parent.parent
UNIT = ROOT / "deploy/histqa.service"
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
NGINX = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
GUIDES = [ROOT / "docs" / name for name in ("serving.md", "embedding.md", "api.md")]


def unit() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(UNIT, encoding="utf-8")
    return parser


@pytest.mark.parametrize(
    "text", [UNIT.read_text(encoding="utf-8"), DOCKERFILE], ids=["unit", "docker"]
)
def test_the_settings_that_are_made_there_exist(tmp_path: Path, text: str) -> None:
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    made = dict(re.findall(r"\b(HISTQA_\w+)=([\w.]+)", lines))
    assert made
    assert load_settings(tmp_path, environment=made).request_log == "requests"


def test_the_commands_that_are_started_there_exist() -> None:
    started = shlex.split(unit()["Service"]["ExecStart"])
    assert parse(started[1:]).command == "serve"
    command = re.findall(r'CMD \["histqa", (.*)\]$', DOCKERFILE, re.MULTILINE)
    assert [parse(shlex.split(words)).command for words in command] == ["serve"]


def test_the_files_that_docker_copies_are_there_and_not_ignored() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for line in re.findall(r"^COPY (.*) \S+$", DOCKERFILE, re.MULTILINE):
        for name in line.split():
            assert (ROOT / name).exists()
            assert f"!{name}" in ignored


def test_nginx_takes_away_the_path_that_the_guide_names() -> None:
    (path,) = re.findall(r"location (\S+)/ \{", NGINX)
    assert load_settings(environment={"HISTQA_ROOT_PATH": path}).root_path == path
    assert f'root_path = "{path}"' in (ROOT / "docs/serving.md").read_text(encoding="utf-8")
    assert "proxy_pass http://127.0.0.1:7860/;" in NGINX
    assert "proxy_buffering off;" in NGINX


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.name)
def test_the_commands_of_the_guides_are_understood(guide: Path) -> None:
    text = guide.read_text(encoding="utf-8")
    for line in re.findall(r"^\$ histqa (.*)$", text, re.MULTILINE):
        assert parse(shlex.split(line)).command
