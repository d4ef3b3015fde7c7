"""Scenes as a network sees them in small frames, which the runtime enlarges."""

from __future__ import annotations

import cv2
import numpy as np

from streamdesnow.frame import Image
from streamdesnow.lab.scenes.scene import Scene
from streamdesnow.restore.supersampling import enlarged

__all__ = ["before_enlarging", "enlarged_scene"]

_FULLY = 0.6
"""Share of frames that are enlarged to twice their size; the others by less."""
_SCALES = (1.25, 2.0)


def before_enlarging(side: int, rng: np.random.Generator) -> int:
    """Width and height of a scene that has `side` once it is enlarged, pixels; even, for the codec."""
    return 2 * round(side / (_SCALES[1] if rng.random() < _FULLY else rng.uniform(*_SCALES)) / 2)


def enlarged_scene(scene: Scene, side: int) -> Scene:
    """The scene with width and height `side`, as `restore/supersampling.py` enlarges frames."""
    moving = scene.moving.astype(np.uint8)
    return Scene(
        _enlarged(scene.snowy, side),
        _enlarged(scene.truth, side),
        np.stack([cv2.resize(mask, (side, side), interpolation=cv2.INTER_NEAREST) for mask in moving]) > 0,
    )


def _enlarged(film: Image, side: int) -> Image:
    return np.stack([enlarged(image, (side, side)) for image in film])
