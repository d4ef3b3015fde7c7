"""How well models restore: the tables of the README and of the model cards.

    python benchmarks/quality.py ../shared/data/video/clean/*.avi street

Draws snow of a style that no model trains on over snow-free clips of fixed cameras, 480 pixels wide, and
scores from the 13th frame on, beside the input, the best of the causal medians of 3, 5 and 9 frames and a
running low quantile. `--levels none` shows what happens to a clip without snow. With `--crf` snow
goes through H.264 first, as it does in a camera: what the codec loses no network can bring back. With
`--inputs 34 29 24` flakes are as opaque as brings light, medium and heavy snow to that PSNR in every clip,
and there are more of them where that does not suffice; without, a level is the same snow in all.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from as_script import as_script
from engine_option import add_precision, engine_of

from streamdesnow.bench.machine import describe
from streamdesnow.frame import Image
from streamdesnow.lab.data.open_pairs import SnowChoice, open_pairs
from streamdesnow.lab.data.pairs import Pair, Pairs
from streamdesnow.lab.scenes.compression import compressed
from streamdesnow.lab.scoring.evaluate import Evaluation, evaluate
from streamdesnow.lab.scoring.methods import baselines, best_median, model_methods
from streamdesnow.restore.desnower import Desnower
from streamdesnow.sinks.pixels import grown_to_even


def main() -> None:
    """Score and print."""
    args = _arguments()
    inputs: list[float | None] = args.inputs or [None] * len(args.levels)
    snows = [
        SnowChoice((level,), (args.style,), args.width, args.frames or None, args.seed, psnr)
        for level, psnr in zip(args.levels, inputs, strict=True)
    ]
    # All of them first: what cannot be drawn is said before hours of scoring, not after.
    every = [pairs for source in args.sources for snow in snows for pairs in open_pairs(source, None, snow)]
    done: list[Evaluation] = []
    with Desnower(args.model, engine_of(args)) as desnower:
        for pairs in every:
            methods = baselines(True) | model_methods({"model": desnower.stream}, True)
            shown: Pairs = pairs if args.crf is None else Coded(pairs, args.crf)
            done.append(evaluate(shown, methods))
            print(f"  {pairs.name} done", flush=True)
        print(f"\n{args.model} on {desnower.info}; {describe()}\n")
    print(_table(done))
    if args.json:
        args.json.write_text(json.dumps([e.as_json() for e in done], indent=2) + "\n")


class Coded:
    """Pairs whose snowy frames have gone through H.264, as a camera sends them."""

    video = True

    def __init__(self, pairs: Pairs, crf: int) -> None:
        self.name = f"{pairs.name}, crf {crf}"
        self._pairs, self._crf = pairs, crf

    def __iter__(self) -> Iterator[Pair]:
        pairs = list(self._pairs)
        for pair, snowy in zip(pairs, self._coded(np.stack([pair.snowy for pair in pairs])), strict=True):
            yield replace(pair, snowy=snowy)

    def _coded(self, film: Image) -> Image:
        height, width = film.shape[1:3]
        even = np.stack([grown_to_even(image) for image in film])
        return compressed(even, self._crf, keyframes=25)[:, :height, :width]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sources", nargs="+", help="snow-free clips, or street")
    parser.add_argument("--model", default="fixed-camera")
    add_precision(parser)
    parser.add_argument("--levels", nargs="+", default=["light", "medium", "heavy"])
    parser.add_argument("--inputs", type=float, nargs="+", help="PSNR of the input, dB, one a level")
    parser.add_argument("--style", default="streaks")
    parser.add_argument("--width", type=int, default=480)
    parser.add_argument("--frames", type=int, default=120, help="of each clip at most; 0 for all")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--crf", type=int, help="of the camera's H.264, 0 to 51; default: no codec")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    if args.inputs and len(args.inputs) != len(args.levels):
        parser.error(f"--inputs: {len(args.inputs)} for {len(args.levels)} levels")
    return args


def _table(done: list[Evaluation]) -> str:
    head = (
        "| clip and snow | pixels | input | median | low quantile | model | gain | flicker in | flicker out |"
    )
    lines = [head, "|---|---|---|---|---|---|---|---|---|"]
    for evaluation in done:
        scores = evaluation.scores
        for region in ("psnr", "psnr_still", "psnr_moving"):
            of = {name: float(getattr(score, region)) for name, score in scores.items()}
            before, after, best = of["input"], of["model"], best_median(of)
            flicker = (
                f"{scores[name].flicker:.2f}" if region == "psnr_still" else "" for name in ("input", "model")
            )
            pixels = region.removeprefix("psnr").strip("_") or "all"
            figures = (
                f"{before:.1f} | {best:.1f} | {of['low quantile']:.1f} | {after:.1f} | {after - before:+.1f}"
            )
            lines.append(f"| {evaluation.name} | {pixels} | {figures} | {' | '.join(flicker)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    as_script(main)
