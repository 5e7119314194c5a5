"""What pyproject.toml promises: every package that is imported, every file that is needed."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src/histqa"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NEEDED = PROJECT["project"]["dependencies"]
FOR_TESTS = PROJECT["project"]["optional-dependencies"]["test"]


def imported(folder: str) -> Iterator[str]:
    """The top-level names of other people's packages that the modules in ``folder`` import."""
    scripts = {file.stem for name in ("benchmarks", "training") for file in (ROOT / name).glob("*")}
    own = scripts | {"histqa", *sys.stdlib_module_names}
    for file in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            yield from {name.partition(".")[0] for name in names} - own


@pytest.mark.parametrize(
    ("folder", "promised"),
    [("src", NEEDED), ("tests", NEEDED + FOR_TESTS), ("benchmarks", NEEDED + FOR_TESTS)],
)
def test_every_package_that_is_imported_is_named(folder: str, promised: list[str]) -> None:
    named = {canonicalize_name(Requirement(line).name) for line in promised}
    distributions = packages_distributions()
    unnamed = {
        module
        for module in imported(folder)
        if not named & {canonicalize_name(name) for name in distributions.get(module, [module])}
    }
    assert unnamed == set()


def test_every_file_of_the_package_is_shipped() -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["histqa"]
    shipped = {file for pattern in patterns for file in PACKAGE.glob(pattern)}
    kept = {file for file in PACKAGE.rglob("*") if file.is_file() and file.suffix != ".pyc"}
    assert {file for file in kept if file.suffix != ".py"} <= shipped
