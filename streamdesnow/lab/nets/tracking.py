"""Where everything that was seen last has gone since, told from what is seen now.

A picture and the same a little later differ by slope times displacement (Lucas & Kanade, 1981), so sums over
a window say how far it went. Half of every slope is that of what was restored, with which a flake has nothing
to do. What brightens counts up to a bound, and what darkens up to a higher one, because flakes brighten.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from streamdesnow.lab.nets.displacement import Displacement
from streamdesnow.lab.nets.places import PIXELS, SIDE, channels_first, channels_last

__all__ = ["Tracker"]

_SIDE = 2
"""Cells along a side of a place: of 2 x 2 pixels, between which fine slopes are taken."""
_CELLS = _SIDE**2
_UNIT = 1 / 4  # of one of the network's: 16 code values
"""What brightness is counted in here: products of four are neither lost nor too large in float16."""
_BRIGHTER, _DARKER = 0.6, 2.0
"""Differences count up to here."""
_LEAST_SLOPE = 0.024
"""Added to the sums of squared slopes: where nothing has an edge, nothing is said to move."""
_LEAST_SHARE = 0.03
"""And so much of them: along an edge nothing is said to move."""
_FARTHEST = 1.0
"""Places that a fine correction moves anything by at most."""
_FARTHEST_COARSE = 1.5
_WINDOW = (1.0, 3.0, 6.0, 7.0, 6.0, 3.0, 1.0)
"""How much places count along one side of the window of a sum."""
_WINDOW_OF_CHOICE = (1.0, 2.0, 3.0, 2.0, 1.0)
_CLEARLY = 0.016
"""A coarse correction is taken where the pictures come nearer by more: a quarter of a code value."""


class Tracker(nn.Module):
    """Corrects a flow by what is seen. It has no weights.

    The flow of the frame before is carried on by itself, as if everything went on as it went; the restored
    frame before, moved so, is compared with what is seen. A correction by slopes between places of 4 x 4
    pixels catches what is fast, and is taken where it brings the two nearer; one by slopes between cells of
    2 x 2 pixels follows.
    """

    def __init__(self) -> None:
        super().__init__()
        self._carry = Displacement(1)
        self._move = Displacement(_SIDE)
        self._cell: Tensor
        self._slopes: Tensor
        self._coarse_slopes: Tensor
        # No weights: they are not trained and not stored.
        self.register_buffer("_cell", _means_of_cells(), persistent=False)
        self.register_buffer("_slopes", _slopes_between_cells(_SIDE), persistent=False)
        self.register_buffer("_coarse_slopes", _slopes_between_cells(1), persistent=False)

    def forward(self, seen: Tensor, before: Tensor, flow: Tensor) -> Tensor:
        """From where in the restored frame before, right and down, what is seen has come.

        Args:
            seen: (N, 48, h, w), the frame, as in `Memory`.
            before: like `seen`, the restored frame before; `seen` itself where there is none.
            flow: (N, 2, h, w), the same of the frame before, in places of 4 pixels.

        Returns:
            Like `flow`. In training only what it was carried on from has a slope: what is read off the
            pictures counts as given.
        """
        foreseen = channels_first(self._carry(channels_last(flow), channels_last(flow)))
        with torch.no_grad():
            correction = self._correction(
                fn.conv2d(seen, self._cell), fn.conv2d(before, self._cell), foreseen
            )
        return _mean_around(foreseen + correction)

    def _correction(self, now: Tensor, before: Tensor, foreseen: Tensor) -> Tensor:
        """What to add to what is foreseen.

        Args:
            now, before: (N, 4, h, w), brightness of cells.
            foreseen: a flow.
        """
        then = self._moved(before, foreseen)
        coarse = _mean_around(
            _displacement(
                now.mean(1, keepdim=True), then.mean(1, keepdim=True), self._coarse_slopes, _FARTHEST_COARSE
            )
        )
        other = self._moved(before, foreseen + coarse)
        nearer = (_distance(now, other) + _CLEARLY < _distance(now, then)).to(now.dtype)
        then = then + nearer * (other - then)
        return nearer * coarse + _displacement(now, then, self._slopes, _FARTHEST) / _SIDE

    def _moved(self, cells: Tensor, flow: Tensor) -> Tensor:
        return channels_first(self._move(channels_last(cells), channels_last(flow)))


def _displacement(now: Tensor, then: Tensor, slopes_between: Tensor, farthest: float) -> Tensor:
    """How far `then` has still to be moved to be `now`, (N, 2, h, w), in cells; at most `farthest` places.

    Args:
        now, then: (N, C, h, w), brightness of the C cells of each place.
        slopes_between: (2 * C, C, 3, 3), the convolution that takes slopes to the right and down.
        farthest: in places.
    """
    cells = now.shape[1]
    both = (now + then) / 2
    slopes = fn.conv2d(fn.pad(both, (1, 1, 1, 1), mode="replicate"), slopes_between)
    right, down = torch.split(slopes, cells, 1)
    change = (now - then).clamp(-_DARKER, _BRIGHTER)
    products = (right * right, right * down, down * down, right * change, down * change)
    sums = _windowed(_means_of_groups(torch.cat(products, 1), cells), _WINDOW)
    across, oblique, along, to_right, to_down = torch.split(sums, 1, 1)
    least = _LEAST_SLOPE + _LEAST_SHARE * (across + along)
    across, along = across + least, along + least
    scale = 1 / (across * along - oblique * oblique)
    moved = torch.cat([along * to_right - oblique * to_down, across * to_down - oblique * to_right], 1)
    reach = farthest * cells**0.5
    return torch.clamp(moved * scale, -reach, reach)


def _distance(now: Tensor, then: Tensor) -> Tensor:
    """How unlike two pictures are around each place, (N, 1, h, w)."""
    distance = (now - then).clamp(-_DARKER, _BRIGHTER).abs().mean(1, keepdim=True)
    return _windowed(distance, _WINDOW_OF_CHOICE)


def _means_of_groups(x: Tensor, size: int) -> Tensor:
    """Means of so many channels each; as a convolution, which takes CPUs a fifth of the time of a mean."""
    if size == 1:
        return x
    groups = torch.eye(x.shape[1] // size, device=x.device).repeat_interleave(size, 1) / size
    return fn.conv2d(x, groups[..., None, None])


def _windowed(x: Tensor, window: tuple[float, ...]) -> Tensor:
    """Means over a window around each place; beyond the edge is nothing."""
    side = (torch.tensor(window, device=x.device) / sum(window)).expand(x.shape[1], 1, 1, -1)
    reach, channels = len(window) // 2, x.shape[1]
    along = fn.conv2d(x, side, padding=(0, reach), groups=channels)
    return fn.conv2d(along, side.transpose(2, 3), padding=(reach, 0), groups=channels)


def _mean_around(x: Tensor) -> Tensor:
    return fn.avg_pool2d(x, 3, 1, 1, count_include_pad=False)


def _means_of_cells() -> Tensor:
    """(4, 48, 1, 1), the convolution that makes brightness of cells of the pixels of a place."""
    size = SIDE // _SIDE
    means = torch.zeros(_SIDE, _SIDE, 3, SIDE, SIDE)
    for row in range(_SIDE):
        for column in range(_SIDE):
            rows, columns = (slice(n * size, (n + 1) * size) for n in (row, column))
            means[row, column, :, rows, columns] = 1 / (_UNIT * 3 * size**2)
    return means.reshape(_CELLS, 3 * PIXELS, 1, 1)


def _slopes_between_cells(side: int) -> Tensor:
    """(2 * C, C, 3, 3), the convolution that takes slopes right, then down, between C = side² cells."""
    slopes = torch.zeros(2, side, side, side, side, 3, 3)
    for row in range(side):
        for column in range(side):
            for axis, (down, right) in enumerate(((0, 1), (1, 0))):
                for sign in (1, -1):
                    y, x = row + sign * down, column + sign * right
                    slopes[axis, row, column, y % side, x % side, 1 + y // side, 1 + x // side] += sign / 2
    return slopes.reshape(2 * side**2, side**2, 3, 3)
