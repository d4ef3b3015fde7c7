"""The causal network: its memory, its budget, and that it starts by doing no harm."""

from __future__ import annotations

import pytest
import torch

from streamdesnow.lab.border.causal import CausalBorder
from streamdesnow.lab.nets.background import TAU, update_background
from streamdesnow.lab.nets.fixed_camera import FixedCameraNet
from streamdesnow.lab.shipping.compute import gmac
from streamdesnow.lab.training.causal import causal_net
from streamdesnow.lab.training.recipe import CausalRecipe, load_recipe
from streamdesnow.models.shapes import resolve_shape


@pytest.fixture
def net() -> FixedCameraNet:
    torch.manual_seed(1)
    return FixedCameraNet(width=8, deep=12, blocks=(1, 1, 1), carried=4).eval()


def _frames(count: int) -> torch.Tensor:
    return torch.randint(0, 256, (count, 1, 3, 32, 48)).float().sub(128).div(64)


@pytest.mark.parametrize(("recipe", "budget"), [("fixed-camera", 16), ("fixed-camera-small", 5)])
def test_the_shipped_size_keeps_its_budget_at_720p(recipe: str, budget: float) -> None:
    loaded = load_recipe(recipe)
    assert isinstance(loaded, CausalRecipe)
    border = CausalBorder(causal_net(loaded))
    shapes = [resolve_shape(state.shape, batch=1, width=1280, height=720) for state in border.states]
    frame = torch.zeros(1, 720, 1280, 3, dtype=torch.uint8)
    assert gmac(border, (frame, *map(torch.zeros, shapes))) <= budget


def test_memory_changes_what_comes_out_and_a_zero_memory_forgets(net: FixedCameraNet) -> None:
    first, second = _frames(2)
    with torch.no_grad():
        _, memory = net(first, net.zero_memory(1, 32, 48))
        remembered, _ = net(second, memory)
        forgotten, _ = net(second, net.zero_memory(1, 32, 48))
        again, _ = net(second, net.zero_memory(1, 32, 48))
    assert not torch.allclose(remembered, forgotten)
    assert torch.equal(forgotten, again)


def test_cameras_in_a_batch_do_not_see_each_other(net: FixedCameraNet) -> None:
    one, two = _frames(2)
    with torch.no_grad():
        alone, _ = net(one, net.zero_memory(1, 32, 48))
        together, _ = net(torch.cat([one, two]), net.zero_memory(2, 32, 48))
    assert torch.allclose(alone[0], together[0], atol=1e-5)


def test_age_counts_frames_and_stops_growing(net: FixedCameraNet) -> None:
    memory = net.zero_memory(1, 32, 48)
    with torch.no_grad():
        _, memory = net(_frames(1)[0], memory)
        assert float(memory.age) == 1
        _, memory = net(_frames(1)[0], memory._replace(age=torch.full((1, 1, 1, 1), 1000.0)))
    assert float(memory.age) == 1000


def test_the_background_finds_the_scene_behind_flakes_that_pass() -> None:
    torch.manual_seed(2)
    scene = torch.rand(1, 48, 6, 6) * 2 - 1
    background, spread = torch.zeros(1, 48, 6, 6), torch.zeros(1, 16, 6, 6)
    for age in range(80):
        flakes = (torch.rand(1, 16, 6, 6) < 0.2).float().repeat(1, 3, 1, 1)
        seen = scene + flakes * (1.5 - scene) * 0.7
        background, spread = update_background(seen, background, spread, torch.full((1, 1, 1, 1), float(age)))
    error_codes = (background - scene).abs() * 64
    assert float(error_codes.median()) < 2
    assert TAU < 0.5


def test_the_first_frame_becomes_the_background() -> None:
    seen = torch.rand(1, 48, 4, 4)
    background, _ = update_background(
        seen, torch.zeros(1, 48, 4, 4), torch.zeros(1, 16, 4, 4), torch.zeros(1, 1, 1, 1)
    )
    assert torch.allclose(background, seen, atol=1e-6)


def test_the_residue_shows_only_where_memory_is_not_chosen(net: FixedCameraNet) -> None:
    first, second = _frames(2)
    with torch.no_grad():
        net.head.weight.zero_()
        net.head.bias.zero_()
        net.head.bias[48:] = 0.5
        _, memory = net(first, net.zero_memory(1, 32, 48))
        net.head.bias[:16] = -20
        net.head.bias[16:32] = -20
        seen, _ = net(second, memory)
        net.head.bias[16:32] = 20
        learned, _ = net(second, memory)
    assert torch.allclose(seen, second + 0.5, atol=1e-4)
    assert torch.allclose(learned, torch.nn.functional.pixel_shuffle(memory.learned, 4), atol=1e-4)


def _foreseeing(right: float) -> FixedCameraNet:
    """One that shows what it sees and foresees that everything moves by this many places."""
    torch.manual_seed(1)
    net = FixedCameraNet(width=8, deep=12, blocks=(1, 1, 1), carried=4, motion=True).eval()
    with torch.no_grad():
        net.head.weight.zero_()
        net.head.bias.zero_()
        net.head.bias[:32] = -20
        net.head_expected.bias[:16] = -20
        net.head_expected.bias[17] = right
    return net


def test_what_is_expected_is_the_last_frame_moved_on() -> None:
    net, (first,) = _foreseeing(-1.0), _frames(1)
    wanted = torch.cat([first[..., :4], first[..., :-4]], -1)
    second = wanted.clone()
    second[..., 14:17, 22:25] = 2  # a flake
    with torch.no_grad():
        _, memory = net(first, net.zero_memory(1, 32, 48))
        assert torch.allclose(torch.nn.functional.pixel_shuffle(memory.restored, 4), first, atol=1e-4)
        net.head_expected.bias[:16] = 20
        shown, _ = net(second, memory)
    assert float((shown - wanted)[..., 14:17, 22:25].abs().mean()) < 0.3
    assert float((second - wanted)[..., 14:17, 22:25].abs().mean()) > 1


def test_flow_goes_on_from_the_flow_before() -> None:
    net, flat = _foreseeing(0.5), torch.zeros(1, 3, 32, 48)
    with torch.no_grad():
        _, memory = net(flat, net.zero_memory(1, 32, 48))
        _, memory = net(flat, memory)
    assert torch.allclose(memory.flow[:, 0], torch.full((1, 8, 12), 0.75))
    assert not memory.flow[:, 1].any()


def test_with_motion_a_first_frame_comes_out_as_without() -> None:
    torch.manual_seed(1)
    plain = FixedCameraNet(width=8, deep=12, blocks=(1, 1, 1), carried=4).eval()
    net = _foreseeing(0.0)
    net.load_state_dict(net.state_dict() | plain.state_dict())
    (frame,) = _frames(1)
    with torch.no_grad():
        with_motion, _ = net(frame, net.zero_memory(1, 32, 48))
        without, _ = plain(frame, plain.zero_memory(1, 32, 48))
    assert torch.allclose(with_motion, without, atol=1e-5)
