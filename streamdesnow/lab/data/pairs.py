"""What methods are scored on: snowy frames with their truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from streamdesnow.errors import SourceDamaged
from streamdesnow.frame import Image
from streamdesnow.lab.data.clear_films import frames_of
from streamdesnow.lab.data.motion import StillScene

__all__ = ["ClipPair", "Pair", "Pairs"]


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """One picture with and without snow.

    Attributes:
        snowy, truth: uint8 (H, W, 3) BGR.
        moving: bool (H, W), where something moves; None for stills.
        name: of the picture, for tables; empty for frames.
    """

    snowy: Image
    truth: Image
    moving: NDArray[np.bool_] | None
    name: str = ""


class Pairs(Protocol):
    """Pairs to score on; may be gone through more than once, always the same."""

    @property
    def name(self) -> str:
        """For tables and files."""
        ...

    @property
    def video(self) -> bool:
        """True: frames of one fixed camera in order of time. False: unrelated pictures."""
        ...

    def __iter__(self) -> Iterator[Pair]: ...


class ClipPair:
    """A snowy clip, the same clip without snow and, if there is one, the clip of what moves (white)."""

    video = True

    def __init__(
        self, snowy: Path, truth: Path, moving: Path | None = None, limit: int | None = None
    ) -> None:
        self.name = snowy.parent.name if snowy.stem == "snowy" else snowy.stem
        self._snowy, self._truth, self._moving, self._limit = snowy, truth, moving, limit
        self._scene: StillScene | None = None

    def __iter__(self) -> Iterator[Pair]:
        if self._moving is None and self._scene is None:
            self._scene = StillScene(frames_of(self._truth, self._limit))
        masks = frames_of(self._moving, self._limit) if self._moving else iter(())
        clips = zip_longest(frames_of(self._snowy, self._limit), frames_of(self._truth, self._limit), masks)
        for number, (snowy, truth, mask) in enumerate(clips):
            if snowy is None or truth is None or (mask is None and self._moving is not None):
                raise SourceDamaged(f"{self._snowy} and {self._truth}: one of them ends at frame {number}")
            if snowy.shape != truth.shape:
                raise SourceDamaged(f"{self._snowy} and {self._truth}: differ in size at frame {number}")
            moving = self._scene.moving(truth) if self._scene else np.asarray(mask[..., 0] > 127, np.bool_)
            yield Pair(snowy, truth, moving)
