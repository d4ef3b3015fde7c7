"""One picture that shows what every method made of a few frames."""

from __future__ import annotations

import cv2
import numpy as np

from streamdesnow.frame import Image
from streamdesnow.lab.scoring.evaluate import Evaluation

__all__ = ["contact_sheet"]

_TILE = 480
_BAR = 26
_GAP = 4


def contact_sheet(evaluation: Evaluation) -> Image:
    """A row a sample: every method's output, the truth last; PSNR of the whole clip in each title.

    Returns:
        uint8 (H, W, 3) BGR; one grey pixel if there are no samples.
    """
    if not evaluation.samples:
        return np.full((1, 1, 3), 96, np.uint8)
    rows = []
    for sample in evaluation.samples:
        tiles = [
            _tile(output, f"{name}  {evaluation.scores[name].psnr:.2f} dB")
            for name, output in sample.outputs.items()
        ]
        tiles.append(_tile(sample.pair.truth, f"truth  (frame {sample.index})"))
        rows.append(_joined(tiles, axis=1))
    return _joined(rows, axis=0)


def _tile(image: Image, title: str) -> Image:
    """An image at a common width under its title."""
    height = max(1, round(image.shape[0] * _TILE / image.shape[1]))
    smaller = image.shape[1] > _TILE
    scaled = cv2.resize(
        image, (_TILE, height), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_NEAREST
    )
    bar = np.full((_BAR, _TILE, 3), 32, np.uint8)
    cv2.putText(bar, title, (6, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (235, 235, 235), 1, cv2.LINE_AA)
    return np.vstack([bar, scaled]).astype(np.uint8)


def _joined(parts: list[Image], axis: int) -> Image:
    """Parts side by side or one below the other, with a gap, smaller ones filled up with grey."""
    other = 1 - axis
    longest = max(part.shape[other] for part in parts)
    padded = []
    for part in parts:
        sides = [(0, 0), (0, 0), (0, 0)]
        sides[axis] = (0, _GAP)
        sides[other] = (0, longest - part.shape[other])
        padded.append(np.pad(part, sides, constant_values=96))
    return np.concatenate(padded, axis=axis).astype(np.uint8)
