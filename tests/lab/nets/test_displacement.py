"""Pictures that have moved on, as they are trained with and as they are shipped."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as fn

from streamdesnow.lab.nets.displacement import Displacement, displaced


def _flow(right: float, down: float) -> torch.Tensor:
    return torch.tensor([float(right), float(down)]).view(1, 2, 1, 1).expand(1, 2, 8, 12)


def test_pixels_come_from_where_the_flow_says() -> None:
    frame = torch.rand(1, 3, 32, 48)
    moved = displaced(frame, _flow(1, -0.5))
    assert torch.allclose(moved[..., 2:, :-4], frame[..., :-2, 4:], atol=1e-4)


def test_beyond_the_edge_is_what_the_edge_shows() -> None:
    frame = torch.rand(1, 3, 32, 48)
    moved = displaced(frame, _flow(100, 0))
    assert torch.allclose(moved, frame[..., -1:].expand_as(frame), atol=1e-4)


def test_between_pixels_both_are_mixed() -> None:
    frame = torch.rand(1, 3, 32, 48)
    moved = displaced(frame, _flow(0.125, 0))
    assert torch.allclose(moved[..., :-1], (frame[..., :-1] + frame[..., 1:]) / 2, atol=1e-4)


@pytest.mark.parametrize("size", [(8, 12), (2, 2), (16, 6)])
@pytest.mark.parametrize(("side", "colours"), [(4, 3), (2, 1), (1, 2)])
def test_what_ships_moves_pictures_alike(size: tuple[int, int], side: int, colours: int) -> None:
    torch.manual_seed(1)
    frame, flow = torch.rand(2, colours, size[0] * side, size[1] * side), torch.randn(2, 2, *size) * 2
    wanted = fn.pixel_unshuffle(displaced(frame, flow), side).permute(0, 2, 3, 1)
    pixels = fn.pixel_unshuffle(frame, side).permute(0, 2, 3, 1)
    moved = Displacement(side)(pixels, flow.permute(0, 2, 3, 1))
    assert torch.allclose(moved, wanted, atol=1e-4)
