"""An engine of plain Python, for tests of whatever sits on top of the seam."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from streamdesnow.engines.engine import EngineInfo, State
from streamdesnow.engines.network import common_size
from streamdesnow.errors import EngineFailed
from streamdesnow.frame import Image

__all__ = ["MemoryEngine", "MemoryState"]


@dataclass(slots=True, eq=False)
class MemoryState:
    """A camera's memory: every frame it has been given since it was made."""

    size: tuple[int, int]
    seen: list[Image] = field(default_factory=list)


class MemoryEngine:
    """Cleans by a function of (frame, frames seen before with this memory); notes every call.

    Attributes:
        calls: number of frames in each `infer`, in order.
        opened: True between `open` and `close`.
    """

    def __init__(self, clean: Callable[[Image, Sequence[Image]], Image] = lambda image, _: image) -> None:
        self.calls: list[int] = []
        self.opened = False
        self._clean = clean

    @property
    def info(self) -> EngineInfo:
        """What runs the function."""
        return EngineInfo(backend="memory", device="CPU", precision="exact", version="1")

    def open(self) -> None:
        """Nothing to load."""
        self.opened = True

    def zero_state(self, width: int, height: int) -> MemoryState:
        """A memory without frames."""
        return MemoryState((width, height))

    def infer(self, images: Sequence[Image], states: Sequence[State]) -> list[Image]:
        """Apply the function to each frame; see `Engine.infer`."""
        common_size(images, states)
        self.calls.append(len(images))
        return [self._one(image, state) for image, state in zip(images, states, strict=True)]

    def close(self) -> None:
        """Nothing to free."""
        self.opened = False

    def _one(self, image: Image, state: State) -> Image:
        if not isinstance(state, MemoryState):
            raise EngineFailed(f"{type(state).__name__} is not a memory of this engine")
        clean = self._clean(image, state.seen)
        state.seen.append(image)
        return clean
