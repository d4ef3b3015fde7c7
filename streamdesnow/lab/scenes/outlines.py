"""What in a box belongs to the thing in it: by GrabCut, or for people who stand by their shape alone."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.frame import Image

__all__ = ["outline"]

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]

_ROUNDS = 4
_STANDING = 1.6
"""How many times as tall as wide somebody is who stands or walks, at least."""


def outline(near: Image, inner: tuple[int, ...], *, person: bool) -> Floats | None:
    """1 where the thing is, 0 elsewhere, with a soft edge; None if that cannot be told.

    Args:
        near: uint8 (H, W, 3) BGR, the box with some of what is around it.
        inner: the box in it: left, top, width and height in pixels.
        person: a human. Where GrabCut finds no likely shape in a box that is tall enough for one who stands,
            a plain shape of such a one comes out, with some of what is behind it; of all else nothing.

    Returns:
        float32 (H, W).
    """
    left, top, width, height = inner
    rows, columns = near.shape[:2]
    left, top = max(0, left), max(0, top)
    width, height = min(width, columns - left), min(height, rows - top)
    if min(width, height) < 8:
        return None
    standing = person and height >= _STANDING * width
    likely, sure = _standing(height, width) if standing else _rounded(height, width)
    whole = np.zeros((rows, columns), np.bool_)
    whole[top : top + height, left : left + width] = likely
    found = _grab(near, (left, top, width, height), likely, sure)
    inside = found[top : top + height, left : left + width]
    if _plausible(inside, likely, standing):
        return _soft(found)
    return _soft(whole) if standing else None


def _soft(mask: Bools) -> Floats:
    return np.asarray(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.0), np.float32)


def _plausible(found: Bools, likely: Bools, standing: bool) -> bool:
    height = len(found)
    if not 0.25 < found.mean() < 0.92:
        return False
    if not standing:
        return True
    both = np.logical_and(found, likely).sum() / max(np.logical_or(found, likely).sum(), 1)
    head, feet = found[: height // 8].mean(), found[-(height // 8) :].mean()
    return bool(both > 0.55 and head > 0.08 and feet > 0.06)


def _across(height: int, width: int) -> tuple[Floats, Floats]:
    """From the middle, -0.5 to 0.5, and down, 0 to 1."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return (x + 0.5) / width - 0.5, (y + 0.5) / height


def _standing(height: int, width: int) -> tuple[Bools, Bools]:
    """Where somebody who stands or walks is likely, and where they are for certain."""
    x, y = _across(height, width)
    head = np.square(x / 0.2) + np.square((y - 0.09) / 0.09) < 1
    body = np.abs(x / 0.4) ** 3 + np.abs((y - 0.34) / 0.22) ** 3 < 1
    legs = np.abs(x / 0.36) ** 3 + np.abs((y - 0.73) / 0.27) ** 3 < 1
    sure = ((np.abs(x) < 0.12) & (y > 0.2) & (y < 0.55)) | ((np.abs(x) < 0.06) & (y > 0.06) & (y <= 0.2))
    return head | body | legs, sure


def _rounded(height: int, width: int) -> tuple[Bools, Bools]:
    """The same for anything else: nearly all of the box, and the middle of it."""
    x, y = _across(height, width)
    likely = np.abs(x / 0.49) ** 4 + np.abs((y - 0.5) / 0.49) ** 4 < 1
    return likely, np.square(x / 0.2) + np.square((y - 0.5) / 0.2) < 1


def _grab(near: Image, inner: tuple[int, ...], likely: Bools, sure: Bools) -> Bools:
    """The largest piece of GrabCut's foreground."""
    left, top, width, height = inner
    labels = np.full(near.shape[:2], cv2.GC_BGD, np.uint8)
    box = np.where(sure, cv2.GC_FGD, np.where(likely, cv2.GC_PR_FGD, cv2.GC_PR_BGD))
    labels[top : top + height, left : left + width] = box
    nothing = np.zeros(near.shape[:2], np.bool_)
    background, foreground, whole = np.zeros((1, 65)), np.zeros((1, 65)), (0, 0, 0, 0)
    try:
        cv2.grabCut(near, labels, whole, background, foreground, _ROUNDS, cv2.GC_INIT_WITH_MASK)
    except cv2.error:  # a box that fills the picture leaves no background to learn from
        return nothing
    front = ((labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)).astype(np.uint8)
    front = np.asarray(cv2.morphologyEx(front, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(front)
    if count < 2:
        return nothing
    return np.asarray(pieces == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])), np.bool_)
