"""One camera's frames, with what is remembered of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from streamdesnow.engines.engine import State
from streamdesnow.frame import Frame, Image
from streamdesnow.restore.gate import Gate, GateStep, Snowfall
from streamdesnow.restore.scene import CutDetector

__all__ = ["Cleaner", "Stream"]


class Cleaner(Protocol):
    """Runs the network for streams: a `Desnower`."""

    def batch(self, frames: Iterable[tuple[Stream, Frame | Image]]) -> list[Image]:
        """Streams, each with its next frame; gives the cleaned images in their order."""
        ...


class Stream:
    """A camera's handle, made by `Desnower.stream`: call it with one frame after the other.

    Attributes:
        camera: name, for logs and errors.
        resets: how often the memory was dropped after the first frame: discontinuity, other frame size,
            scene cut, or `reset`.
        gate: decides which frames are cleaned; None: all are. Streams of one camera at several networks,
            which take its frames in turn, share it.
    """

    def __init__(
        self, cleaner: Cleaner, camera: str, cuts: CutDetector | None, gate: Gate | None = None
    ) -> None:
        self.camera = camera
        self.resets = 0
        self.gate = gate
        self._cleaner = cleaner
        self._cuts = cuts
        self._size: tuple[int, int] | None = None
        self._memory: Sequence[State] = ()

    @property
    def snowfall(self) -> Snowfall | None:
        """How much it snows; None unless frames are cleaned only while it does."""
        return None if self.gate is None else self.gate.now

    def __call__(self, frame: Frame | Image) -> Image:
        """The frame without falling snow, the same type and shape; see `Desnower.batch`.

        Raises:
            ImageUnsupported: not an image.
            EngineFailed: the network failed.
        """
        return self._cleaner.batch([(self, frame)])[0]

    def reset(self) -> None:
        """Forget the camera's past: the next frame is cleaned as if it were the first."""
        self._forget()
        if self._cuts is not None:
            self._cuts.reset()
        if self.gate is not None:
            self.gate.reset()

    def belongs_to(self, cleaner: Cleaner) -> bool:
        """Whether this one cleans its frames: others cannot read its memory."""
        return self._cleaner is cleaner

    def decide(self, image: Image, frame: Frame | None) -> GateStep:
        """What happens to the next frame; forgets the past where that no longer applies.

        Args:
            image: the frame's pixels, uint8 (H, W, 3) BGR.
            frame: where it came from, if that is known: it says whether it follows on the last one, and when.
        """
        size = (image.shape[1], image.shape[0])
        if (frame is not None and frame.discontinuity) or (self._size is not None and size != self._size):
            self.reset()
        if self.gate is None:
            return GateStep(run=True, share=1.0)
        return self.gate.step(image, None if frame is None else frame.seconds)

    def memory_for(self, image: Image, new: Callable[[], Sequence[State]]) -> Sequence[State]:
        """What is remembered that still holds for this frame.

        Args:
            image: the frame, uint8 (H, W, 3) BGR.
            new: makes an empty memory.
        """
        if self._cuts is not None and self._cuts.is_cut(image):
            self._forget()
            if self.gate is not None:
                self.gate.reset()
        if self._size is None:
            self._size, self._memory = (image.shape[1], image.shape[0]), new()
        return self._memory

    def _forget(self) -> None:
        if self._size is not None:
            self.resets += 1
        self._size = None
        self._memory = ()
