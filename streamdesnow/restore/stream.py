"""One camera's frames, with what is remembered of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from streamdesnow.engines.engine import State
from streamdesnow.frame import Frame, Image
from streamdesnow.restore.scene import CutDetector

if TYPE_CHECKING:
    from streamdesnow.restore.desnower import Desnower

__all__ = ["Stream"]


class Stream:
    """A camera's handle, made by `Desnower.stream`: call it with one frame after the other.

    Attributes:
        camera: name, for logs and errors.
        resets: how often the memory was dropped after the first frame: discontinuity, other frame size,
            scene cut, or `reset`.
    """

    def __init__(self, desnower: Desnower, camera: str, cuts: CutDetector | None) -> None:
        self.camera = camera
        self.resets = 0
        self._desnower = desnower
        self._cuts = cuts
        self._size: tuple[int, int] | None = None
        self._memory: Sequence[State] = ()

    def __call__(self, frame: Frame | Image) -> Image:
        """The frame without falling snow, the same type and shape; see `Desnower.batch`.

        Raises:
            ImageUnsupported: not an image.
            EngineFailed: the network failed.
        """
        return self._desnower.batch([(self, frame)])[0]

    def reset(self) -> None:
        """Forget the camera's past: the next frame is cleaned as if it were the first."""
        self._forget()
        if self._cuts is not None:
            self._cuts.reset()

    def belongs_to(self, desnower: Desnower) -> bool:
        """Whether this Desnower made it: others cannot read its memory."""
        return self._desnower is desnower

    def memory_for(
        self, image: Image, *, discontinuity: bool, new: Callable[[], Sequence[State]]
    ) -> Sequence[State]:
        """What is remembered that still holds for this frame.

        Args:
            image: the frame, uint8 (H, W, 3) BGR.
            discontinuity: whether the source said that the past no longer applies.
            new: makes an empty memory.
        """
        size = (image.shape[1], image.shape[0])
        if discontinuity or (self._size is not None and size != self._size):
            self.reset()
        if self._cuts is not None and self._cuts.is_cut(image):
            self._forget()
        if self._size is None:
            self._size, self._memory = size, new()
        return self._memory

    def _forget(self) -> None:
        if self._size is not None:
            self.resets += 1
        self._size = None
        self._memory = ()
