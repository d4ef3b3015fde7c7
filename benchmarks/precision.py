"""What a model loses in lower precisions on this machine's CPU: PSNR against the truth beside float32's.

    python benchmarks/precision.py street my-clip.avi --precisions bf16 int8 --frames 60
    python benchmarks/precision.py street --levels heavy --frames 1012 --block 100    # do errors build up?

Draws snow of a style that no model is trained or calibrated on, 480 pixels wide, and scores from the 13th
frame on. The last line is the most that any line lost; more than 0.3 dB ends with exit status 1. Levels
`none`, where output and input are all but equal, are shown and not judged.
"""

from __future__ import annotations

import argparse
import sys

from as_script import as_script

from streamdesnow.bench.machine import describe
from streamdesnow.lab.data.open_pairs import SnowChoice, open_pairs
from streamdesnow.lab.shipping.precision_loss import PrecisionLoss, score_precisions
from streamdesnow.models import find_model

_MOST = 0.3


def main() -> None:
    """Score, print, judge."""
    args = _arguments()
    model = find_model(args.model)
    snow = SnowChoice(tuple(args.levels), (args.style,), args.width, args.frames, args.seed)
    print(f"{model.name}, SHA-256 {model.digest[:12]}; {describe()}\n")
    print(
        "| clip and snow | pixels | precision | input | fp32 | PSNR | lost |\n|---|---|---|---|---|---|---|"
    )
    judged: list[PrecisionLoss] = []
    for source in args.sources:
        for pairs in open_pairs(source, None, snow):
            for loss in score_precisions(model, args.precisions, pairs, block=args.block):
                figures = f"{loss.before:.2f} | {loss.reference:.2f} | {loss.after:.2f} | {loss.lost:+.2f}"
                print(f"| {loss.clip} | {loss.region} | {loss.precision} | {figures} |", flush=True)
                if " none " not in loss.clip:
                    judged.append(loss)
    most = {name: max((x.lost for x in judged if x.precision == name), default=0) for name in args.precisions}
    print("\nmost lost, dB: " + ", ".join(f"{name} {lost:+.2f}" for name, lost in most.items()))
    sys.exit(any(lost > _MOST for lost in most.values()))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sources", nargs="+", help="snow-free clips, or street")
    parser.add_argument("--model", default="fixed-camera", help="name or folder")
    parser.add_argument("--precisions", nargs="+", default=["bf16", "int8"])
    parser.add_argument("--levels", nargs="+", default=["light", "medium", "heavy"])
    parser.add_argument("--style", default="streaks")
    parser.add_argument("--width", type=int, default=480)
    parser.add_argument("--frames", type=int, default=60, help="of each clip at most")
    parser.add_argument("--block", type=int, help="score every so many frames apart")
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


if __name__ == "__main__":
    as_script(main)
