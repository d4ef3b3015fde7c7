"""Which weights are better? Networks for fixed cameras on scenes that nobody trains on or is judged by.

    python benchmarks/drawn_scenes.py ../shared/data/photos/train fixed-camera out/train/mine/checkpoint.pt
    python benchmarks/drawn_scenes.py PHOTOS before.pt after.pt --shares 0.3 0.5 0.7

Draws scenes as training does, with seeds of their own, and prints decibels gained from the 13th frame on,
over still and moving pixels, by how much snow there is; and the scene whose moving pixels gain least. The
order of networks is worth more than the figures: choose by it, and keep real clips for the verdict. Networks
compute in float32.
"""

from __future__ import annotations

import argparse
import copy
import math
from collections import defaultdict
from pathlib import Path

import numpy as np
from as_script import as_script
from causal_networks import causal_network

from streamdesnow.errors import ConfigError
from streamdesnow.lab.data.photos import Photos
from streamdesnow.lab.metrics import psnr_of, squared_error
from streamdesnow.lab.nets.fixed_camera import FixedCameraNet
from streamdesnow.lab.scenes.cutouts import Cutouts
from streamdesnow.lab.scenes.scene import Scene, draw_scene
from streamdesnow.lab.training.causal import restored_film
from streamdesnow.lab.training.weights import mix_weights

_FIRST = 2 * 10**6  # seed of the first scene; training and validation draw others
_WARM = 12
_FEW = 300  # moving pixels in all; fewer say nothing
_LEVELS = {"heavy": 26.0, "medium": 31.0, "light": 42.0}  # input PSNR below; above there is no snow


class Gains:
    """What one network gained, by place and level."""

    def __init__(self) -> None:
        self.decibels: dict[tuple[str, str], list[float]] = defaultdict(list)
        self.worst = (math.inf, -1)

    def add(self, number: int, scene: Scene, shown: list[np.ndarray]) -> None:
        """The scores of a scene, given what the network made of it."""
        moving = scene.moving[_WARM:]
        errors = [
            np.stack([squared_error(a, b) for a, b in zip(film[_WARM:], scene.truth[_WARM:], strict=True)])
            for film in (list(scene.snowy), shown)
        ]
        level = next((name for name, top in _LEVELS.items() if psnr_of(errors[0].mean()) < top), None)
        if level is None:
            return
        for place, mask in (("still", ~moving), ("moving", moving)):
            if mask.sum() < _FEW:
                continue
            before, after = (float(error[mask].mean()) for error in errors)
            gain = 10 * math.log10((before + 0.05) / (after + 0.05))
            self.decibels[place, level].append(gain)
            if place == "moving":
                self.worst = min(self.worst, (gain, number))

    def row(self) -> list[str]:
        """Still and moving by level, then the worst."""
        means = [
            f"{np.mean(self.decibels[place, level]):.2f}" if self.decibels[place, level] else ""
            for place in ("still", "moving")
            for level in _LEVELS
        ]
        return [*means, f"{self.worst[0]:+.2f} (scene {self.worst[1]})"]


def main() -> None:
    """Score and print."""
    args = _arguments()
    nets = _networks(args.networks, args.shares)
    gains = {name: Gains() for name in nets}
    photos, cutouts = Photos((args.photos,)), Cutouts((args.photos,))
    for number in range(args.scenes):
        rng = np.random.default_rng([_FIRST, number])
        scene = draw_scene(photos, args.side, args.frames, rng, cutouts=cutouts)
        for name, net in nets.items():
            gains[name].add(number, scene, list(restored_film(net, scene.snowy)))
        print(f"\r{number + 1} of {args.scenes} scenes", end="", flush=True)
    decibels = next(iter(gains.values())).decibels
    counts = ", ".join(f"{len(decibels['still', level])} {level}" for level in _LEVELS)
    print(f"\r{args.scenes} scenes: {counts}")
    columns = [f"{place} {level}" for place in ("still", "moving") for level in _LEVELS]
    print(f"| gain in dB | {' | '.join(columns)} | worst moving |\n|---|{'---|' * 7}")
    for name, gained in gains.items():
        print(f"| {name} | {' | '.join(gained.row())} |")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos", type=Path, help="folder of clean photographs")
    parser.add_argument("networks", nargs="+", help="checkpoints, or names of the causal models that ship")
    parser.add_argument(
        "--shares",
        nargs="+",
        type=float,
        default=[],
        help="also mix the first two: shares of the second, 0 to 1",
    )
    parser.add_argument("--scenes", type=int, default=48)
    parser.add_argument("--side", type=int, default=240)
    parser.add_argument("--frames", type=int, default=40)
    args = parser.parse_args()
    if args.shares and len(args.networks) != 2:
        parser.error("--shares needs two networks to mix")
    return args


def _networks(names: list[str], shares: list[float]) -> dict[str, FixedCameraNet]:
    nets = {name: causal_network(name) for name in names}
    if shares:
        first, second = (nets[name] for name in names)
        if [p.shape for p in first.parameters()] != [p.shape for p in second.parameters()]:
            raise ConfigError(f"{names[0]} and {names[1]} are different networks; only likes can be mixed")
        for share in shares:
            nets[f"{share:g} of the second"] = mixed = copy.deepcopy(first)
            mix_weights(mixed, second, share)
    return nets


if __name__ == "__main__":
    as_script(main)
