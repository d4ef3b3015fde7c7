"""How well models restore single pictures, without any memory.

    python benchmarks/stills.py ../shared/data/photos/test --every 20

Draws snow over clean photographs and prints the mean PSNR over B, G, R before and after.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from as_script import as_script
from engine_option import add_precision, engine_of

from streamdesnow.bench.machine import describe
from streamdesnow.lab.metrics import psnr
from streamdesnow.restore.desnower import Desnower
from streamdesnow.snowfall.snow import make_snow


def main() -> None:
    """Score and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos", type=Path, help="folder of clean photographs, searched with its subfolders")
    parser.add_argument("--models", nargs="+", default=["paper"])
    add_precision(parser)
    parser.add_argument("--levels", nargs="+", default=["light", "medium", "heavy"])
    parser.add_argument("--styles", nargs="+", default=["particles", "streaks"])
    parser.add_argument("--every", type=int, default=1, help="take one photograph in this many")
    args = parser.parse_args()
    files = sorted(args.photos.rglob("*.jpg"))[:: args.every]
    if not files:
        parser.error(f"{args.photos}: no .jpg there")
    networks = {name: Desnower(name, engine_of(args)) for name in args.models}
    print(f"{len(files)} photographs; {describe()}\n")
    print(f"| snow | input | {' | '.join(networks)} |\n|---|---|{'---|' * len(networks)}")
    for level in args.levels:
        for style in args.styles:
            rows = [_scores(file, number, style, level, networks) for number, file in enumerate(files)]
            figures = " | ".join(f"{value:.2f}" for value in np.mean(rows, axis=0))
            print(f"| {level}, {style} | {figures} |", flush=True)


def _scores(file: Path, seed: int, style: str, level: str, networks: dict[str, Desnower]) -> list[float]:
    truth = np.asarray(cv2.imread(str(file), cv2.IMREAD_COLOR), np.uint8)
    snowy = make_snow(style, level, truth.shape[1], truth.shape[0], seed=seed).next().over(truth)
    return [psnr(snowy, truth), *(psnr(network(snowy), truth) for network in networks.values())]


if __name__ == "__main__":
    as_script(main)
