"""How well models restore: the tables of the README and of the model cards.

    python benchmarks/quality.py ../shared/data/video/clean/*.avi street

Draws snow of a style that no model trains on over snow-free clips of fixed cameras, 480 pixels wide, and
scores from the 13th frame on, beside the input and the best of the causal medians of 3, 5 and 9 frames.
`--levels none` shows what happens to a clip without snow.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from streamdesnow.bench.machine import describe
from streamdesnow.lab.data.open_pairs import SnowChoice, open_pairs
from streamdesnow.lab.scoring.evaluate import Evaluation, evaluate
from streamdesnow.lab.scoring.methods import baselines, best_median, model_methods
from streamdesnow.restore.desnower import Desnower


def main() -> None:
    """Score and print."""
    args = _arguments()
    snow = SnowChoice(tuple(args.levels), (args.style,), args.width, args.frames or None, args.seed)
    done: list[Evaluation] = []
    with Desnower(args.model) as desnower:
        for source in args.sources:
            for pairs in open_pairs(source, None, snow):
                methods = baselines(True) | model_methods({"model": desnower.stream}, True)
                done.append(evaluate(pairs, methods))
                print(f"  {pairs.name} done", flush=True)
        print(f"\n{args.model} on {desnower.info}; {describe()}\n")
    print(_table(done))
    if args.json:
        args.json.write_text(json.dumps([e.as_json() for e in done], indent=2) + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sources", nargs="+", help="snow-free clips, or street")
    parser.add_argument("--model", default="fixed-camera")
    parser.add_argument("--levels", nargs="+", default=["light", "medium", "heavy"])
    parser.add_argument("--style", default="streaks")
    parser.add_argument("--width", type=int, default=480)
    parser.add_argument("--frames", type=int, default=120, help="of each clip at most; 0 for all")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _table(done: list[Evaluation]) -> str:
    head = "| clip and snow | pixels | input | best median | model | gain | flicker in | flicker out |"
    lines = [head, "|---|---|---|---|---|---|---|---|"]
    for evaluation in done:
        scores = evaluation.scores
        for region in ("psnr", "psnr_still", "psnr_moving"):
            of = {name: float(getattr(score, region)) for name, score in scores.items()}
            before, after, best = of["input"], of["model"], best_median(of)
            flicker = (
                f"{scores[name].flicker:.2f}" if region == "psnr_still" else "" for name in ("input", "model")
            )
            pixels = region.removeprefix("psnr").strip("_") or "all"
            figures = f"{before:.1f} | {best:.1f} | {after:.1f} | {after - before:+.1f}"
            lines.append(f"| {evaluation.name} | {pixels} | {figures} | {' | '.join(flicker)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
