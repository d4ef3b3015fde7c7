"""Images that are not 8-bit BGR: grey, with transparency, 16 bits deep.

Networks see 8-bit BGR. What they change is applied to the image as it came, so that transparency stays and a
16-bit image keeps its fine steps wherever nothing was changed.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.errors import ImageUnsupported
from streamdesnow.frame import Image

__all__ = ["AnyImage", "apply_clean", "to_bgr8"]

AnyImage = NDArray[Any]
"""uint8 or uint16; (H, W) or (H, W, 1) grey, (H, W, 3) BGR, (H, W, 4) BGRA."""


def to_bgr8(image: AnyImage) -> Image:
    """What the network is shown of an image; the image itself where it is 8-bit BGR.

    Raises:
        ImageUnsupported: another type or shape, or no pixels.
    """
    channels = _channels(image)
    eight = image if image.dtype == np.uint8 else _to_8_bits(image)
    if channels == 1:
        return np.asarray(cv2.cvtColor(eight, cv2.COLOR_GRAY2BGR), np.uint8)
    return eight if channels == 3 else np.ascontiguousarray(eight[..., :3])


def apply_clean(image: AnyImage, clean: Image) -> AnyImage:
    """The cleaned image in the type and shape of the one that came.

    Args:
        image: as it came.
        clean: what the network made of `to_bgr8(image)`.
    """
    channels = _channels(image)
    if channels == 3 and image.dtype == np.uint8:
        return clean
    if channels == 1:
        result: AnyImage = np.asarray(cv2.cvtColor(clean, cv2.COLOR_BGR2GRAY)).reshape(image.shape)
    elif channels == 4:
        alpha = image if image.dtype == np.uint8 else _to_8_bits(image)
        result = np.dstack((clean, alpha[..., 3]))
    else:
        result = clean
    return result if image.dtype == np.uint8 else _change_16_bits(image, result)


def _channels(image: AnyImage) -> int:
    if not isinstance(image, np.ndarray):
        hint = "; cv2.imread returns it for a file it cannot read" if image is None else ""
        raise ImageUnsupported(f"an image must be a numpy array; this one is {type(image).__name__}{hint}")
    shape = image.shape
    deep = image.dtype in (np.uint8, np.uint16)
    if not deep or len(shape) not in (2, 3) or (len(shape) == 3 and shape[2] not in (1, 3, 4)):
        raise ImageUnsupported(
            f"an image must be uint8 or uint16, grey, BGR or BGRA; this one is {image.dtype} {shape}"
        )
    if image.size == 0:
        raise ImageUnsupported(f"the image has no pixels: its shape is {shape}")
    return 1 if len(shape) == 2 else int(shape[2])


def _to_8_bits(image: AnyImage) -> Image:
    return ((image.astype(np.uint32) + 128) // 257).astype(np.uint8)


def _change_16_bits(image: AnyImage, clean: AnyImage) -> AnyImage:
    change = clean.astype(np.int32) - _to_8_bits(image)
    return np.clip(image.astype(np.int32) + change * 257, 0, 65535).astype(np.uint16)
