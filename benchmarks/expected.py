"""How near to the truth is each picture that a network chooses from, where things move?

    python benchmarks/expected.py street --networks fixed-camera fixed-camera-small

Draws snow of a style that no model trains on, and prints PSNR in dB over moving pixels from the 13th frame
on: of the frame as it is seen, of the same with the network's residue, of the network's last frame as it was,
of that moved to where the network expects everything now, and of what it makes of these and its memories.
Networks compute in float32.
"""

from __future__ import annotations

import argparse

import numpy as np
import torch
from as_script import as_script
from causal_networks import causal_network
from numpy.typing import NDArray
from torch import Tensor

from streamdesnow.bench.machine import describe
from streamdesnow.frame import Image
from streamdesnow.lab.data.open_pairs import SnowChoice, open_pairs
from streamdesnow.lab.data.pairs import Pairs
from streamdesnow.lab.metrics import psnr_of, squared_error
from streamdesnow.lab.nets.fixed_camera import FixedCameraNet
from streamdesnow.lab.nets.places import to_frame
from streamdesnow.lab.training.codes import from_image, to_image

_WARM = 12
_COLUMNS = ("seen", "seen and residue", "last, as it was", "expected", "restored")


def main() -> None:
    """Score and print."""
    args = _arguments()
    snow = SnowChoice(tuple(args.levels), (args.style,), args.width, args.frames, args.seed)
    print(f"{describe()}\n\n| network | clip and snow | {' | '.join(_COLUMNS)} |")
    print(f"|---|---|{'---|' * len(_COLUMNS)}")
    for name in args.networks:
        net = causal_network(name)
        for source in args.sources:
            for pairs in open_pairs(source, None, snow):
                decibels = " | ".join(f"{psnr_of(error):.2f}" for error in _errors(net, pairs))
                print(f"| {name} | {pairs.name} | {decibels} |", flush=True)


@torch.no_grad()
def _errors(net: FixedCameraNet, pairs: Pairs) -> NDArray[np.float64]:
    """Mean squared errors over moving pixels, in the order of the columns."""
    memory, sums, count = None, np.zeros(len(_COLUMNS)), 0
    shown: Image | None = None
    for number, pair in enumerate(pairs):
        assert pair.moving is not None
        height, width = (side // net.side_multiple * net.side_multiple for side in pair.truth.shape[:2])
        whole = np.s_[:height, :width]  # as much as a network takes
        snowy, truth, moving = pair.snowy[whole], pair.truth[whole], pair.moving[whole]
        memory = net.zero_memory(1, height, width) if memory is None else memory
        proposal = net.propose(from_image(snowy), memory)
        restored, memory = net.settle(proposal)
        last, shown = shown, to_image(restored)
        repaired, expected = proposal.repaired, proposal.memories[-1]
        if number >= _WARM and last is not None:
            pictures = (snowy, _to_image(repaired), last, _to_image(expected), shown)
            for column, image in enumerate(pictures):
                sums[column] += squared_error(image, truth)[moving].sum()
            count += int(moving.sum())
    return sums / max(count, 1)


def _to_image(pixels: Tensor) -> Image:
    return to_image(to_frame(pixels))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sources", nargs="+", help="snow-free clips, or street")
    parser.add_argument("--networks", nargs="+", default=["fixed-camera", "fixed-camera-small"])
    parser.add_argument("--levels", nargs="+", default=["heavy", "medium", "light"])
    parser.add_argument("--style", default="streaks")
    parser.add_argument("--width", type=int, default=480)
    parser.add_argument("--frames", type=int, default=36, help="of each clip at most")
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


if __name__ == "__main__":
    as_script(main)
