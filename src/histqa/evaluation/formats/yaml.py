"""YAML: a list of questions, or one under "questions" -> QuestionFile.

Every scalar is read as text: YAML would make minutes of ``1920:5`` and false of ``no``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from histqa.errors import QuestionFileError
from histqa.evaluation.formats.jsonl import characters, file_of
from histqa.evaluation.records import BadRow, QuestionFile

_LONGEST = 20_000_000


class _Loader(yaml.SafeLoader):
    """Knows texts, lists, mappings and nothing (null): no aliases, no objects."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the name and type are PyYAML's
        sign: [(tag, pattern) for tag, pattern in resolvers if tag.endswith(":null")]
        for sign, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Aliases are refused: a few lines of them unfold to more than any memory."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(
                problem="an alias (*name) stands there; write the text out",
                problem_mark=self.current_event.start_mark,
            )
        return super().compose_node(parent, index)


def read_yaml(name: str, content: bytes) -> QuestionFile:
    """Raises QuestionFileError for what is no YAML, or YAML of another shape."""
    if len(content) > _LONGEST:
        raise QuestionFileError(
            f"{name}: larger than {_LONGEST // 1_000_000} MB, which YAML is too slow for; "
            "divide it, or write JSON Lines"
        )
    try:
        loader = _Loader(characters(content))
        rows = [row for node in _nodes(loader) for row in _entries(name, loader, node)]
    except yaml.YAMLError as error:
        raise QuestionFileError(
            f"{name}: not YAML that can be read ({_place(error)}); mend that place, for "
            "one by putting texts that hold ? : # or brackets in quotation marks"
        ) from error
    except RecursionError as error:
        raise QuestionFileError(f"{name}: the YAML is nested too deeply to be questions") from error
    return file_of(rows, name=name, format_name="yaml")


def _nodes(loader: _Loader) -> Iterator[yaml.Node]:
    while loader.check_node():
        node = loader.get_node()
        if node is not None:
            yield node


def _entries(name: str, loader: _Loader, node: yaml.Node) -> Iterator[tuple[str, Any]]:
    """One (origin, value) for each question of a document of the file."""
    node = _questions(node)
    if isinstance(node, yaml.ScalarNode) and not node.value:
        return
    if isinstance(node, yaml.MappingNode) and any(key.value == "question" for key, _ in node.value):
        node = yaml.SequenceNode(node.tag, [node])
    if not isinstance(node, yaml.SequenceNode):
        raise QuestionFileError(
            f'{name}: the YAML is no list of questions ("- question: ...") and has none under '
            '"questions"; docs/question-files.md shows the form'
        )
    for entry in node.value:
        origin = f"{name}, line {entry.start_mark.line + 1}"
        try:
            yield origin, loader.construct_document(entry)
        except yaml.YAMLError as error:
            yield origin, BadRow(origin, "", "texts, lists and mappings", _place(error))


def _questions(node: yaml.Node) -> yaml.Node:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == "questions":
                return value  # type: ignore[no-any-return]
    return node


def _place(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        mark = error.problem_mark
        return f"line {mark.line + 1}, column {mark.column + 1}: {error.problem}"
    return " ".join(str(error).split())[:200]
