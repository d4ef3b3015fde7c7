"""What every engine needs to know of the network it runs, taken from the model's card."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from streamdesnow.engines.engine import State
from streamdesnow.errors import EngineFailed, ModelCorrupt
from streamdesnow.frame import Image
from streamdesnow.models.folder import ModelFolder
from streamdesnow.models.shapes import resolve_shape

__all__ = ["check_names", "common_size", "state_row_bytes", "state_shapes"]


def state_shapes(model: ModelFolder, *, batch: int, width: int, height: int) -> list[tuple[int, ...]]:
    """Shapes of the memory of `batch` cameras, in the order of the card; empty for still models.

    Raises:
        EngineFailed: a frame of this size has none, as its sides are not multiples of the model's.
    """
    try:
        return [
            resolve_shape(state.shape, batch=batch, width=width, height=height) for state in model.card.states
        ]
    except ValueError as error:
        raise EngineFailed(f"{model.name} has no memory for {width}x{height} frames: {error}") from error


def state_row_bytes(model: ModelFolder, width: int, height: int) -> list[int]:
    """Bytes that one camera takes in each tensor of the memory, in the order of the card."""
    shapes = state_shapes(model, batch=1, width=width, height=height)
    return [
        math.prod(shape) * np.dtype(state.dtype).itemsize
        for shape, state in zip(shapes, model.card.states, strict=True)
    ]


def check_names(model: ModelFolder, inputs: Iterable[str], outputs: Iterable[str]) -> None:
    """See that the network has exactly the inputs and outputs that the card names.

    Raises:
        ModelCorrupt: it has not; the message lists both.
    """
    card = model.card
    for side, expected, found in (
        ("inputs", {card.input.name, *(state.input for state in card.states)}, set(inputs)),
        ("outputs", {card.output.name, *(state.output for state in card.states)}, set(outputs)),
    ):
        if expected != found:
            raise ModelCorrupt(
                f"{model.onnx}: its {side} are {', '.join(sorted(found))}, "
                f"model.yaml says {', '.join(sorted(expected))}"
            )


def common_size(images: Sequence[Image], states: Sequence[State]) -> tuple[int, int]:
    """(width, height) that all images and memories of one call share.

    Raises:
        EngineFailed: they differ, or there are not as many memories as images.
    """
    sizes = {(image.shape[1], image.shape[0]) for image in images} | {state.size for state in states}
    if len(images) != len(states) or len(sizes) != 1:
        raise EngineFailed(
            f"one call takes frames of one size with a memory each; got {len(images)} frames, "
            f"{len(states)} memories, sizes {sorted(sizes)}"
        )
    return sizes.pop()
