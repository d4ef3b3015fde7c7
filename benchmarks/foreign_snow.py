"""How well models restore snow that is drawn in quite other ways than their training snow.

    python benchmarks/foreign_snow.py street --model fixed-camera --pictures out/foreign

Plain discs, salt, ellipses, a veil, streaks that add light; and grey flakes before a clip that is made as
bright as a sky, which darken what they cover. Scored from the 13th frame on, PSNR in dB before -> after;
"median" is the best of the causal medians of 3, 5 and 9 frames.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import cv2
import numpy as np
from as_script import as_script
from engine_option import add_precision, engine_of
from foreign_flakes import AGAINST_LIGHT, FOREIGN, Drawer

from streamdesnow.bench.machine import describe
from streamdesnow.frame import Image
from streamdesnow.lab.data.open_pairs import SnowChoice, open_pairs
from streamdesnow.lab.data.pairs import Pair, Pairs
from streamdesnow.lab.scoring.contact_sheet import contact_sheet
from streamdesnow.lab.scoring.evaluate import Evaluation, evaluate
from streamdesnow.lab.scoring.methods import baselines, best_median, model_methods
from streamdesnow.restore.desnower import Desnower


class ForeignSnow:
    """Snow-free pairs with a drawer's flakes laid over them, before a clip as bright as a sky if asked."""

    video = True

    def __init__(self, clip: Pairs, kind: str, drawer: Drawer, *, bright: bool, seed: int) -> None:
        self.name = f"{clip.name.split()[0]}, {kind}"
        self._clip, self._drawer, self._bright, self._seed = clip, drawer, bright, seed

    def __iter__(self) -> Iterator[Pair]:
        snow = None
        for pair in self._clip:
            truth = _as_bright_as_a_sky(pair.truth) if self._bright else pair.truth
            if snow is None:
                snow = self._drawer(truth.shape[1], truth.shape[0], np.random.default_rng(self._seed))
            yield replace(pair, truth=truth, snowy=next(snow)(truth))


def main() -> None:
    """Score and print."""
    args = _arguments()
    kinds = [(kind, drawer, False) for kind, drawer in FOREIGN.items()]
    kinds += [(kind, drawer, True) for kind, drawer in AGAINST_LIGHT.items()]
    snow_free = SnowChoice(("none",), ("particles",), args.width, args.frames, args.seed)
    with Desnower(args.model, engine_of(args)) as desnower:
        print(f"{args.model} on {desnower.info}; {describe()}\n")
        print("| clip and snow | all pixels | median | still pixels | median | moving pixels | median |")
        print("|---|---|---|---|---|---|---|")
        for source, (kind, drawer, bright) in product(args.sources, kinds):
            for clip in open_pairs(source, None, snow_free):
                pairs = ForeignSnow(clip, kind, drawer, bright=bright, seed=args.seed)
                methods = baselines(True) | model_methods({"model": desnower.stream}, True)
                evaluation = evaluate(pairs, methods)
                print(_row(evaluation), flush=True)
                if args.pictures:
                    args.pictures.mkdir(parents=True, exist_ok=True)
                    file = args.pictures / f"{pairs.name.replace(', ', '-').replace(' ', '-')}.png"
                    cv2.imwrite(str(file), contact_sheet(evaluation))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sources", nargs="+", help="snow-free clips, or street")
    parser.add_argument("--model", default="fixed-camera")
    add_precision(parser)
    parser.add_argument("--width", type=int, default=480)
    parser.add_argument("--frames", type=int, default=50, help="of each clip at most")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--pictures", type=Path, help="folder for a picture of each kind, every method in it")
    return parser.parse_args()


def _as_bright_as_a_sky(image: Image) -> Image:
    """Code values between 150 and 239, a third of the contrast left."""
    return (150 + 0.35 * image.astype(np.float32) + 0.5).astype(np.uint8)


def _row(evaluation: Evaluation) -> str:
    cells = [evaluation.name]
    for region in ("psnr", "psnr_still", "psnr_moving"):
        of = {name: float(getattr(score, region)) for name, score in evaluation.scores.items()}
        cells.append(f"{of['input']:.1f} -> {of['model']:.1f}")
        cells.append(f"{best_median(of):.1f}")
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    as_script(main)
