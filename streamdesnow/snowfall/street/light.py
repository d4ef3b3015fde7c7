"""Soft shadows and glows."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from streamdesnow.snowfall.street.sheet import SHIFT, Colour, Pixels, box_around, to_fixed
from streamdesnow.snowfall.street.view import Floats

__all__ = ["add_glow", "cast_shadow"]

_SEEN = 12
"""Grey levels of light or shade (0..255) from which a mask counts them."""


def cast_shadow(image: Pixels, outlines: list[Floats], softness: float, strength: float) -> None:
    """Darken the ground inside `outlines` (pixels), blurred over `softness` pixels, by `strength` 0..1."""
    box = box_around(np.concatenate(outlines), 2 * softness + 1, image)
    if box is None:
        return
    left, top, right, bottom = box
    shade = np.zeros((bottom - top, right - left), np.uint8)
    for outline in outlines:
        cv2.fillPoly(shade, [to_fixed(outline - box[:2])], 255.0, cv2.LINE_AA, SHIFT)
    side = max(1, round(softness)) * 2 + 1
    shade = np.asarray(cv2.blur(cv2.blur(shade, (side, side)), (side, side)), np.uint8)
    target = image[top:bottom, left:right]
    if image.ndim == 2:
        target[shade > _SEEN / strength] = 255
        return
    light = cv2.cvtColor(cv2.convertScaleAbs(shade, alpha=-strength, beta=255), cv2.COLOR_GRAY2BGR)
    target[...] = cv2.multiply(target, light, scale=1 / 255)


def add_glow(image: Pixels, centre: Floats, radius: float, colour: Colour, flatness: float = 1.0) -> None:
    """Add light that fades out over `radius` pixels; `flatness` below 1 makes it an ellipse on the ground."""
    width, height = max(1, round(2 * radius)), max(1, round(2 * radius * flatness))
    left, top = round(float(centre[0]) - width / 2), round(float(centre[1]) - height / 2)
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + width, image.shape[1]), min(top + height, image.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    fade = cv2.resize(_fade(), (width, height), interpolation=cv2.INTER_LINEAR)
    fade = np.ascontiguousarray(fade[y0 - top : y1 - top, x0 - left : x1 - left])
    if image.ndim == 2:
        image[y0:y1, x0:x1][fade > _SEEN / max(colour) * 255] = 255
        return
    light = cv2.merge([cv2.convertScaleAbs(fade, alpha=part / 255) for part in colour])
    target = image[y0:y1, x0:x1]
    target[...] = cv2.add(target, light)


@lru_cache(maxsize=1)
def _fade() -> Pixels:
    across = (np.arange(128, dtype=np.float32) - 63.5) / 64
    fade = np.clip(1.0 - (across * across)[None] - (across * across)[:, None], 0.0, 1.0) ** 2
    return np.rint(fade * 255).astype(np.uint8)
