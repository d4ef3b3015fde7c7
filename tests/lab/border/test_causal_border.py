"""The causal network as it is shipped does what the network does that was trained."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from streamdesnow.lab.border.causal import CausalBorder
from streamdesnow.lab.nets.fixed_camera import FixedCameraNet
from streamdesnow.lab.training.codes import from_codes, to_codes
from streamdesnow.models.shapes import resolve_shape


@pytest.fixture(
    params=[{}, {"motion": True}, {"pixelwise": True}, {"motion": True, "pixelwise": True}], ids=" and ".join
)
def net(request: pytest.FixtureRequest) -> FixedCameraNet:
    torch.manual_seed(1)
    made = FixedCameraNet(width=8, deep=12, blocks=(1, 1, 1), carried=4, **request.param).eval()
    with torch.no_grad():
        if made.pixelwise:
            made.head_pixelwise.weight.normal_(0, 0.5)
        made.head.weight.normal_(0, 0.05)
        if made.motion:
            made.head_expected.weight.normal_(0, 0.05)
            made.stem_expected.weight.normal_(0, 0.05)
    return made


def _film(cameras: int, frames: int) -> list[Tensor]:
    """Scenes that stay, under noise; uint8 (N, H, W, 3)."""
    scene = torch.randint(0, 200, (cameras, 32, 48, 3))
    return [
        (scene + torch.randint(0, 55, scene.shape) * (torch.rand(scene.shape) < 0.2)).to(torch.uint8)
        for _ in range(frames)
    ]


def _nothing(border: CausalBorder, cameras: int) -> tuple[Tensor, ...]:
    shapes = [resolve_shape(s.shape, batch=cameras, width=48, height=32) for s in border.states]
    return tuple(
        torch.from_numpy(np.zeros(shape, state.dtype))
        for shape, state in zip(shapes, border.states, strict=True)
    )


def test_frames_and_memory_are_those_of_the_network(net: FixedCameraNet) -> None:
    border = CausalBorder(net).eval()
    memory, shipped = net.zero_memory(2, 32, 48), _nothing(border, 2)
    for frame in _film(cameras=2, frames=5):
        with torch.no_grad():
            restored, memory = net(from_codes(frame.permute(0, 3, 1, 2)), memory)
            clean, *shipped = border(frame, *shipped)
        if net.motion:  # what was restored crosses in code values
            before = shipped[-2].permute(0, 3, 1, 2)
            assert (to_codes(memory.restored).int() - before.int()).abs().max() <= 1
            memory = memory._replace(restored=from_codes(before))
        assert (to_codes(restored).permute(0, 2, 3, 1).int() - clean.int()).abs().max() <= 1
    assert memory.flow.shape[1] == (2 if net.motion else 0)
    kept = memory if net.motion else memory[:-2]
    for planes, state, spec in zip(kept, shipped, border.states, strict=True):
        values = from_codes(state) if spec.dtype == "uint8" else state
        wanted = planes if spec.input == "age" else planes.permute(0, 2, 3, 1)
        assert torch.allclose(values, wanted, atol=1e-4), spec.input


def test_memory_keeps_its_types_and_shapes_from_frame_to_frame(net: FixedCameraNet) -> None:
    border = CausalBorder(net).eval()
    nothing = _nothing(border, 1)
    with torch.no_grad():
        _, *memory = border(_film(cameras=1, frames=1)[0], *nothing)
    assert [(m.shape, m.dtype) for m in memory] == [(m.shape, m.dtype) for m in nothing]


def test_the_network_keeps_its_own_weights(net: FixedCameraNet) -> None:
    before = {name: weight.clone() for name, weight in net.state_dict().items()}
    border = CausalBorder(net)
    with torch.no_grad():
        border.residue.weight.zero_()
    assert all(torch.equal(weight, before[name]) for name, weight in net.state_dict().items())


def test_weights_find_their_way_back(net: FixedCameraNet) -> None:
    before = {name: weight.clone() for name, weight in net.state_dict().items()}
    border = CausalBorder(net)
    with torch.no_grad():
        for name, weight in net.named_parameters():
            if name.startswith(("stem", "head.", "head_expected.")):
                weight.zero_()
    border.join()
    assert all(torch.equal(weight, before[name]) for name, weight in net.state_dict().items())
