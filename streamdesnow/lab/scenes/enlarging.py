"""Scenes as a network sees them in small frames, which the runtime enlarges."""

from __future__ import annotations

import numpy as np

from streamdesnow.frame import Image
from streamdesnow.lab.scenes.scene import Scene
from streamdesnow.restore.supersampling import TIMES, enlarged

__all__ = ["enlarged_scene"]


def enlarged_scene(scene: Scene) -> Scene:
    """The scene at twice its width and height, as `restore/supersampling.py` enlarges frames."""
    moving = scene.moving.repeat(TIMES, 1).repeat(TIMES, 2)
    return Scene(_enlarged(scene.snowy), _enlarged(scene.truth), moving)


def _enlarged(film: Image) -> Image:
    return np.stack([enlarged(image) for image in film])
