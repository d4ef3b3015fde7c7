"""Symbolic shapes of `model.yaml`: `[N, 48, H/4, W/4]` for a batch of frames of one size."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator

__all__ = ["Dim", "Shape", "resolve_shape"]

_SYMBOL = re.compile(r"(N|H|W)(?:/([1-9]\d*))?")


def _checked_dim(dim: int | str) -> int | str:
    if isinstance(dim, str) and _SYMBOL.fullmatch(dim) is None:
        raise ValueError(f"{dim!r} is not a number, N, H, W, nor a quotient such as H/4")
    if isinstance(dim, int) and dim < 1:
        raise ValueError(f"{dim} is not a size")
    return dim


Dim = Annotated[int | str, AfterValidator(_checked_dim)]
Shape = tuple[Dim, ...]


def resolve_shape(shape: Sequence[int | str], *, batch: int, width: int, height: int) -> tuple[int, ...]:
    """The shape in numbers.

    Args:
        shape: each an int, `N` (frames in the batch), `H`, `W`, or a quotient such as `H/4`.
        batch, width, height: what the letters stand for; sides in pixels.

    Raises:
        ValueError: a dimension is none of these, or the side cannot be divided.
    """
    letters = {"N": batch, "H": height, "W": width}

    def number(dim: int | str) -> int:
        if isinstance(dim, int):
            return dim
        match = _SYMBOL.fullmatch(dim)
        if match is None:
            raise ValueError(f"{dim!r} is not a number, N, H, W, nor a quotient such as H/4")
        value, rest = divmod(letters[match[1]], int(match[2] or 1))
        if rest:
            raise ValueError(f"{letters[match[1]]} cannot be divided as {dim} asks")
        return value

    return tuple(number(dim) for dim in shape)
