"""YAML text into a `Document`; PyYAML's node tree gives the places, its values are not used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from streamdesnow.config.base import KeyPath
from streamdesnow.config.document import Document
from streamdesnow.config.problem import Place, Problem
from streamdesnow.config.scalar import scalar_value

__all__ = ["parse_yaml"]

_PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "seq", "map"))

_ADVICE = {
    "\\t": "a tab stands where only spaces may; indent with spaces",
    "mapping values are not allowed": "a colon is out of place: indent all keys of a mapping alike, and put "
    "quotes around text that holds a colon followed by a space",
    "expected <block end>": "the indentation does not fit the lines above",
    "found another document": "expected one document; remove the lines from --- on",
    "found unexpected end of stream": "a quote that was opened is not closed",
    "got '<stream end>'": "a bracket that was opened is not closed",
    "cannot start any token": "text that begins with % @ ` or | must stand in quotes",
}


def parse_yaml(text: str, name: str, *, lines: bool = True) -> Document:
    """Read YAML.

    Args:
        text: the whole file.
        name: what places call it.
        lines: whether places give line and column.

    Returns:
        The document; what is wrong with the text is in its `problems`.
    """
    document = Document(Place(name))
    try:
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        mark = _mark(error)
        place = Place(name, mark.line + 1, mark.column + 1) if mark and lines else document.start
        document.problems.append(Problem(place, (), f"not valid YAML: {_explain(error)}"))
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1 if lines else None
        message = f"not valid YAML: the character {chr(error.character)!a} is not allowed"
        document.problems.append(Problem(Place(name, line), (), message))
    else:
        if root is not None:
            document.value = _Reader(document, lines).read(root, ())
    return document


def _mark(error: yaml.MarkedYAMLError) -> yaml.Mark | None:
    """Where to look: what was not closed is noticed at the end of the file, and mended where it begins."""
    unclosed = error.problem is not None and (
        "end of stream" in error.problem or "stream end" in error.problem
    )
    first, second = error.problem_mark, error.context_mark
    return (second or first) if unclosed else (first or second)


def _explain(error: yaml.MarkedYAMLError) -> str:
    problem = error.problem or "cannot be read"
    return next((advice for start, advice in _ADVICE.items() if start in problem), problem)


class _Reader:
    """Walks a node tree and fills a document."""

    def __init__(self, document: Document, lines: bool) -> None:
        self._document = document
        self._lines = lines
        self._ancestors: list[Node] = []

    def read(self, node: Node, path: KeyPath) -> Any:
        """The value of `node`, whose place becomes that of `path`."""
        self._document.values[path] = self._place(node)
        self._document.keys.setdefault(path, self._place(node))
        if node.tag not in _PLAIN_TAGS:
            self._report(node, path, f"the tag {node.tag} means nothing here; remove it")
            return None
        if any(node is ancestor for ancestor in self._ancestors):
            self._report(node, path, "this alias stands inside what it repeats")
            return None
        if isinstance(node, ScalarNode):
            self._document.written[path] = node.value
            return scalar_value(node)
        self._ancestors.append(node)
        try:
            if isinstance(node, SequenceNode):
                return [self.read(item, (*path, index)) for index, item in enumerate(node.value)]
            return self._mapping(node, path)
        finally:
            self._ancestors.pop()

    def _mapping(self, node: Node, path: KeyPath) -> dict[str, Any]:
        values = {}
        for key, key_node, value_node in self._entries(node, path):
            self._document.keys[*path, key] = self._place(key_node)
            values[key] = self.read(value_node, (*path, key))
        return values

    def _entries(self, node: Node, path: KeyPath) -> Iterator[tuple[str, Node, Node]]:
        """Keys of a mapping with their nodes, those of `<<` first where the mapping does not replace them."""
        own: dict[str, tuple[Node, Node]] = {}
        merged: dict[str, tuple[Node, Node]] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self._report(key_node, path, "a key must be a word")
            elif key_node.value == "<<" and key_node.style is None:
                for key, *nodes in self._merged(value_node, path):
                    merged.setdefault(key, (nodes[0], nodes[1]))
            elif key_node.value in own:
                first = self._place(own[key_node.value][0])
                message = f"this key was given before, in line {first.line}; remove one of them"
                self._report(key_node, (*path, key_node.value), message)
            else:
                own[key_node.value] = (key_node, value_node)
        for key, (key_node, value_node) in (merged | own).items():
            yield key, key_node, value_node

    def _merged(self, node: Node, path: KeyPath) -> Iterator[tuple[str, Node, Node]]:
        parts = node.value if isinstance(node, SequenceNode) else [node]
        for part in parts:
            if not isinstance(part, MappingNode) or any(part is ancestor for ancestor in self._ancestors):
                self._report(
                    part, path, "<< takes an alias of a mapping elsewhere in the file, such as *gate"
                )
            else:
                yield from self._entries(part, path)

    def _place(self, node: Node) -> Place:
        if not self._lines:
            return self._document.start
        return Place(self._document.start.source, node.start_mark.line + 1, node.start_mark.column + 1)

    def _report(self, node: Node, path: KeyPath, message: str) -> None:
        self._document.problems.append(Problem(self._place(node), path, message))
