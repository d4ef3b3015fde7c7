"""The causal network as it is shipped: pixels and memory cross as they lie best for what runs it.

The same arithmetic as `FixedCameraNet.forward`, arranged for inference. Most of the time on a CPU used to go
into moving memory about, so everything lies with the channels last, colours outermost in them: what
convolutions read and write fits the arithmetic around them as it is, and what belongs to a position
broadcasts over the three colours in place. The passes over memory see it in different shapes of the
same bytes, which keeps runtimes from storing what several of them could share: reading bytes twice and
computing again takes less time than writing and reading floats.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from streamdesnow.lab.nets.background import background_step, next_spread, towards
from streamdesnow.lab.nets.displacement import Displacement
from streamdesnow.lab.nets.fixed_camera import FixedCameraNet
from streamdesnow.lab.nets.memory import Memory
from streamdesnow.lab.nets.mixture import Shares, blend, shares_of
from streamdesnow.lab.nets.pixelwise import more_than_noise, weighed
from streamdesnow.lab.nets.places import PIXELS as _P
from streamdesnow.lab.nets.places import SIDE as _S2D
from streamdesnow.lab.nets.places import channels_first, channels_last
from streamdesnow.models.manifest import StateSpec

__all__ = ["CausalBorder"]

_PIXELS = 3 * _P
_PICTURES = ("previous", "restored")
_LAID_ASIDE = ("net.stem.", "net.head.", "net.stem_expected.", "net.head_expected.")
"""Layers of the network that are read in parts instead."""


class CausalBorder(nn.Module):
    """uint8 (N, H, W, 3) BGR in and out, and the memory's tensors in and out one by one; see `states`.

    Args:
        net: weights of its first and last layers are taken as they are now.
    """

    additions = ("stem.5.", "stem.6.", "trust.", "foresight.", "net.head_pixelwise.")
    """What weights from before motion and `pixelwise` lack, as it is called in what is exported."""

    def __init__(self, net: FixedCameraNet) -> None:
        super().__init__()
        self.net = net
        # The first layer reads each part of its input by itself: nothing has to be concatenated.
        *parts, young = torch.split(net.stem.weight.detach(), [*[_PIXELS] * 4, _P, 1], 1)
        biases = [net.stem.bias, None, None, None, None]
        if net.motion:
            parts += torch.split(net.stem_expected.weight.detach(), [_PIXELS, 2], 1)
            biases += [None, None]
        self.stem = nn.ModuleList(map(_conv, parts, biases))
        self.stem_young = nn.Parameter(young.reshape(1, -1, 1, 1).clone())
        assert net.head.bias is not None
        choice, residue = (
            _conv(weight, bias)
            for weight, bias in zip(
                torch.split(net.head.weight.detach(), _PIXELS),
                torch.split(net.head.bias.detach(), _PIXELS),
                strict=True,
            )
        )
        self.choice, self.residue = choice, residue
        if net.motion:
            weight, bias = net.head_expected.weight.detach(), net.head_expected.bias
            assert bias is not None
            self.trust = _conv(weight[:_P], bias.detach()[:_P])
            self.foresight = _conv(weight[_P:], bias.detach()[_P:])
            self.displacement = Displacement(_S2D)

    @property
    def exported(self) -> tuple[str, ...]:
        """Names of the weights that are read, as they are called in what is exported."""
        return tuple(name for name in self.state_dict() if not name.startswith(_LAID_ASIDE))

    def join(self) -> None:
        """Give `net`, in place, the weights of its first and last layers as they are here: the way back."""
        here = self.state_dict()
        parts = [here[f"stem.{number}.weight"] for number in range(len(self.stem))]
        if self.net.motion:
            self.net.stem_expected.load_state_dict({"weight": torch.cat(parts[-2:], 1)})
            parts_of_head = self.trust.state_dict(), self.foresight.state_dict()
            joined = {key: torch.cat([part[key] for part in parts_of_head]) for key in ("weight", "bias")}
            self.net.head_expected.load_state_dict(joined)
            parts = parts[:-2]
        stem = torch.cat([*parts, here["stem_young"].reshape(-1, 1, 1, 1)], 1)
        self.net.stem.load_state_dict({"weight": stem, "bias": here["stem.0.bias"]})
        head = {key: torch.cat([here[f"choice.{key}"], here[f"residue.{key}"]]) for key in ("weight", "bias")}
        self.net.head.load_state_dict(head)

    @property
    def states(self) -> tuple[StateSpec, ...]:
        """The memory as it crosses: pictures in code values, the rest as `Memory` says.

        What was restored is rounded to them; averages, which move by less, are not.
        """
        shapes: dict[str, tuple[int | str, ...]] = {
            "previous": ("N", "H/4", "W/4", _PIXELS),
            "background": ("N", "H/4", "W/4", _PIXELS),
            "spread": ("N", "H/4", "W/4", _P),
            "learned": ("N", "H/4", "W/4", _PIXELS),
            "features": ("N", "H/8", "W/8", self.net.carried),
            "age": ("N", 1, 1, 1),
            "restored": ("N", "H/4", "W/4", _PIXELS),
            "flow": ("N", "H/4", "W/4", 2),
        }
        assert tuple(shapes) == Memory._fields
        if not self.net.motion:
            del shapes["restored"], shapes["flow"]
        return tuple(
            StateSpec(
                input=name,
                output=f"{name}_next",
                dtype="uint8" if name in _PICTURES else "float32",
                shape=shape,
            )
            for name, shape in shapes.items()
        )

    def forward(
        self,
        frame: Tensor,
        previous: Tensor,
        background: Tensor,
        spread: Tensor,
        learned: Tensor,
        features: Tensor,
        age: Tensor,
        restored: Tensor | None = None,
        flow: Tensor | None = None,
    ) -> tuple[Tensor, ...]:
        """The restored frames and the memory to give with the next ones.

        Networks with motion need `restored` and `flow`, others have none.
        """
        n, h, w, _ = background.shape
        codes = frame.reshape(n, h, _S2D, w, _S2D, 3).permute(0, 1, 3, 5, 2, 4).reshape(n, h, w, _PIXELS)

        # How far from the background, by rows and columns.
        rows, ages = (n, h, w, 3, _P), (n, 1, 1, 1, 1)
        seen, fresh = _units(codes.reshape(rows)), _fresh(age.reshape(ages))
        distance = (seen - (background.reshape(rows) + fresh * seen)).abs().mean(3)
        spread_next = next_spread(spread, distance, age)
        step = background_step(spread_next, age)

        # What the network reads, and the new background, all positions in one row.
        row = (n, h * w, 3, _P)
        seen, fresh = _units(codes.reshape(row)), _fresh(age)
        behind = background.reshape(row) + fresh * seen
        behind = behind + towards(seen - behind, step.reshape(n, h * w, 1, _P))
        distances = [seen - behind, (1 - fresh) * (seen - learned.reshape(row))]
        parts = [
            _units(codes),
            (1 - fresh) * (_units(codes) - _units(previous)),
            *distances,
            spread_next,
        ]
        expected: Tensor | None = None
        if restored is not None and flow is not None:
            # Where nothing is remembered, that is the same as what is seen.
            before = _units(restored) + fresh * (_units(codes) - _units(restored))
            flow = channels_last(
                self.net.tracker(channels_first(_units(codes)), channels_first(before), channels_first(flow))
            )
            expected = _units(self.displacement(restored, flow)).reshape(row)
            expected = expected + fresh * (seen - expected)
            distances.append(seen - expected)
            parts += [distances[-1], flow]
        background_next = behind.reshape(n, h, w, _PIXELS)
        read = [channels_first(part.reshape(n, h, w, -1)) for part in parts]
        merged, features_next = self._middle(read, 1 / (age + 1), features)
        choice, residue = channels_last(self.choice(merged)), channels_last(self.residue(merged))

        # The mixture, in a shape of its own; of no more tensors than OpenVINO computes in one go.
        *logits, rate = torch.split(choice, _P, 3)
        rest, one = (n, 1, h * w, 3, _P), (n, 1, h * w, 1, _P)
        seen = _units(codes.reshape(rest))
        kept = learned.reshape(rest) + _fresh(age.reshape(ages)) * seen
        memories = [background_next.reshape(rest), kept]
        flow_next: tuple[Tensor, ...] = ()
        if expected is not None and flow is not None:
            logits.append(channels_last(self.trust(merged)))
            held, change = torch.split(channels_last(self.foresight(merged)), [1, 2], 3)
            memories.append(expected.reshape(rest))
            flow_next = (torch.sigmoid(held) * flow + change,)
        if self.net.pixelwise:
            residue = more_than_noise(residue)
            away = [distance.mean(2).reshape(n, h, w, _P) for distance in distances]
            logits = weighed(logits, away, torch.split(channels_last(self.net.head_pixelwise(merged)), 1, 3))
        of_seen, of_memories = shares_of(logits)
        shares = Shares(of_seen.reshape(one), tuple(share.reshape(one) for share in of_memories))
        change = of_seen.reshape(n, h, w, 1, _P) * residue.reshape(rows)
        mixed = blend(shares, seen, change.reshape(rest), memories)
        learned_next = kept + torch.sigmoid(rate).reshape(one) * (mixed - kept)
        restored_next = _to_codes(mixed).reshape(n, h, w, _PIXELS)
        clean = restored_next.reshape(n, h, w, 3, _S2D, _S2D).permute(0, 1, 4, 2, 5, 3)
        return (
            clean.reshape(frame.shape),
            codes,
            background_next,
            spread_next,
            learned_next.reshape(n, h, w, _PIXELS),
            features_next,
            torch.clamp(age + 1, max=1000),
            *((restored_next, *flow_next) if flow_next else ()),
        )

    def _middle(self, parts: list[Tensor], young: Tensor, features: Tensor) -> tuple[Tensor, Tensor]:
        """What the last layers read, channels first, and the features to remember, channels last."""
        first, *others = (layer(part) for layer, part in zip(self.stem, parts, strict=True))
        merged, features = self.net.middle(
            sum(others, first) + young * self.stem_young, channels_first(features)
        )
        return merged, channels_last(features)


def _conv(weight: Tensor, bias: Tensor | None) -> nn.Conv2d:
    """A convolution with these weights that keeps the size."""
    after, before, size, _ = weight.shape
    made = nn.Conv2d(before, after, size, padding=size // 2, bias=bias is not None)
    made.load_state_dict({"weight": weight} | ({} if bias is None else {"bias": bias}))
    return made


def _units(codes: Tensor) -> Tensor:
    """Code values as the network counts them."""
    return (codes.float() - 128) / 64


def _to_codes(values: Tensor) -> Tensor:
    """And back: uint8, rounded and clipped."""
    return torch.clamp(values * 64 + 128.5, 0.0, 255.5).to(torch.uint8)


def _fresh(age: Tensor) -> Tensor:
    """1 where nothing is remembered, all of memory zero; else 0."""
    return (age < 0.5).float()
