"""What a network sees while it runs, for those who have to know how large its numbers get."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamdesnow.capture.av_reader import AvReader
from streamdesnow.config.camera import SimulatedConfig
from streamdesnow.engines.network import state_shapes
from streamdesnow.frame import Image
from streamdesnow.lab.data.photos import Photos
from streamdesnow.lab.scenes.scene import draw_scene
from streamdesnow.models.folder import ModelFolder
from streamdesnow.snowfall.film import SimulatedFilm
from streamdesnow.snowfall.snow import TRAINED

__all__ = ["Feeds", "calibration_films", "feeds_of"]

Feeds = Mapping[str, NDArray[Any]]
"""Every input of a network by its name."""

_LEVELS = ("none", "light", "medium", "heavy")
_SCENES = 24  # with eight, what eight bits lost varied by 0.3 dB with what was drawn
_FRAMES = 24
_TAKEN = frozenset({*range(9), 11, 15, 19, 23})
"""Frames that are taken of each film: memories differ most while they are young."""
_SIDE, _WIDTH = 256, 384


def calibration_films(photos: Photos | None, clips: Sequence[Path], seed: int) -> Iterator[Sequence[Image]]:
    """Short films of fixed cameras, each uint8 frames (H, W, 3) BGR.

    Args:
        photos: clean pictures for scenes like those of training; without them all films are of the
            simulated street.
        clips: videos; the middle of their first frames is taken as it is, snow and all.
        seed: of what is drawn.
    """
    rng = np.random.default_rng(seed)
    streets = 1 if photos else 2
    for number, level in enumerate(_LEVELS * streets):
        yield _street(level, TRAINED[number % len(TRAINED)], seed + number)
    for _ in range(_SCENES if photos else 0):
        assert photos is not None
        yield list(draw_scene(photos, _SIDE, _FRAMES, rng).snowy)
    for clip in clips:
        with AvReader.for_file(clip) as reader:
            yield [_middle(frame.image) for frame in islice(reader, _FRAMES)]


def feeds_of(model: ModelFolder, films: Iterator[Sequence[Image]]) -> Iterator[Feeds]:
    """Run the model in float32 over films, its memory fed back; hand out what it is given now and then."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(str(model.onnx), options, providers=["CPUExecutionProvider"])
    card = model.card
    names = [card.output.name, *(state.output for state in card.states)]
    for film in films:
        height, width = (side - side % card.side_multiple for side in film[0].shape[:2])
        shapes = state_shapes(model, batch=1, width=width, height=height)
        memory = [np.zeros(shape, state.dtype) for shape, state in zip(shapes, card.states, strict=True)]
        for index, image in enumerate(film):
            feeds: dict[str, NDArray[Any]] = {card.input.name: image[None, :height, :width]}
            feeds |= {state.input: value for state, value in zip(card.states, memory, strict=True)}
            if index in _TAKEN:
                yield feeds
            if memory:
                memory = session.run(names, feeds)[1:]


def _street(level: str, style: str, seed: int) -> Sequence[Image]:
    config = {"snow": level, "style": style, "size": (_WIDTH, _SIDE), "seed": seed, "duration": _FRAMES / 25}
    film = SimulatedFilm(SimulatedConfig.model_validate(config))
    return [film.snowy(index) for index in range(_FRAMES)]


def _middle(image: Image) -> Image:
    height, width = image.shape[:2]
    top, left = max(0, height - _SIDE) // 2, max(0, width - _WIDTH) // 2
    return image[top : top + _SIDE, left : left + _WIDTH]
