"""How much snow falls in front of a camera, measured from its frames alone, for half a millisecond a frame.

At one place a flake is brighter than what was there before it and what is there after it, smaller than a car
or a person, and flakes are everywhere in the picture. Three frames are compared on a small grey picture:

- what is brighter in the middle frame than in both others may be a flake; what is darker in it cannot be, but
  noise, shaking, swaying leaves and walking legs do both alike: so the dark is subtracted from the bright;
- what is larger than a near flake is something that moves; what is thinner than a flake is noise or rain;
- counts are kept cell by cell, and the lower quarter of the cells speaks for the picture: traffic and people
  are in some cells, snow is in all of them. Cells too bright for a flake to show are left out.
"""

from __future__ import annotations

from collections import deque

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.frame import Image

__all__ = ["SnowMeter"]

_WIDTH = 320
"""Columns of the small picture, about: a flake of 4 pixels in a frame of 640 is two columns wide."""
_ROWS, _COLUMNS = 6, 8
_FLOOR, _CEILING = 6.0, 24.0
"""Code values by which a flake is brighter: at least, and at most however noisy the picture is."""
_NOISES = 4.0
"""Times the noise by which a flake is brighter."""
_SYMMETRY = 1.3
"""What is brighter for a frame counts only beyond this many times what is darker for a frame."""
_BRIGHT = 170
"""Code value of a background on which flakes do not show."""
_SEEN = 0.25
"""Share of a cell's pixels on which flakes have to show."""
_FEWEST = 4
"""Cells that are needed to say anything."""
_LEARN = 0.1
"""Weight of a new frame in the average; larger at first."""
_FLAKE = np.ones((1, 2), np.uint8)
_NO_FLAKE = np.ones((9, 9), np.uint8)

_Grey = NDArray[np.uint8]
_Cells = NDArray[np.float32]


class SnowMeter:
    """Watches one camera."""

    def __init__(self) -> None:
        self._last: deque[_Grey] = deque(maxlen=3)
        self._average: _Cells | None = None
        self._compared = 0

    @property
    def compared(self) -> int:
        """Frames that the figure rests on."""
        return self._compared

    def step(self, image: Image) -> float:
        """Percent of the pixels on which a flake shows at a time, averaged over the last ten frames or so.

        Args:
            image: the camera's next frame, uint8 (H, W, 3) BGR.

        Returns:
            0.0 where no snow falls, and before the third frame.
        """
        small = _small(image)
        if self._last and self._last[-1].shape != small.shape:
            self.reset()
        self._last.append(small)
        if len(self._last) < 3:
            return 0.0
        news = _compare(*self._last)
        self._compared += 1
        if self._average is None:
            self._average = news
        self._average += max(_LEARN, 1 / self._compared) * (news - self._average)
        return _over_all(self._average)

    def reset(self) -> None:
        """Forget what was seen: the next frame follows on none."""
        self._last.clear()
        self._average = None
        self._compared = 0


def _small(image: Image) -> _Grey:
    """Grey, about 320 pixels wide. Shrunk by a whole number, and from some of the rows: that is quick."""
    factor = max(1, round(image.shape[1] / _WIDTH))
    width, height = image.shape[1] // factor, max(1, image.shape[0] // factor)
    rows = image[:: max(1, factor // 2)]
    small = cv2.resize(rows, (width, height), interpolation=cv2.INTER_AREA) if factor > 1 else image
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)


def _compare(before: _Grey, now: _Grey, after: _Grey) -> _Cells:
    """(3, rows, columns): share of pixels that are brighter for a frame, darker, and that could show it."""
    highest, lowest = cv2.max(before, after), cv2.min(before, after)
    threshold = min(max(_FLOOR, _NOISES * _noise(before, now)), _CEILING)
    shows = np.asarray(highest < _BRIGHT, np.uint8)
    brighter = _like_flakes(np.asarray(cv2.subtract(now, highest) > threshold, np.uint8))
    darker = _like_flakes(np.asarray(cv2.subtract(lowest, now) > threshold, np.uint8))
    return np.stack([_per_cell(mask) for mask in (brighter & shows, darker & shows, shows)])


def _noise(before: _Grey, now: _Grey) -> float:
    """Standard deviation of differences, from those pixels that differ least: snow may cover the rest."""
    differences = cv2.absdiff(before, now)[::3, ::3].ravel()
    quarter = len(differences) // 4
    return float(np.partition(differences, quarter)[quarter]) / 0.45


def _like_flakes(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, _FLAKE)
    return np.asarray(cv2.subtract(opened, cv2.morphologyEx(opened, cv2.MORPH_OPEN, _NO_FLAKE)), np.uint8)


def _per_cell(mask: NDArray[np.uint8]) -> _Cells:
    return np.asarray(
        cv2.resize(mask.astype(np.float32), (_COLUMNS, _ROWS), interpolation=cv2.INTER_AREA), np.float32
    )


def _over_all(average: _Cells) -> float:
    brighter, darker, shows = average
    seen = shows > _SEEN
    if int(seen.sum()) < _FEWEST:
        return 0.0
    shares = np.sort((brighter[seen] - _SYMMETRY * darker[seen]) / shows[seen])
    return 100 * max(0.0, float(shares[len(shares) // 4]))
