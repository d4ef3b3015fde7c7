"""The mark burnt into frames that could not be cleaned."""

from __future__ import annotations

import cv2

from streamdesnow.frame import Image

__all__ = ["marked"]

_TEXT = "not cleaned"
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_SHARE = 0.2
"""Of the picture's width that the text takes."""


def marked(image: Image) -> Image:
    """A copy of uint8 (H, W, 3) BGR with small text in the lower left corner."""
    picture = image.copy()
    (width, _), _ = cv2.getTextSize(_TEXT, _FONT, 1.0, 1)
    scale = max(0.3, _SHARE * image.shape[1] / width)
    margin = max(2, image.shape[0] // 60)
    at = (margin, image.shape[0] - margin)
    thickness = max(1, round(scale))
    # Dark below bright, so that it can be read on snow and at night.
    cv2.putText(picture, _TEXT, at, _FONT, scale, (0, 0, 0), 3 * thickness, cv2.LINE_AA)
    cv2.putText(picture, _TEXT, at, _FONT, scale, (0, 200, 255), thickness, cv2.LINE_AA)
    return picture
