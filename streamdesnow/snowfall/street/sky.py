"""Sky and what stands at the far end of the street."""

from __future__ import annotations

import cv2
import numpy as np

from streamdesnow.snowfall.street.palette import FAR, SKY_TOP
from streamdesnow.snowfall.street.sheet import Pixels
from streamdesnow.snowfall.street.texture import grain
from streamdesnow.snowfall.street.view import Floats, View

__all__ = ["paint_sky"]


def paint_sky(image: Floats, view: View, rng: np.random.Generator) -> None:
    """Paint clouds and a hazy skyline over all of `image`, float32 BGR (H, W, 3)."""
    rise = np.clip((view.horizon - np.arange(view.height)) / max(view.horizon, 1), 0, 1)[:, None, None]
    image[...] = np.array(FAR, np.float32) * (1 - rise) + np.array(SKY_TOP, np.float32) * rise
    unit = view.focal / 912
    clouds = sum(
        grain(rng, view.height, view.width, size * unit) * weight
        for size, weight in ((260, 5.0), (110, 3.0), (45, 1.4))
    )
    image += np.asarray(clouds, np.float32)[..., None]
    _hill(image, view, rng)
    _skyline(image, view, rng)


def _hill(image: Floats, view: View, rng: np.random.Generator) -> None:
    columns = np.arange(view.width, dtype=np.float32)
    waves = sum(
        np.sin(columns / view.focal * frequency + rng.uniform(0, 6.3)) * height
        for frequency, height in ((5.0, 0.016), (13.0, 0.007), (31.0, 0.0025))
    )
    top = view.horizon - (0.045 + waves) * view.focal
    share = np.clip(np.arange(view.height)[:, None] - top[None] + 0.5, 0, 1)[..., None].astype(np.float32)
    image += (np.array((170, 157, 146), np.float32) - image) * 0.75 * share


def _skyline(image: Floats, view: View, rng: np.random.Generator) -> None:
    """Roofs, and a church tower, 150 m and more away."""
    layer = np.zeros(image.shape[:2], np.uint8)
    column = -0.05 * view.width
    end = view.project(np.array([0.0, 1e5, 0.0], np.float32))[0]
    while column < view.width:
        width, height = rng.uniform(0.012, 0.035) * view.focal, rng.uniform(0.02, 0.05) * view.focal
        top, middle = view.horizon - height, column + width / 2
        roof = [(column, top), (middle, top - 0.35 * width), (column + width, top)]
        _fill(layer, [(column, view.height), *roof, (column + width, view.height)])
        column += width * rng.uniform(0.75, 1.2)
    tower, unit = end + 0.016 * view.focal, 0.005 * view.focal
    base = view.horizon
    _fill(
        layer,
        [
            (tower - unit, base),
            (tower - unit, base - 18 * unit),
            (tower, base - 27 * unit),
            (tower + unit, base - 18 * unit),
            (tower + unit, base),
        ],
    )
    share = (layer.astype(np.float32) / 255)[..., None]
    image += (np.array((158, 146, 137), np.float32) - image) * 0.85 * share


def _fill(layer: Pixels, points: list[tuple[float, float]]) -> None:
    fixed = np.round(np.array(points) * 16).astype(np.int32)
    cv2.fillPoly(layer, [fixed], 255.0, cv2.LINE_AA, 4)
