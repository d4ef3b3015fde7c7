"""Where training scenes come from: composed of photographs, cut from recordings, or both."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from streamdesnow.lab.data.photos import Photos
from streamdesnow.lab.scenes.cutouts import Cutouts
from streamdesnow.lab.scenes.recorded import Recordings, cut_scene
from streamdesnow.lab.scenes.scene import Scene, draw_scene

__all__ = ["SceneSupply"]


class SceneSupply:
    """Scenes of one size.

    Args:
        photos: folders of clean photographs; may be empty where there are clips.
        clips: recordings without snow, files or folders; may be empty.
        recorded: share of the scenes that are cut from clips, where there are both.
        side: width and height, pixels.
        longest: frames of the longest scene that will be asked for.
        validation: of clips, take what training never sees.

    Raises:
        ConfigError, CaptureError: photographs or clips are missing, unfit or cannot be read.
    """

    def __init__(
        self,
        photos: Sequence[Path],
        clips: Sequence[Path],
        recorded: float,
        side: int,
        longest: int,
        *,
        validation: bool = False,
    ) -> None:
        self._side = side
        self._photos = Photos(photos) if photos else None
        self._cutouts = Cutouts(photos)
        self._recordings = Recordings(clips, side, longest, validation=validation) if clips else None
        self._recorded = recorded

    def scene(self, frames: int, rng: np.random.Generator) -> Scene:
        """A scene of so many frames; every choice is drawn from `rng`."""
        # No number is drawn where there is no choice: a seed gives the same scenes as ever.
        if self._recordings is not None and (self._photos is None or rng.random() < self._recorded):
            return cut_scene(self._recordings, frames, rng)
        assert self._photos is not None
        return draw_scene(self._photos, self._side, frames, rng, cutouts=self._cutouts)
