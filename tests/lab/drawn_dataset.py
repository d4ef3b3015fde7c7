"""Sets of pairs in published layouts, drawn rather than taken."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np


def draw_pairs(snowy: Path, truth: Path, count: int = 3, side: int = 96, ending: str = "jpg") -> None:
    """Pictures with white dots in one folder, the same without in the other."""
    for folder in (snowy, truth):
        folder.mkdir(parents=True, exist_ok=True)
    for n in range(count):
        rng = np.random.default_rng(n)
        image = cv2.resize(rng.integers(20, 160, (6, 6, 3), dtype=np.uint8), (side, side))
        cv2.imwrite(str(truth / f"{n}.{ending}"), image)
        for x, y in rng.integers(0, side, (30, 2)):
            cv2.circle(image, (int(x), int(y)), 2, (230, 230, 230), -1)
        cv2.imwrite(str(snowy / f"{n}.{ending}"), image)
