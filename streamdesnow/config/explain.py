"""What pydantic finds, in the words and at the places of the pipeline file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from streamdesnow.config.base import KeyPath
from streamdesnow.config.document import Document
from streamdesnow.config.keys import known_keys
from streamdesnow.config.problem import Problem

__all__ = ["explain", "real_path"]

_EXPECTED = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "string": "text",
    "path": "a path",
    "model": "a section, with keys below it",
    "dict": "a section, with keys below it",
    "tuple": "a list: put `- ` in front of each item",
}
_LIMITS = {
    "greater_than": "more than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
    "finite_number": "a finite number",
    "literal_error": "{expected}",
}


def explain(error: ValidationError, document: Document, model: type[BaseModel]) -> list[Problem]:
    """Problems with places, one for each key however many alternatives pydantic tried for it."""
    grouped: dict[KeyPath, list[ErrorDetails]] = {}
    for details in error.errors(include_url=False):
        path = real_path(document, details)
        # Items that are wrong are not counted, so a list of one wrong item is also called too short.
        if details["type"] != "too_short" or not document.at(path):
            grouped.setdefault(path, []).append(details)
    misspelt = {
        (*path[:-1], near)
        for path, each in grouped.items()
        if each[0]["type"] == "extra_forbidden"
        for near in _near(str(path[-1]), known_keys(model, path[:-1]))
    }
    # A key that is missing because it is misspelt is one problem, not two.
    return [
        _problem(path, each, document, model)
        for path, each in grouped.items()
        if each[0]["type"] != "missing" or path not in misspelt
    ]


def real_path(document: Document, details: ErrorDetails) -> KeyPath:
    """Path of an error in the document: pydantic adds the names of alternatives and of validators to it."""
    path: KeyPath = ()
    for part in details["loc"]:
        if document.has((*path, part)):
            path = (*path, part)
    if details["type"] == "missing":
        return (*path, details["loc"][-1])
    return path


def _problem(
    path: KeyPath, details: list[ErrorDetails], document: Document, model: type[BaseModel]
) -> Problem:
    kind = details[0]["type"]
    if kind == "missing":
        return Problem(document.place(path[:-1], of_key=True), path, "this key is needed and missing")
    if kind == "extra_forbidden":
        message = _unknown_key(str(path[-1]), known_keys(model, path[:-1]))
        return Problem(document.place(path, of_key=True), path, message)
    if details[0]["loc"][-1:] == ("[key]",):
        return Problem(document.place(path, of_key=True), path, _own_words(details[0]))
    if kind == "value_error":
        return Problem(document.place(path), path, _own_words(details[0]))
    expected = " or ".join(dict.fromkeys(map(_expectation, details)))
    written = document.written.get(path)
    return Problem(document.place(path), path, f"expected {expected}{_but(written, path, details)}")


def _unknown_key(key: str, known: tuple[str, ...]) -> str:
    near = _near(key, known)
    if near:
        return f"unknown key; did you mean {near[0]!r}?"
    return f"unknown key; known here are {', '.join(known)}"


def _near(word: str, known: Sequence[str]) -> list[str]:
    return get_close_matches(word, known, n=1)


def _own_words(details: ErrorDetails) -> str:
    return details["msg"].removeprefix("Value error, ")


def _expectation(details: ErrorDetails) -> str:
    kind = details["type"]
    context: dict[str, Any] = details.get("ctx", {})
    if kind in _LIMITS:
        return _LIMITS[kind].format(**context)
    if kind == "too_short":
        return "at least one"
    return _EXPECTED.get(kind.partition("_")[0], details["msg"])


def _but(written: str | None, path: KeyPath, details: Iterable[ErrorDetails]) -> str:
    """`, got 'x'` with the nearest allowed word; never the value of a password."""
    if written is None or "password" in path:
        return ""
    near = _near(written, list(_words(details)))
    return f", got {written!r}" + (f"; did you mean {near[0]!r}?" if near else "")


def _words(details: Iterable[ErrorDetails]) -> Iterator[str]:
    for each in details:
        if each["type"] == "literal_error":
            yield from each["ctx"]["expected"].replace(" or ", ", ").replace("'", "").split(", ")
