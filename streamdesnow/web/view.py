"""What a viewer sees of a camera, as JPEG: each frame is drawn and encoded once for all who see the same."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor
from dataclasses import dataclass

import cv2
import numpy as np

from streamdesnow.config.output import Show
from streamdesnow.detect.overlay import Overlay
from streamdesnow.frame import CleanedFrame, Image
from streamdesnow.sinks.compose import compose
from streamdesnow.storage.picture import encode_image
from streamdesnow.web.newest import Newest

__all__ = ["Picture", "View"]


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded frame.

    Attributes:
        number: of the frame, counted from 1.
        jpeg: the file's bytes.
    """

    number: int
    jpeg: bytes


class View:
    """One way to look at one camera. For one event loop.

    Args:
        newest: where the camera's frames pass by.
        show: which pictures, as outputs show them.
        overlay: draws what was found; None: it is left out.
        width: most pixels across; None: all that there are.
        quality: of the JPEG, 1..100.
        workers: draw and encode.
    """

    def __init__(
        self,
        newest: Newest,
        show: Show,
        overlay: Overlay | None,
        width: int | None,
        quality: int,
        workers: Executor,
    ) -> None:
        self._newest = newest
        self._show: Show = show
        self._overlay = overlay
        self._width = width
        self._quality = quality
        self._workers = workers
        self._drawing: asyncio.Future[Picture] | None = None
        self._last: Picture | None = None

    @property
    def number(self) -> int:
        """Of the camera's newest frame; 0 before the first."""
        return self._newest.held[0]

    async def picture(self) -> Picture | None:
        """The newest frame, or the one before it that is being drawn; None before the first.

        Raises:
            SinkError: the frame cannot be a JPEG.
        """
        number, cleaned = self._newest.held
        if cleaned is None:
            return None
        if self._last is not None and self._last.number == number:
            return self._last
        if self._drawing is None or self._drawing.done():
            self._drawing = asyncio.ensure_future(self._draw(number, cleaned))
            self._drawing.add_done_callback(_looked_at)
        # Shielded: the viewer who asked may leave, others wait for the same.
        return await asyncio.shield(self._drawing)

    async def _draw(self, number: int, cleaned: CleanedFrame) -> Picture:
        loop = asyncio.get_running_loop()
        self._last = Picture(number, await loop.run_in_executor(self._workers, self._encode, cleaned))
        return self._last

    def _encode(self, cleaned: CleanedFrame) -> bytes:
        if self._overlay is not None:
            cleaned = self._overlay.draw(cleaned)
        image = _scaled(compose(cleaned, self._show), self._width)
        return encode_image("web", image, "jpg", self._quality)


def _scaled(image: Image, width: int | None) -> Image:
    """No wider than that. In whole steps first, by areas, which is quick; what is left is less than half."""
    if width is None or image.shape[1] <= width:
        return image
    step = image.shape[1] // width
    height = max(1, round(image.shape[0] * width / image.shape[1]))
    if step > 1 and image.shape[0] >= step:
        rows, columns = (n // step * step for n in image.shape[:2])
        small = (columns // step, rows // step)
        image = np.asarray(cv2.resize(image[:rows, :columns], small, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _looked_at(drawing: asyncio.Future[Picture]) -> None:
    # Else asyncio complains where all who asked have left before an error came.
    if not drawing.cancelled():
        drawing.exception()
