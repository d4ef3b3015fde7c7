"""Photographs for tests of training, drawn rather than taken."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np


def draw_photos(folder: Path, count: int = 3) -> Path:
    """A folder of small coloured pictures with edges and texture."""
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(count):
        rng = np.random.default_rng(n)
        image = rng.integers(0, 256, (12, 16, 3), dtype=np.uint8)
        image = cv2.resize(image, (256, 192), interpolation=cv2.INTER_CUBIC)
        cv2.circle(image, (128, 96), 40, (20, 30, 40), -1)
        cv2.imwrite(str(folder / f"{n}.png"), image)
    return folder
