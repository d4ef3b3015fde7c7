"""`${NAME}` in the text of a pipeline file: values that differ from machine to machine, and secrets."""

from __future__ import annotations

import re
from collections.abc import Mapping

from streamdesnow.config.document import Document
from streamdesnow.config.problem import Problem

__all__ = ["expand", "expand_document"]

_REFERENCE = re.compile(
    r"\$(?P<escaped>\$\{)|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(:-(?P<default>[^}]*))?\}|\$\{"
)


def expand(text: str, environ: Mapping[str, str]) -> str:
    """Replace `${NAME}` and `${NAME:-default}`; `$${` stands for `${`.

    As in a shell, the default also takes the place of a variable that is set to nothing.

    Raises:
        ValueError: a variable is not set and has no default, or `${` is not followed by a name and `}`.
    """

    def value(match: re.Match[str]) -> str:
        if match["escaped"]:
            return "${"
        name = match["name"]
        if name is None:
            raise ValueError("expected ${NAME} or ${NAME:-default}; write $${ where ${ itself is meant")
        default: str | None = match["default"]
        found = environ.get(name) or default
        if found is not None:
            return found
        if name in environ:
            return ""
        raise ValueError(
            f"environment variable {name} is not set; set it, or write ${{{name}:-default}} to go without"
        )

    return _REFERENCE.sub(value, text)


def expand_document(document: Document, environ: Mapping[str, str]) -> None:
    """`expand` all text of a document in place; failures become problems of the document."""
    for path in document.written:
        value = document.at(path)
        if isinstance(value, str) and "${" in value:
            try:
                document.put(path, expand(value, environ))
            except ValueError as error:
                document.problems.append(Problem(document.place(path), path, str(error)))
