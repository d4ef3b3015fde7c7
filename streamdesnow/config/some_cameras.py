"""`cameras:` of an output or a zone: those that it is for, where it is not for all."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

__all__ = ["SomeCameras"]


def _not_empty(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names:
        raise ValueError("an empty list is for no camera; leave the key out for all cameras")
    return names


SomeCameras = Annotated[tuple[str, ...], AfterValidator(_not_empty), Field(json_schema_extra={"minItems": 1})]
"""Names of cameras, one at least."""
