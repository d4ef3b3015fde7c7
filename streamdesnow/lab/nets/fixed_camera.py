"""Causal networks with memory, for cameras that do not move."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as fn

from streamdesnow.lab.nets.background import update_background
from streamdesnow.lab.nets.blocks import PlainBlock
from streamdesnow.lab.nets.displacement import displaced
from streamdesnow.lab.nets.memory import Memory
from streamdesnow.lab.nets.mixture import Shares, blend, shares_of
from streamdesnow.lab.nets.pixelwise import COEFFICIENTS, more_than_noise, weighed
from streamdesnow.lab.nets.places import PIXELS as _P
from streamdesnow.lab.nets.places import SIDE as _S2D
from streamdesnow.lab.nets.places import by_colour, to_colours, to_frame
from streamdesnow.lab.nets.proposal import Proposal
from streamdesnow.lab.nets.tracking import Tracker

__all__ = ["FixedCameraNet"]

_UNEXPECTED = -2.0
"""Logit of what is expected when training starts: it is worth nothing before anything is foreseen."""


class FixedCameraNet(nn.Module):
    """Restores what is seen now and chooses at every pixel between that and two memories of it.

    The frame and its differences from the memories go through a small two-level network of plain 3x3
    convolutions on space-to-depth input, which every engine runs fast. No normalisation: its statistics
    would pump with the density of the snow. It ends in a residue, which restores what is seen as a network
    for stills would, in the weights of a mixture (restored, background, learned), and in a rate for the
    learned memory. The residue stands inside the mixture: outside, every pixel that memory knows to the
    code value would pull it towards zero, and it never learns to restore what moves.

    With motion there is a third memory: the last restored frame, moved to where everything is now, as a
    tracker tells from what is seen. How far that is from what is seen shows the network where the tracker
    is wrong, and it corrects the flow that goes on from there.

    Args:
        width: channels at a quarter of the resolution.
        deep: channels at an eighth.
        blocks: residual blocks (before, at, after) the eighth.
        carried: channels that the deepest level remembers.
        hidden: channels inside the residual blocks at the eighth; as many as `deep` if left out.
        rectified: whether residual blocks end in a ReLU; see `PlainBlock`.
        motion: whether it has that memory.
        pixelwise: whether pixels move the shares of their place by their own distances from the memories, and
            a residue of no more than noise hardly counts; see `lab/nets/pixelwise.py`.
    """

    side_multiple = 8
    additions = ("stem_expected.", "head_expected.", "head_pixelwise.")
    """Weights that a network without motion, or not `pixelwise`, lacks; as drawn they hardly change one."""
    activation_bytes = 480
    """Memory per pixel of the frame at the peak of float32 inference on a CPU."""

    def __init__(
        self,
        width: int = 48,
        deep: int = 80,
        blocks: tuple[int, int, int] = (1, 4, 1),
        carried: int = 32,
        hidden: int | None = None,
        *,
        rectified: bool = True,
        motion: bool = False,
        pixelwise: bool = False,
    ) -> None:
        super().__init__()
        self.carried, self.motion, self.pixelwise = carried, motion, pixelwise
        self.receptive_field = _S2D * (2 * (2 * blocks[1] + 1) + 2 * (blocks[0] + blocks[2]) + 1)
        self.stem = nn.Conv2d(4 * 3 * _P + _P + 1, width, 1)
        self.before = nn.Sequential(*(PlainBlock(width, rectified=rectified) for _ in range(blocks[0])))
        self.down = nn.Conv2d(width, deep, 2, 2)
        self.recall = nn.Conv2d(carried, deep, 3, padding=1)
        self.deep = nn.Sequential(*(PlainBlock(deep, hidden, rectified=rectified) for _ in range(blocks[1])))
        self.carry = nn.Conv2d(deep, carried, 1)
        self.up = nn.Conv2d(deep, 4 * width, 1)
        self.after = nn.Sequential(*(PlainBlock(width, rectified=rectified) for _ in range(blocks[2])))
        self.head = nn.Conv2d(width, 3 * _P + 3 * _P, 3, padding=1)
        with torch.no_grad():
            self.head.weight.mul_(0.1)
            # A residue of noise does more harm than good in light snow, and features die to be rid of it.
            self.head.weight[3 * _P :].zero_()
            assert self.head.bias is not None
            self.head.bias[3 * _P :].zero_()
        if motion:
            self.tracker = Tracker()
            self.stem_expected = nn.Conv2d(3 * _P + 2, width, 1, bias=False)
            self.head_expected = nn.Conv2d(width, _P + 3, 3, padding=1)
            with torch.no_grad():
                assert self.head_expected.bias is not None
                for weight in (self.stem_expected.weight, self.head_expected.weight, self.head_expected.bias):
                    weight.zero_()
                self.head_expected.bias[:_P] = _UNEXPECTED
        if pixelwise:
            self.head_pixelwise = nn.Conv2d(width, COEFFICIENTS * (3 if motion else 2), 1)
            nn.init.zeros_(self.head_pixelwise.weight)
            assert self.head_pixelwise.bias is not None
            nn.init.zeros_(self.head_pixelwise.bias)

    def zero_memory(self, n: int, height: int, width: int, device: torch.device | str = "cpu") -> Memory:
        """A memory of nothing for `n` cameras of height x width pixels."""
        h, w = height // _S2D, width // _S2D

        def zeros(channels: int, h: int, w: int) -> Tensor:
            return torch.zeros(n, channels, h, w, device=device)

        return Memory(
            zeros(48, h, w),
            zeros(48, h, w),
            zeros(16, h, w),
            zeros(48, h, w),
            zeros(self.carried, h // 2, w // 2),
            zeros(1, 1, 1),
            zeros(48 if self.motion else 0, h, w),
            zeros(2 if self.motion else 0, h, w),
        )

    def forward(self, frame: Tensor, memory: Memory) -> tuple[Tensor, Memory]:
        """One frame of each camera.

        Args:
            frame: float (N, 3, H, W), (code - 128) / 64, sides multiples of 8; any fixed colour order.
            memory: of the frames before.

        Returns:
            The restored frame, like `frame`, not clipped, and the memory to give with the next one.
        """
        return self.settle(self.propose(frame, memory))

    def propose(self, frame: Tensor, memory: Memory) -> Proposal:
        """What there is to choose from at every pixel, and what the network would choose.

        Args:
            frame, memory: as for `forward`.
        """
        seen = fn.pixel_unshuffle(frame, _S2D)
        fresh = (memory.age < 0.5).to(seen.dtype)
        previous = memory.previous + fresh * (seen - memory.previous)
        learned = memory.learned + fresh * (seen - memory.learned)
        background, spread = update_background(seen, memory.background, memory.spread, memory.age)

        young = (1 / (memory.age + 1)).expand(-1, 1, seen.shape[2], seen.shape[3])
        x = torch.cat([seen, seen - previous, seen - background, seen - learned, spread, young], 1)
        x = self.stem(x)
        memories, flow = [background, learned], memory.flow
        if self.motion:
            before = memory.restored + fresh * (seen - memory.restored)
            with torch.autocast(seen.device.type, enabled=False):
                flow = self.tracker(seen, before, flow.float())
            expected = fn.pixel_unshuffle(displaced(fn.pixel_shuffle(before, _S2D), flow), _S2D)
            x = x + self.stem_expected(torch.cat([seen - expected, flow], 1))
            memories.append(expected)
        merged, features = self.middle(x, memory.features)
        choice, residue = self.head(merged).float().split((3 * _P, 3 * _P), 1)
        *logits, rate = choice.split(_P, 1)
        if self.motion:
            to_expected, kept, change = self.head_expected(merged).float().split((_P, 1, 2), 1)
            logits.append(to_expected)
            flow = torch.sigmoid(kept) * flow + change
        age = torch.clamp(memory.age + 1, max=1000)
        pixels, pictures = by_colour(seen), tuple(map(by_colour, memories))
        if self.pixelwise:
            residue = more_than_noise(residue)
            distances = [(pixels - picture).mean(1) for picture in pictures]
            logits = weighed(logits, distances, self.head_pixelwise(merged).float().split(1, 1))
        return Proposal(
            seen=pixels,
            residue=by_colour(residue),
            memories=pictures,
            logits=tuple(logits),
            rate=rate,
            flow=flow,
            memory=Memory(seen, background, spread, learned, features.float(), age, memory.restored, flow),
        )

    def settle(self, proposal: Proposal) -> tuple[Tensor, Memory]:
        """The mixture of what was proposed; result as for `forward`."""
        p = proposal
        seen, memories = shares_of(p.logits)
        shares = Shares(to_colours(seen), tuple(map(to_colours, memories)))
        restored = blend(shares, p.seen, shares.seen * p.residue, p.memories)
        learned = p.memories[1]
        learned = learned + to_colours(torch.sigmoid(p.rate)) * (restored - learned)
        frame, memory = to_frame(restored), p.memory._replace(learned=learned.flatten(1, 2))
        if self.motion:
            memory = memory._replace(restored=restored.flatten(1, 2))
        return frame, memory

    def middle(self, x: Tensor, features: Tensor) -> tuple[Tensor, Tensor]:
        """What lies between the first layer and the last.

        Args:
            x: (N, width, h, w), from the first.
            features: as in `Memory`.

        Returns:
            What the last layer reads, and the features to remember.
        """
        shallow = self.before(torch.relu(x))
        deep = self.deep(torch.relu(self.down(shallow) + self.recall(features)))
        merged = self.after(shallow + fn.pixel_shuffle(self.up(deep), 2))
        return merged, torch.tanh(self.carry(deep))
