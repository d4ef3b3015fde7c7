"""Pictures as they will look when everything has moved on."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from streamdesnow.lab.nets.places import channels_first, channels_last

__all__ = ["Displacement", "displaced"]


def displaced(frame: Tensor, flow: Tensor) -> Tensor:
    """Every pixel taken from where `flow` says, between pixels in proportion, beyond the edge from the edge.

    Args:
        frame: (N, C, H, W).
        flow: (N, 2, h, w), how far to the right and how far down what is shown lies, in places: of H / h
            pixels. Between the middles of places it goes over evenly.

    Returns:
        Like `frame`, float.
    """
    height, width = frame.shape[2:]
    h, w = flow.shape[2:]
    flow = fn.interpolate(flow, size=(height, width), mode="bilinear", align_corners=False)
    # From edge to edge of the outermost pixels is -1 to 1.
    x = (2 * torch.arange(width, device=frame.device) + 1) / width - 1 + flow[:, 0] * (2 / w)
    y = ((2 * torch.arange(height, device=frame.device) + 1) / height - 1).view(-1, 1) + flow[:, 1] * (2 / h)
    return fn.grid_sample(frame.float(), torch.stack([x, y], -1), padding_mode="border", align_corners=False)


class Displacement(nn.Module):
    """`displaced`, of pixels in places and into places, channels last.

    Runtimes are quicker with it: one small convolution of the flow says how far every pixel of a place has
    come, and the pixels of a place are taken together, so that next to nothing has to be rearranged then.

    Args:
        side: of a place, in pixels.
    """

    def __init__(self, side: int) -> None:
        super().__init__()
        self._side = side
        # Along one axis: how much a pixel has of the flow before its place, of its own and of that behind it.
        middle = (torch.arange(side) + 0.5) / side - 0.5
        share = torch.stack([-middle.clamp(max=0), 1 - middle.abs(), middle.clamp(min=0)], 1)
        between = torch.einsum("ri,cj,ab->rcbaij", share, share, torch.eye(2)).reshape(-1, 2, 3, 3)
        number = torch.arange(side)
        across = torch.tensor([1.0, 0.0]).repeat(side * side)
        self._between: Tensor
        self._across: Tensor
        self._column: Tensor
        self._row: Tensor
        # No weights: they are not trained and not stored.
        self.register_buffer("_between", between, persistent=False)
        self.register_buffer("_across", across, persistent=False)
        self.register_buffer("_column", number.repeat(side).repeat_interleave(2) + 0.5, persistent=False)
        self.register_buffer("_row", number.repeat_interleave(2 * side) + 0.5, persistent=False)

    def forward(self, pixels: Tensor, flow: Tensor) -> Tensor:
        """Pixels (N, h, w, C * P), P of each colour, by a flow (N, h, w, 2) in places; as they lie, float."""
        n, h, w, channels = pixels.shape
        side = self._side
        colours = channels // side**2
        planes = pixels.reshape(n, h, w, colours, side, side).permute(0, 3, 1, 4, 2, 5)
        # With five axes OpenVINO leaves positions as they lie; with four it rearranges them twice.
        moved = self._of_pixels(flow).reshape(n, 1, h, w, -1)
        column = torch.arange(w, device=flow.device).view(1, 1, 1, w, 1)
        row = torch.arange(h, device=flow.device).view(1, 1, h, 1, 1)
        # From edge to edge of the picture is -1 to 1.
        x = (column + self._column / side) * (2 / w) - 1
        y = (row + self._row / side) * (2 / h) - 1
        scale = self._across * (2 / w) + (1 - self._across) * (2 / h)
        places = moved * scale + x * self._across + y * (1 - self._across)
        taken = fn.grid_sample(
            planes.reshape(n, colours, h * side, w * side).float(),
            places.reshape(n, h * w, side * side, 2),
            padding_mode="border",
            align_corners=False,
        )
        return taken.permute(0, 2, 1, 3).reshape(pixels.shape)

    def _of_pixels(self, flow: Tensor) -> Tensor:
        """(N, h, w, 2 * P), how far every pixel of a place has come."""
        if self._side == 1:
            return flow
        # Beyond the edge is the flow of the edge.
        edged = fn.pad(channels_first(flow), (1, 1, 1, 1), mode="replicate")
        return channels_last(fn.conv2d(edged, self._between))
