"""A bright sky over a photograph: flakes in front of it are darker than what they cover."""

from __future__ import annotations

import numpy as np

from streamdesnow.frame import Image

__all__ = ["brighten_sky"]


def brighten_sky(photo: Image, rng: np.random.Generator) -> None:
    """Lift uint8 (H, W, 3) `photo` towards white above some line, in place; now and then all of it.

    What is there keeps a faint share of its contrast, as roofs and twigs do against an overcast sky.
    """
    height = photo.shape[0]
    line = rng.uniform(0.5, 1.8) * height
    softness = rng.uniform(0.02, 0.2) * height
    rows = np.arange(height, dtype=np.float32)[:, None, None]
    lifted = 1 / (1 + np.exp(np.clip((rows - line) / softness, -30, 30)))
    kept, level = rng.uniform(0.1, 0.45), rng.uniform(195, 245)
    sky = level + kept * (photo.astype(np.float32) - 160)
    photo[:] = np.clip(photo + lifted * (sky - photo) + 0.5, 0, 255).astype(np.uint8)
