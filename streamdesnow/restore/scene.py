"""Noticing that a camera shows another scene than a moment ago: a cut, a pan, the switch to night.

What is remembered of the old scene would be painted into the new one, so it has to be dropped; dropped
without need, snow comes back for a second. Pictures are compared as thumbnails in which flakes average out,
by the median cell of each quarter. It takes three quarters to say so, for whatever drives past, even a truck
close to the lens, leaves two of them mostly as they were:

- a cut: they differ from the last frame, once the exposure (gain and offset) is matched, and far more so
  than frames of this camera have done lately: in a storm all of them differ;
- a pan: they differ from a frame of up to half a second ago, and a shift makes them fit;
- day to night and back: the colour goes out of them, or comes back.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from streamdesnow.frame import Image

__all__ = ["CutDetector"]

_Cells = NDArray[np.float32]
_Quarters = NDArray[np.float32]

_COLUMNS, _ROWS = 64, 36
_SAMPLES = 3
"""Pixels averaged per cell and direction; all of them would say the same and take ten times longer."""
_REACH_X, _REACH_Y = 8, 5
"""Cells that a shift may amount to; a faster pan is a cut."""
_WINDOW = 12
"""Frames after which the picture that pans are measured against is taken anew."""
_FLAT = 8.0
"""Code values: what counts as the contrast of pictures flatter than that (fog, a covered lens)."""
_CUT = 0.5
"""Share of the picture's own contrast by which a quarter must differ."""
_PAN = 0.02
"""Share of the width or height by which the picture must have moved; a pole in the wind sways less."""
_UNUSUAL = 2.5
"""Times the usual difference between frames by which a quarter must differ."""
_LEARN = 0.1
"""Least weight of a new frame in the usual difference; larger at first."""
_BETTER = 0.6
"""Share of the difference that may be left once the shift is undone."""
_NOISE = 1.5
"""Code values by which a quarter may differ anyway."""
_COLOUR = 5.0
"""Code values between the channels of a quarter in colour."""
_FADED = 0.25
"""Share of its colour with which a quarter counts as grey."""
_GREY = np.full(3, 1 / 3, np.float32)
"""Weights of the colours in grey."""


class CutDetector:
    """Watches one camera. Takes half a millisecond a frame, whatever its size."""

    def __init__(self) -> None:
        self._last: _Cells | None = None
        self._then: _Cells | None = None
        self._then_colour: _Quarters = np.zeros(4, np.float32)
        self._age = 0
        self._usual: _Quarters = np.zeros(4, np.float32)
        self._compared = 0

    def is_cut(self, image: Image) -> bool:
        """Whether this frame, uint8 (H, W, 3) BGR, shows another scene than those before it."""
        cells = _thumbnail(image)
        grey, colour = cells @ _GREY, _colour(cells)
        last, then = self._last, self._then
        self._last = grey
        if last is None or then is None:
            self._start(grey, colour)
            return False
        cut = self._differs(grey, last) or _moved(grey, then) or _changed_colour(colour, self._then_colour)
        self._age += 1
        if cut or self._age >= _WINDOW:
            self._start(grey, colour)
        return cut

    def reset(self) -> None:
        """Forget the scene: the next frame is no cut, whatever it shows."""
        self._last = self._then = None
        self._compared = 0
        self._usual = np.zeros(4, np.float32)

    def _differs(self, now: _Cells, last: _Cells) -> bool:
        # Larger cells than a pan needs: flakes close to the lens have to average out within one.
        now, last = _pooled(now), _pooled(last)
        contrast = max(_FLAT, float(np.median(np.abs(now - np.median(now)))))
        distance = _quarters(_distance(now, last))
        cut = _most((distance > _CUT * contrast) & (distance > _UNUSUAL * self._usual))
        self._usual = self._usual + max(_LEARN, 1 / (self._compared + 1)) * (distance - self._usual)
        self._compared += 1
        return cut

    def _start(self, grey: _Cells, colour: _Quarters) -> None:
        self._then, self._then_colour, self._age = grey, colour, 0


def _thumbnail(image: Image) -> _Cells:
    sampled = cv2.resize(image, (_COLUMNS * _SAMPLES, _ROWS * _SAMPLES), interpolation=cv2.INTER_NEAREST)
    # The middle of each cell of the mean of all neighbours: an area of its own is eight times slower.
    means = cv2.blur(sampled, (_SAMPLES, _SAMPLES))[_SAMPLES // 2 :: _SAMPLES, _SAMPLES // 2 :: _SAMPLES]
    return means.astype(np.float32)


def _colour(cells: _Cells) -> _Quarters:
    blue, green, red = cells[..., 0], cells[..., 1], cells[..., 2]
    most, least = np.maximum(np.maximum(blue, green), red), np.minimum(np.minimum(blue, green), red)
    return _quarters(most - least)


def _moved(now: _Cells, then: _Cells) -> bool:
    still = _quarters(_distance(now, then))
    if not _most(still > _NOISE):
        return False
    right, down = _shift(now, then)
    if max(abs(right) / _COLUMNS, abs(down) / _ROWS) < _PAN:
        return False
    shift = np.array([[1, 0, right], [0, 1, down]], np.float32)
    shifted = cv2.warpAffine(then, shift, (_COLUMNS, _ROWS), borderMode=cv2.BORDER_REPLICATE)
    left = _quarters(_distance(now, np.asarray(shifted, np.float32)))
    return _most((still > _NOISE) & (left < _BETTER * still))


def _shift(now: _Cells, then: _Cells) -> tuple[float, float]:
    """Cells that the picture moved to the right and down: where the middle of `now` is found in `then`."""
    middle = now[_REACH_Y:-_REACH_Y, _REACH_X:-_REACH_X]
    match = cv2.matchTemplate(then, np.ascontiguousarray(middle), cv2.TM_CCOEFF_NORMED).astype(np.float32)
    _, _, _, (x, y) = cv2.minMaxLoc(match)
    return _REACH_X - x - _between(match[y, :], x), _REACH_Y - y - _between(match[:, x], y)


def _between(row: _Cells, peak: int) -> float:
    """How far the top of the parabola through a peak and its neighbours lies from the peak, in cells."""
    if peak in (0, len(row) - 1):
        return 0.0
    before, top, after = (float(value) for value in row[peak - 1 : peak + 2])
    bend = before - 2 * top + after
    return 0.5 * (before - after) / bend if bend else 0.0


def _changed_colour(now: _Quarters, then: _Quarters) -> bool:
    more, less = np.maximum(now, then), np.minimum(now, then)
    return _most((more > _COLOUR) & (less < _FADED * more))


def _pooled(cells: _Cells) -> _Cells:
    pooled: _Cells = cells.reshape(_ROWS // 3, 3, _COLUMNS // 4, 4).mean(axis=(1, 3))
    return pooled


def _most(quarters: NDArray[np.bool_]) -> bool:
    return int(quarters.sum()) >= 3


def _quarters(cells: _Cells) -> _Quarters:
    """The median of each quarter of the picture."""
    half_rows, half_columns = cells.shape[0] // 2, cells.shape[1] // 2
    split = cells.reshape(2, half_rows, 2, half_columns).swapaxes(1, 2)
    # np.median takes twice as long.
    ordered = np.sort(split.reshape(4, half_rows * half_columns), axis=1)
    middle = half_rows * half_columns // 2
    medians: _Quarters = np.float32(0.5) * (ordered[:, middle - 1] + ordered[:, middle])
    return medians


def _distance(now: _Cells, before: _Cells) -> _Cells:
    """How far each cell lies from gain * before + offset, in code values.

    Gain and offset are those of the least absolute distance (iteratively reweighted least squares), so that
    what moves in front of the scene does not bend them.
    """
    x, y = before.ravel(), now.ravel()
    weights = np.ones_like(x)
    rest = np.zeros_like(x)
    for _ in range(3):
        share = weights / weights.sum()
        mean_x, mean_y = share @ x, share @ y
        away = x - mean_x
        gain = np.clip((share * away) @ (y - mean_y) / ((share * away) @ away + 1e-6), 0.25, 4.0)
        rest = np.abs(y - mean_y - gain * away)
        weights = 1 / np.maximum(rest, 1.0)
    return rest.reshape(now.shape)
