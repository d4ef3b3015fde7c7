"""How much work a call of a network is, whatever runs it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from streamdesnow.models.manifest import ModelManifest
from streamdesnow.models.shapes import resolve_shape
from streamdesnow.restore.padding import padded_size

__all__ = ["WIDTHS", "Work", "network_work"]

WIDTHS = {"fp32": 4, "bf16": 2, "fp16": 2, "int8": 1, "fp8": 1}
"""Bytes of a number in each precision."""

_NUMBERS = {"float32": 4, "float16": 2, "uint8": 1}
_REFERENCE = 1280 * 720


@dataclass(frozen=True, slots=True)
class Work:
    """One call.

    Attributes:
        flop: floating-point operations; a multiply-add counts as two.
        least_bytes: what no engine gets around moving: frames in and out, memory read and written, weights
            once. What lies between layers may stay in caches, so an engine that moves only this is ideal.
    """

    flop: float
    least_bytes: float

    @property
    def intensity(self) -> float:
        """Operations a byte: where it stands on a roofline."""
        return self.flop / self.least_bytes


def network_work(card: ModelManifest, size: tuple[int, int], batch: int, precision: str) -> Work:
    """Work of `batch` frames of `size` (width, height) in one call; GMAC grow with the pixels."""
    width, height = padded_size(*size, card.side_multiple)
    memory = sum(
        _NUMBERS[state.dtype] * math.prod(_shape(state.shape, batch, width, height)) for state in card.states
    )
    frames = batch * width * height
    return Work(
        flop=2e9 * card.gmac_720p * frames / _REFERENCE,
        least_bytes=2 * 3 * frames + 2 * memory + card.parameters * WIDTHS.get(precision, 4),
    )


def _shape(shape: Sequence[int | str], batch: int, width: int, height: int) -> tuple[int, ...]:
    return resolve_shape(shape, batch=batch, width=width, height=height)
