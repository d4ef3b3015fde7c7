"""The loss on what is chosen at every pixel."""

from __future__ import annotations

import torch
from torch import Tensor

from streamdesnow.lab.nets.fixed_camera import FixedCameraNet
from streamdesnow.lab.nets.places import to_frame
from streamdesnow.lab.nets.proposal import Proposal
from streamdesnow.lab.training.choice import choice_error

_H, _W = 16, 16


def _proposal(seen: float, background: float, learned: float, to_learned: float) -> Proposal:
    """Grey pictures in code values, and how sure the network is of the learned one."""

    def grey(code: float) -> Tensor:
        return torch.full((1, 3, 16, _H // 4, _W // 4), (code - 128) / 64)

    logits = [
        torch.full((1, 16, _H // 4, _W // 4), float(value), requires_grad=True)
        for value in (-5.0, to_learned, 0.0)
    ]
    memory = FixedCameraNet(width=4, deep=4, blocks=(0, 1, 0), carried=2).zero_memory(1, _H, _W)
    to_background, to_learned, rate = logits
    return Proposal(
        seen=grey(seen),
        residue=torch.zeros(1),
        memories=(grey(background), grey(learned)),
        logits=(to_background, to_learned),
        rate=rate,
        flow=memory.flow,
        memory=memory,
    )


def _truth(code: float) -> Tensor:
    return torch.full((1, 3, _H, _W), (code - 128) / 64)


def test_choosing_what_is_true_costs_little_and_choosing_what_is_not_costs_much() -> None:
    flake_over_memory = (90, 90, 200)
    right = choice_error(_proposal(*flake_over_memory, to_learned=6), _truth(200))
    wrong = choice_error(_proposal(*flake_over_memory, to_learned=-6), _truth(200))
    assert right < 0.1
    assert wrong > 3


def test_a_network_that_is_sure_of_the_wrong_picture_still_learns() -> None:
    slopes = []
    for of_choice in (True, False):
        proposal = _proposal(90, 90, 200, to_learned=-12)
        if of_choice:
            error = choice_error(proposal, _truth(200))
        else:
            net = FixedCameraNet(width=4, deep=4, blocks=(0, 1, 0), carried=2)
            restored, _ = net.settle(proposal)
            error = (restored - _truth(200)).square().mean()
        error.backward()  # type: ignore[no-untyped-call]
        (_, to_learned) = proposal.logits
        assert to_learned.grad is not None
        slopes.append(float(to_learned.grad.abs().sum()))
    assert slopes[0] > 0.5
    assert slopes[1] < 0.001


def test_where_all_pictures_are_alike_nothing_is_asked() -> None:
    proposal = _proposal(100, 101, 100, to_learned=-6)
    assert choice_error(proposal, _truth(100)) < 0.01


def test_pictures_come_back_as_frames() -> None:
    proposal = _proposal(10, 20, 30, to_learned=0)
    assert torch.equal(to_frame(proposal.memories[0]), _truth(20))
