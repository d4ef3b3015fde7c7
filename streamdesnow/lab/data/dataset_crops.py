"""Training crops from a published set of pairs."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from streamdesnow.capture.images_reader import load_image
from streamdesnow.errors import ConfigError, SourceDamaged
from streamdesnow.frame import Image
from streamdesnow.lab.data.datasets import Dataset

__all__ = ["DatasetCrops", "shrunk"]


class DatasetCrops:
    """Random crops of random pairs of a set; pictures are read anew each time.

    Args:
        root: the set's folder.
        split: `train` or `test`; all pairs where the folders do not tell.
        count: take this many pairs of it, chosen once by chance (the paper takes 10,000); None for all.
        longest: pictures with a longer side are shrunk to it (the paper's 640 pixels).

    Raises:
        ConfigError: the folder holds no pairs.
    """

    def __init__(
        self, root: Path, split: str = "train", count: int | None = None, longest: int = 640
    ) -> None:
        pairs = [pair for part in Dataset(root).chosen(split) for pair in part.pairs()]
        if count is not None and count < len(pairs):
            chosen = np.random.default_rng(0).choice(len(pairs), count, replace=False)
            pairs = [pairs[n] for n in sorted(chosen)]
        self._pairs, self._longest = pairs, longest

    def __len__(self) -> int:
        return len(self._pairs)

    def draw(self, side: int, rng: np.random.Generator) -> tuple[Image, Image]:
        """A crop with snow and without, mirrored half of the time: uint8 (side, side, 3) BGR each.

        Raises:
            SourceDamaged: a picture cannot be read or differs in size from its truth.
            ConfigError: a picture is smaller than the crop.
        """
        snowy_path, truth_path = self._pairs[int(rng.integers(len(self._pairs)))]
        pair = [load_image(snowy_path), load_image(truth_path)]
        if pair[0].shape != pair[1].shape:
            raise SourceDamaged(f"{snowy_path}: differs in size from its truth {truth_path}")
        pair = [shrunk(image, self._longest) for image in pair]
        height, width = pair[0].shape[:2]
        if min(height, width) < side:
            raise ConfigError(f"{snowy_path}: {width}x{height} pixels are less than crops of {side}")
        top, left = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
        step = 1 if rng.random() < 0.5 else -1
        snowy, truth = (
            np.ascontiguousarray(image[top : top + side, left : left + side][:, ::step]) for image in pair
        )
        return snowy, truth


def shrunk(image: Image, longest: int) -> Image:
    """The picture with its longer side at most that many pixels."""
    scale = longest / max(image.shape[:2])
    if scale >= 1:
        return image
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
