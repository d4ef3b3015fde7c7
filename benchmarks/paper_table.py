"""Table 1 of Wan & Lee: snowy input, Zheng et al. 2013, DeblurGAN and the proposed network.

    python benchmarks/paper_table.py --snow100k Snow100K --deblurgan models/deblurgan
    python benchmarks/paper_table.py --photos ../shared/data/photos/test --every 10

With `--snow100k` on the real test pictures. Without, on a stand-in: photographs under drawn snow whose
density and opacity are searched for until the *input row* is the paper's (22.18 dB, SSIM 0.8254), in three
subsets of flake sizes; the title says so. PSNR over B, G, R and SSIM of Y, mean of pictures.
Writes a table (Markdown), every picture's scores (JSON) and contact sheets (PNG).
"""

from __future__ import annotations

import argparse
import json
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np
from as_script import as_script

from streamdesnow.bench.machine import describe
from streamdesnow.lab.data.datasets import Dataset
from streamdesnow.lab.data.pairs import Pairs
from streamdesnow.lab.data.photos import find_photos
from streamdesnow.lab.data.stand_in import SUBSETS, StandIn, calibrate
from streamdesnow.lab.data.still_pairs import StillPairs
from streamdesnow.lab.scoring.checkpoint_method import checkpoint_method
from streamdesnow.lab.scoring.clip_score import PictureScore
from streamdesnow.lab.scoring.contact_sheet import contact_sheet
from streamdesnow.lab.scoring.evaluate import Evaluation, evaluate
from streamdesnow.lab.scoring.methods import STILL_BASELINES, Method, baselines, model_methods
from streamdesnow.restore.desnower import Desnower

PUBLISHED = {
    "input": (22.1793, 0.8254),
    "zheng2013": (22.3247, 0.7532),
    "deblurgan": (23.3019, 0.8273),
    "proposed": (24.7814, 0.8549),
}
GAIN = (2.60, 0.0295)


def main() -> None:
    """Score and print."""
    args = _arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    title, sets = _sets(args)
    print(f"# {title}\n", flush=True)
    done: list[Evaluation] = []
    with ExitStack() as stack:
        methods = _methods(args, stack)
        for pairs in sets:
            done.append(evaluate(pairs, methods))
            cv2.imwrite(str(args.out / f"{pairs.name}.png"), contact_sheet(done[-1]))
            print(f"{pairs.name} done", flush=True)
    text = f"# {title}\n\n{table(done)}\n\n{verdict(done)}\n\n{_small_print(args)}\n"
    (args.out / "paper-table.md").write_text(text)
    scores = {"title": title, "subsets": [evaluation.as_json() for evaluation in done]}
    (args.out / "paper-table.json").write_text(json.dumps(scores, indent=2) + "\n")
    print(f"\n{text}\n{args.out}/paper-table.md, paper-table.json and a contact sheet for each subset")


def table(done: list[Evaluation]) -> str:
    """A row a system: the paper's figures, each subset, all pictures together."""
    head = ["system", "paper", *(evaluation.name for evaluation in done), "all"]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for name in done[0].scores:
        paper = "{:.2f} / {:.4f}".format(*PUBLISHED[name]) if name in PUBLISHED else "-"
        cells = [f"{e.scores[name].psnr_frames:.2f} / {e.scores[name].ssim:.4f}" for e in done]
        lines.append(
            f"| {name} | {paper} | {' | '.join(cells)} | {'{:.2f} / {:.4f}'.format(*_all(done, name))} |"
        )
    return "\n".join(lines)


def verdict(done: list[Evaluation]) -> str:
    """Whether the published gain and the published order of rows came out."""
    names = [name for name in PUBLISHED if name in done[0].scores]
    missing = [name for name in PUBLISHED if name not in names]
    scores = {name: _all(done, name) for name in names}
    lines = []
    if "proposed" in scores:
        gain = [scores["proposed"][n] - scores["input"][n] for n in (0, 1)]
        reached = [gain[n] >= GAIN[n] for n in (0, 1)]
        lines.append(
            f"proposed gains {gain[0]:+.2f} dB (published {GAIN[0]:+.2f}: {_yes(reached[0])}) and "
            f"{gain[1]:+.4f} SSIM (published {GAIN[1]:+.4f}: {_yes(reached[1])}) over the input"
        )
    for n, metric in enumerate(("PSNR", "SSIM")):
        ours, theirs = (
            " < ".join(sorted(names, key=lambda name: figures[name][n])) for figures in (scores, PUBLISHED)
        )
        lines.append(
            f"order by {metric}: {ours} ({'as published' if ours == theirs else f'published: {theirs}'})"
        )
    if missing:
        lines.append(f"left out: {', '.join(missing)}; give a trained one with --deblurgan")
    return "\n".join(f"- {line}" for line in lines)


def _all(done: list[Evaluation], name: str) -> tuple[float, float]:
    """Mean PSNR and SSIM of all pictures."""
    each: list[PictureScore] = [p.scores[name] for evaluation in done for p in evaluation.pictures]
    return float(np.mean([score.psnr for score in each])), float(np.mean([score.ssim for score in each]))


def _yes(reached: bool) -> str:
    return "reached" if reached else "not reached"


def _sets(args: argparse.Namespace) -> tuple[str, list[Pairs]]:
    if args.snow100k:
        parts = Dataset(args.snow100k).chosen("test")
        return f"Table 1 on {args.snow100k.name}", [
            StillPairs(part.snowy, part.truth, args.limit, part.name) for part in parts
        ]
    photos = find_photos(args.photos)[:: args.every][: args.limit]
    if not photos:
        raise SystemExit(f"{args.photos}: holds no pictures")
    snow = calibrate(photos, PUBLISHED["input"], args.style, sample=args.calibrate)
    print(f"calibrated: {json.dumps(asdict(snow))}", flush=True)
    title = (
        f"Table 1 on a stand-in for Snow100K, not the published pictures: {len(photos)} photographs, drawn "
        f"snow ({snow.style}, coverage {snow.coverage:.2f}, opacity {snow.opacity:.2f}) calibrated on the "
        "input row"
    )
    return title, [StandIn(photos, subset, snow) for subset in SUBSETS]


def _methods(args: argparse.Namespace, stack: ExitStack) -> dict[str, Method]:
    methods = baselines(False) | dict(STILL_BASELINES)
    models = ([("deblurgan", args.deblurgan)] if args.deblurgan else []) + [("proposed", args.proposed)]
    for name, where in [*models, *((Path(extra).name, extra) for extra in args.models)]:
        if str(where).endswith(".pt"):
            methods[name] = checkpoint_method(Path(where))
        else:
            methods |= model_methods({name: stack.enter_context(Desnower(where)).stream}, False)
    if not args.deblurgan:
        print("DeblurGAN: no trained model given (--deblurgan); its row is left out", flush=True)
    return methods


def _small_print(args: argparse.Namespace) -> str:
    models = ", ".join(str(m) for m in (args.deblurgan, args.proposed, *args.models) if m)
    return f"Models: {models}. {describe()}."


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--snow100k", type=Path, help="folder of the real data set")
    parser.add_argument("--photos", type=Path, default=Path("../shared/data/photos/test"))
    parser.add_argument("--every", type=int, default=1, help="take one photograph in this many")
    parser.add_argument("--limit", type=int, help="at most so many pictures of each subset")
    parser.add_argument(
        "--calibrate", type=int, default=24, help="photographs to search the snow's opacity on"
    )
    parser.add_argument("--style", default="sprites", help="how the stand-in's snow is drawn")
    parser.add_argument("--proposed", default="paper", help="model folder, name or checkpoint.pt")
    parser.add_argument("--deblurgan", help="model folder or checkpoint.pt of recipe deblurgan")
    parser.add_argument("--models", nargs="*", default=[], help="further models, a row each")
    parser.add_argument("--out", type=Path, default=Path("out/paper-table"))
    return parser.parse_args()


if __name__ == "__main__":
    as_script(main)
