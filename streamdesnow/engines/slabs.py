"""Where cameras' memories lie on a device: rows of slabs, which batches run on without copying.

A slab holds the memory of as many cameras as one call takes, twice: what the call reads and what it writes;
afterwards the two change places. As long as the same cameras come together nothing moves. When other ones do,
their rows are copied, on the device, into a slab that is free.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

__all__ = ["Assignment", "CameraMemory", "Move", "Slab", "SlabPool", "groups_of"]

B = TypeVar("B")

_SPARE = 2
"""Free slabs that are kept: two, as part of a group of cameras often alternates with the whole."""


@dataclass(slots=True, eq=False)
class Slab(Generic[B]):
    """Room for the memories of `batch` cameras with frames of one size.

    Attributes:
        buffers: the device's, of whatever kind an engine uses; two sets of them.
        phase: which set holds what cameras remember now; the other one is written next.
        tenants: the camera of each row, dead or None where a row is free.
    """

    batch: int
    size: tuple[int, int]
    buffers: B
    phase: int = 0
    tenants: list[weakref.ref[CameraMemory] | None] = field(default_factory=list)

    def free(self) -> bool:
        """Whether no camera has its memory here."""
        return all(tenant is None or tenant() is None for tenant in self.tenants)

    def holds(self, cameras: Sequence[CameraMemory]) -> bool:
        """Whether these are the cameras, in this order, and no others."""
        return len(cameras) == self.batch and all(
            camera.slab is self and camera.row == row for row, camera in enumerate(cameras)
        )


@dataclass(slots=True, eq=False, weakref_slot=True)
class CameraMemory:
    """One camera's memory: a row of a slab; of none before its first frame."""

    size: tuple[int, int]
    slab: Slab[Any] | None = None
    row: int = 0


@dataclass(frozen=True, slots=True)
class Move(Generic[B]):
    """Copy a row of `source`, from its current set, to `row`; fill it with zeros where there is no source."""

    row: int
    source: Slab[B] | None = None
    source_row: int = 0


@dataclass(frozen=True, slots=True)
class Assignment(Generic[B]):
    """Where a call runs, and what has to be moved there before."""

    slab: Slab[B]
    moves: tuple[Move[B], ...] = ()


class SlabPool(Generic[B]):
    """All slabs of one engine.

    Args:
        new: makes the buffers for (batch, size).
        drop: frees them.
    """

    def __init__(
        self, new: Callable[[int, tuple[int, int]], B], drop: Callable[[B], None] = lambda _: None
    ) -> None:
        self._new = new
        self._drop = drop
        self._slabs: list[Slab[B]] = []

    def __len__(self) -> int:
        return len(self._slabs)

    def assign(self, groups: Sequence[Sequence[CameraMemory]], size: tuple[int, int]) -> list[Assignment[B]]:
        """A slab for each group of cameras that run together; no camera is in two of them.

        Slabs that get empty by this are not given to another group of the same call: their rows may not
        have been copied yet. Where the device has no room, all these cameras start again with empty memories.
        """
        free = [slab for slab in self._slabs if slab.free()]
        try:
            return [self._assign(group, size, free) for group in groups]
        except Exception:
            # Rows were given away and will not be copied.
            self.forget(camera for group in groups for camera in group)
            raise

    def forget(self, cameras: Iterable[CameraMemory]) -> None:
        """Let these cameras start again with empty memories: what they had is not to be trusted."""
        for camera in cameras:
            if camera.slab is not None:
                camera.slab.tenants[camera.row] = None
            camera.slab = None

    def clear(self) -> None:
        """Free all buffers; cameras start again with empty memories."""
        for slab in self._slabs:
            for tenant in slab.tenants:
                if tenant is not None and (camera := tenant()) is not None:
                    camera.slab = None
            self._drop(slab.buffers)
        self._slabs.clear()

    def _assign(
        self, cameras: Sequence[CameraMemory], size: tuple[int, int], free: list[Slab[B]]
    ) -> Assignment[B]:
        for home in self._slabs:
            if home.holds(cameras):
                return Assignment(home)
        slab = self._take(len(cameras), size, free)
        moves = tuple(self._moved(camera, slab, row) for row, camera in enumerate(cameras))
        return Assignment(slab, moves)

    def _moved(self, camera: CameraMemory, slab: Slab[B], row: int) -> Move[B]:
        source = next((known for known in self._slabs if known is camera.slab), None)
        source_row = camera.row
        if source is not None:
            source.tenants[source_row] = None
        camera.slab, camera.row = slab, row
        slab.tenants[row] = weakref.ref(camera)
        return Move(row, source, source_row)

    def _take(self, batch: int, size: tuple[int, int], free: list[Slab[B]]) -> Slab[B]:
        slab = next((slab for slab in free if (slab.batch, slab.size) == (batch, size)), None)
        if slab is not None:
            free.remove(slab)
            self._slabs.remove(slab)
        else:
            while len(free) > _SPARE:
                self._slabs.remove(free[0])
                self._drop(free.pop(0).buffers)
            slab = Slab(batch, size, self._new(batch, size))
        # The one that was taken last stands last, and is dropped last.
        self._slabs.append(slab)
        slab.tenants = [None] * batch
        return slab


def groups_of(cameras: Sequence[CameraMemory], batch: int) -> list[list[int]]:
    """Positions of the cameras in groups of at most `batch`, neighbours of a slab together: little moves."""

    def place(position: int) -> tuple[int, int]:
        camera = cameras[position]
        return (id(camera.slab) if camera.slab is not None else 0, camera.row)

    order = sorted(range(len(cameras)), key=place)
    return [order[start : start + batch] for start in range(0, len(order), batch)]
