"""Which keys the schema allows at a place of the pipeline file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args, get_origin

from pydantic import BaseModel, BeforeValidator

from streamdesnow.config.base import KeyPath

__all__ = ["known_keys"]


def known_keys(model: type[BaseModel], path: KeyPath) -> tuple[str, ...]:
    """Keys of the section at `path`, of all alternatives together; empty where any may stand, or none."""
    annotations: list[Any] = [model]
    for key in path:
        annotations = [inner for each in annotations for inner in _inside(each, key)]
    sections = [each for annotation in annotations for each in _sections(annotation)]
    return tuple(dict.fromkeys(name for section in sections for name in section.model_fields))


def _inside(annotation: Any, key: str | int) -> Iterator[Any]:
    """What may stand below `key` in a value of this type."""
    for section in _sections(annotation):
        if key in section.model_fields:
            yield section.model_fields[str(key)].annotation
    for alternative in _alternatives(annotation):
        arguments = get_args(alternative)
        if get_origin(alternative) is dict and isinstance(key, str):
            yield arguments[1]
        elif get_origin(alternative) in (tuple, list) and isinstance(key, int):
            yield arguments[0]


def _sections(annotation: Any) -> Iterator[type[BaseModel]]:
    for alternative in _alternatives(annotation):
        if isinstance(alternative, type) and issubclass(alternative, BaseModel):
            yield alternative


def _alternatives(annotation: Any) -> Iterator[Any]:
    """The members of a union, without `Annotated` around them, and what else may be written for them."""
    if hasattr(annotation, "__metadata__"):
        yield from _alternatives(get_args(annotation)[0])
        for validator in annotation.__metadata__:
            # What is read before validation may be written as a section too: `password: {file: PATH}`.
            if isinstance(validator, BeforeValidator):
                yield from _alternatives(validator.json_schema_input_type)
    elif get_origin(annotation) in (dict, tuple, list) or not get_args(annotation):
        yield annotation
    else:
        for member in get_args(annotation):
            yield from _alternatives(member)
