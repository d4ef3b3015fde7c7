"""Where things have gone, told from two pictures of them, one of them under flakes."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional as fn

from streamdesnow.lab.nets.tracking import Tracker

_H, _W = 96, 128


def _wide() -> Tensor:
    """A picture with soft edges, wider than a frame, float (1, 3, H, W) in the network's units."""
    torch.manual_seed(3)
    blots = fn.interpolate(torch.rand(1, 3, _H // 8, 3 * _W // 8), size=(_H, 3 * _W), mode="bicubic")
    return blots * 3 - 1.5


def _film(pixels_a_frame: int, frames: int) -> list[Tensor]:
    """A camera's view of it that moves to the right, so that what is seen moves to the left."""
    wide, start = _wide(), _W // 2
    return [wide[..., start + t * pixels_a_frame :][..., :_W] for t in range(frames)]


def _snowed(frame: Tensor, seed: int) -> Tensor:
    """A tenth of it under bright squares."""
    torch.manual_seed(seed)
    flakes = (torch.rand(1, 1, _H // 4, _W // 4) < 0.1).float()
    return torch.maximum(frame, fn.interpolate(flakes, scale_factor=4) * 5.5 - 4)


def _tracked(film: list[Tensor], flow: Tensor | None = None, snow: bool = False) -> Tensor:
    """The flow at the end, inside the picture, in pixels."""
    tracker = Tracker()
    flow = torch.zeros(1, 2, _H // 4, _W // 4) if flow is None else flow
    for t in range(1, len(film)):
        seen = _snowed(film[t], t) if snow else film[t]
        flow = tracker(*(fn.pixel_unshuffle(frame, 4) for frame in (seen, film[t - 1])), flow)
    return 4 * flow[..., 4:-4, 6:-6]


@pytest.mark.parametrize("pixels", [1, 3, 6])
def test_what_moves_evenly_is_followed(pixels: int) -> None:
    flow = _tracked(_film(pixels, 6))
    assert float((flow[:, 0] - pixels).abs().median()) < 0.15
    assert float(flow[:, 1].abs().median()) < 0.15


def test_flakes_hardly_lead_astray() -> None:
    flow = _tracked(_film(3, 8), snow=True)
    assert float((flow[:, 0] - 3).abs().median()) < 0.5


def test_what_stands_still_stays_under_flakes() -> None:
    flow = _tracked(_film(0, 8), snow=True)
    assert float(flow.abs().median()) < 0.2


def test_what_stops_is_held() -> None:
    moving, standing = _film(3, 4), _film(0, 6)
    flow = _tracked(standing, flow=fn.pad(_tracked(moving) / 4, (6, 6, 4, 4), "replicate"))
    assert float(flow.abs().median()) < 0.15


def test_nothing_is_said_of_a_picture_without_edges() -> None:
    flat = torch.full((1, 48, 8, 8), 0.5)
    assert not Tracker()(flat, flat + 0.1, torch.zeros(1, 2, 8, 8)).any()


def test_only_the_flow_before_has_a_slope() -> None:
    seen, before = (fn.pixel_unshuffle(frame, 4).requires_grad_() for frame in _film(2, 2))
    flow = torch.zeros(1, 2, _H // 4, _W // 4, requires_grad=True)
    Tracker()(seen, before, flow).sum().backward()
    assert flow.grad is not None
    assert flow.grad.any()
    assert seen.grad is None
    assert before.grad is None
