"""Pixels of one place may come from different pictures, as their own distances say."""

from __future__ import annotations

import torch

from streamdesnow.lab.nets.fixed_camera import FixedCameraNet
from streamdesnow.lab.nets.pixelwise import more_than_noise, weighed

_CODE = 1 / 64


def test_brighter_and_darker_pixels_count_apart() -> None:
    away = torch.tensor([0.0, 4.0, -4.0]) * _CODE
    (logits,) = weighed([torch.zeros(3)], [away], [torch.tensor(0.125), torch.tensor(-0.0625)])
    assert torch.allclose(logits, torch.tensor([0.0, 1.0, -0.5]))


def test_how_far_away_a_flake_is_does_not_matter() -> None:
    away = torch.tensor([12.0, 120.0]) * _CODE
    ((near, far),) = weighed([torch.zeros(2)], [away], [torch.tensor(1.0), torch.tensor(0.0)])
    assert near == far


def test_a_residue_of_noise_hardly_counts_and_one_of_a_flake_in_full() -> None:
    noise, flake = more_than_noise(torch.tensor([0.3, -40.0]) * _CODE) / _CODE
    assert abs(float(noise)) < 0.1
    assert abs(float(flake) + 40) < 0.1


def test_a_residue_can_still_be_learned_from_nothing() -> None:
    residue = torch.zeros(3, requires_grad=True)
    more_than_noise(residue).sum().backward()
    assert residue.grad is not None
    assert float(residue.grad.min()) > 0.1


def test_a_place_is_restored_under_its_flake_and_left_alone_beside_it() -> None:
    net = FixedCameraNet(width=8, deep=12, blocks=(0, 1, 0), carried=4, pixelwise=True).eval()
    scene = torch.rand(1, 3, 16, 16) * 0.5
    later = scene + 2 * _CODE  # the light changes by less than a flake
    snowy = later.clone()
    snowy[..., 5, 6] = 1.8  # one pixel of a place
    with torch.no_grad():
        net.head.weight.zero_()
        net.head.bias.zero_()
        net.head.bias[:16] = -30  # the background is out of the question
        net.head.bias[16:32] = -20
        _, memory = net(scene, net.zero_memory(1, 16, 16))
        untouched, _ = net(snowy, memory)
        net.head_pixelwise.bias[2] = 2.0  # the brighter, the more the learned memory is worth
        restored, _ = net(snowy, memory)
    beside = torch.ones(16, 16, dtype=torch.bool)
    beside[5, 6] = False
    assert torch.allclose(untouched, snowy, atol=1e-3)
    assert torch.allclose(restored[..., beside], snowy[..., beside], atol=1e-3)
    assert torch.allclose(restored[..., 5, 6], scene[..., 5, 6], atol=1e-3)
