"""`--set key=value`: single values of a pipeline file, changed for one run."""

from __future__ import annotations

from streamdesnow.config.base import KeyPath
from streamdesnow.config.document import Document
from streamdesnow.config.parse import parse_yaml
from streamdesnow.config.problem import Place, Problem, dotted
from streamdesnow.config.url import is_url

__all__ = ["apply_override"]

_NOT_PLAIN = ("*", "%", "@", "`", "!", "|", ">")
"""What text must not begin with in YAML; passwords may."""


def apply_override(document: Document, override: str) -> None:
    """Set one value in place; what is wrong with the override becomes a problem of the document.

    Args:
        document: the pipeline file.
        override: `cameras.gate.source=rtsp://10.0.0.5/live`: keys joined by dots, list items by number from 0
            (one past the last adds an item), the value in YAML. Sections on the way are made where missing;
            `null` takes away what the file says.
    """
    key, equals, text = override.partition("=")
    # Only the key is ever shown: the value may be a password, and so may all of it without an equals sign.
    place = Place(f"--set {key}" if equals else "--set")
    try:
        if not equals or not all(key.split(".")):
            raise ValueError("expected key=value, for example cameras.gate.source=street.mp4")
        plain = text.strip()
        value = parse_yaml(text, place.source, lines=False)
        if plain[:1] in _NOT_PLAIN and value.problems:
            value = Document(place, plain)
        document.problems.extend(value.problems)
        if value.problems:
            return
        path = _make_way(document, key.split("."), place)
        if plain == "null" and isinstance(path[-1], str):
            document.remove(path)
            return
        if not isinstance(value.value, list):
            # Text fields take what was typed, be it digits or braces.
            value.written[()] = text
        if _cut(value.value, plain):
            value.value = plain
        value.values[()] = value.keys[()] = place
        document.adopt(value, path)
        if path[-1] in ("source", "url"):
            _leave_login(document, path, text)
    except ValueError as error:
        document.problems.append(Problem(place, (), str(error)))


def _cut(value: object, text: str) -> bool:
    """Whether YAML took some of plain text for a comment or an anchor: passwords may hold such characters."""
    if value is None:
        return bool(text) and text != "~"
    return isinstance(value, str) and text[:1] not in "'\"" and value != text


def _leave_login(document: Document, path: KeyPath, address: str) -> None:
    """Another address than the file's brings its own login, and a file needs none."""
    if (is_url(address) and "@" not in address) or "$" in address:  # nobody knows yet what a variable holds
        return
    for name in ("username", "password"):
        login = (*path[:-1], name)
        if document.has(login) and not document.place(login).source.startswith("--set"):
            document.remove(login)


def _make_way(document: Document, keys: list[str], place: Place) -> KeyPath:
    """The path that `keys` name; sections and list items that are not there yet are added."""
    path: KeyPath = ()
    for key in keys:
        section = document.at(path)
        if section is None:
            section = [] if key == "0" else {}
            document.put(path, section)
        path = (*path, _enter(section, key, path))
        document.keys.setdefault(path, place)
        document.values.setdefault(path, place)
    return path


def _enter(section: object, key: str, path: KeyPath) -> str | int:
    """Key or index of an item of `section`, which is added if it is not there."""
    if isinstance(section, dict):
        section.setdefault(key, None)
        return key
    if not isinstance(section, list):
        raise ValueError(f"{dotted(path)} is a single value, there is no {key!r} in it")
    if not key.isdecimal() or int(key) > len(section):
        raise ValueError(
            f"{dotted(path)} is a list: expected a number from 0 to {len(section)} in place of {key!r}"
        )
    if int(key) == len(section):
        section.append(None)
    return int(key)
