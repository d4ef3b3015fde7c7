"""A YAML file as plain values, with the line and column of every key and value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from streamdesnow.config.base import KeyPath
from streamdesnow.config.problem import Place, Problem

__all__ = ["Document"]


@dataclass(slots=True)
class Document:
    """Values of a pipeline file, and where each came from.

    Attributes:
        value: dicts, lists and scalars, all keys text; belongs to the document alone and may be changed.
        start: the file as a whole.
        keys: place of the key of every path, for list items of the item.
        values: place of the value of every path.
        written: scalars as they were typed, before `${NAME}` is replaced.
        problems: found while reading: duplicate keys and the like.
    """

    start: Place
    value: Any = None
    keys: dict[KeyPath, Place] = field(default_factory=dict)
    values: dict[KeyPath, Place] = field(default_factory=dict)
    written: dict[KeyPath, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def has(self, path: KeyPath) -> bool:
        """Whether something was written at this path."""
        return path in self.values

    def at(self, path: KeyPath) -> Any:
        """The value at a path that `has` knows."""
        value = self.value
        for key in path:
            value = value[key]
        return value

    def put(self, path: KeyPath, value: Any) -> None:
        """Replace the value at a path that `has` knows; the places stay."""
        if not path:
            self.value = value
        else:
            self.at(path[:-1])[path[-1]] = value

    def place(self, path: KeyPath, *, of_key: bool = False) -> Place:
        """Where `path` was written, or else the nearest thing around it."""
        first, second = (self.keys, self.values) if of_key else (self.values, self.keys)
        for length in range(len(path), -1, -1):
            found = first.get(path[:length]) or second.get(path[:length])
            if found:
                return found
        return self.start

    def remove(self, path: KeyPath) -> None:
        """Take the value at a path that `has` knows out of its section, with all that was known of it."""
        del self.at(path[:-1])[path[-1]]
        self._forget(path)

    def adopt(self, other: Document, path: KeyPath) -> None:
        """Put the whole of `other` at `path`, whose parent exists, with the places of `other`."""
        self._forget(path)
        self.put(path, other.value)
        self.keys.update({path + inner: place for inner, place in other.keys.items()})
        self.values.update({path + inner: place for inner, place in other.values.items()})
        self.written.update({path + inner: text for inner, text in other.written.items()})

    def _forget(self, path: KeyPath) -> None:
        known: tuple[dict[KeyPath, Any], ...] = (self.keys, self.values, self.written)
        for places in known:
            for old in [each for each in places if each[: len(path)] == path]:
                del places[old]
