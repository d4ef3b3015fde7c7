"""Quality and speed beside other ways to clean a clip, in one run, from a file to a recorded file.

    python benchmarks/peers.py                                     # the drawn street
    python benchmarks/peers.py campus.avi --plot peers.png --json peers.json

Snow of a style that no model trains on is drawn over a snow-free clip, which is encoded as a camera does.
Every method decodes it, cleans it and records it as H.264; what was recorded is decoded and scored against
the truth, all methods on the same frames: those that the slowest one reached within `--limit` seconds. Models
are loaded and warmed up before the time starts. One after the other, each alone on the machine. One that made
fewer than 16 frames has a speed but no score.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from as_script import as_script
from peer_methods import FPS, Missing, Peer, Spent, peers
from plain_json import plain

from streamdesnow.bench.machine import describe
from streamdesnow.bench.roofline import pyplot
from streamdesnow.capture.av_reader import AvReader
from streamdesnow.frame import Image
from streamdesnow.lab.data.open_pairs import SnowChoice, open_pairs
from streamdesnow.lab.data.pairs import Pair
from streamdesnow.lab.scoring.clip_score import ClipScore, Scorer
from streamdesnow.models.find import model_paths
from streamdesnow.sinks.video_writer import VideoWriter

_SKIP, _SCORED = 12, 4
"""Frames in which memories fill, and the fewest that are worth a score."""


@dataclass(frozen=True, slots=True)
class Row:
    """One method."""

    name: str
    what: str
    frames: int
    fps: float
    score: ClipScore


def main() -> None:
    """Clean, score, print."""
    args = _arguments()
    if args.plot:
        pyplot()
    snow = SnowChoice((args.level,), (args.style,), args.width, args.frames, args.seed)
    print(f"{describe()}\n", flush=True)
    found: dict[str, list[Row]] = {}
    for source in args.sources:
        pairs = next(open_pairs(source, None, snow))
        with tempfile.TemporaryDirectory(prefix="streamdesnow-peers-") as folder:
            found[pairs.name] = _compared(list(pairs), _chosen(args), Path(folder), args.limit)
        print(f"\n{pairs.name}, {args.width} pixels wide\n\n{_table(found[pairs.name])}", flush=True)
    if args.json:
        clips = {name: [asdict(row) for row in rows] for name, rows in found.items()}
        content = {"machine": describe(), "clips": clips}
        args.json.write_text(json.dumps(plain(content), indent=2) + "\n")
    if args.plot:
        _draw(found, args.plot)


def _chosen(args: argparse.Namespace) -> list[Peer]:
    every = list(peers(args.models))
    return [peer for peer in every if not args.only or any(word in peer.name for word in args.only)]


def _compared(pairs: list[Pair], methods: list[Peer], folder: Path, limit: float) -> list[Row]:
    source = _recorded([pair.snowy for pair in pairs], folder / "snowy.mp4")
    done: list[tuple[Peer, Spent, list[Image]]] = []
    for peer in methods:
        target = folder / f"{len(done)}.mp4"
        try:
            spent = peer.run(source, target, limit)
        except Missing as error:
            print(f"{peer.name}: left out, its package is missing: {error}", flush=True)
            continue
        done.append((peer, spent, _frames(target)))
        print(f"{peer.name}: {spent.frames} frames in {spent.seconds:.1f} s", flush=True)
    reached = [len(images) + spent.late for _, spent, images in done]
    truth = _recorded([pair.truth for pair in pairs], folder / "truth.mp4")
    last = min((frames for frames in reached if frames >= _SKIP + _SCORED), default=0)
    rows = []
    for (peer, spent, images), frames in zip(done, reached, strict=True):
        score = _score(pairs, spent, images, last if frames >= last else 0)
        rows.append(Row(peer.name, peer.what, spent.frames, spent.frames / spent.seconds, score))
    best = _score(pairs, Spent(len(pairs), 0.0), _frames(truth), last)
    return [*rows, Row("the truth, recorded", "the most that H.264 leaves", len(pairs), math.nan, best)]


def _recorded(images: list[Image], path: Path) -> Path:
    with VideoWriter(path) as writer:
        for number, image in enumerate(images):
            writer.write(image, number, Fraction(1, FPS))
    return path


def _frames(path: Path) -> list[Image]:
    with AvReader.for_file(path) as reader:
        return [frame.image for frame in reader]


def _score(pairs: list[Pair], spent: Spent, images: list[Image], last: int) -> ClipScore:
    scorer = Scorer()
    for number in range(_SKIP, last):
        pair = pairs[number]
        scorer.add(pair.snowy, pair.truth, images[number - spent.late], pair.moving)
    return scorer.score()


def _table(rows: list[Row]) -> str:
    scored = f"PSNR, frames {_SKIP + 1} to {_SKIP + max(row.score.frames for row in rows)}"
    lines = [f"| method | what runs | fps | {scored} | still | moving |", "|---|---|---|---|---|---|"]
    for row in rows:
        quality = f"{row.score.psnr:.1f} | {row.score.psnr_still:.1f} | {row.score.psnr_moving:.1f}"
        lines.append(f"| {row.name} | {row.what} | {_figure(row.fps)} | {quality} |")
    return "\n".join(lines)


def _figure(fps: float) -> str:
    return "" if math.isnan(fps) else f"{fps:.2f}"


def _draw(found: dict[str, list[Row]], path: Path) -> None:
    """One picture below the other, a clip each."""
    plt = pyplot()
    figure, every = plt.subplots(
        len(found), 1, figsize=(9, 6 * len(found)), layout="constrained", squeeze=False
    )
    for axes, (name, rows) in zip(every[:, 0], found.items(), strict=True):
        axes.set_title(name)
        _draw_clip(rows, axes)
    figure.supxlabel(describe()[:300], fontsize=6, wrap=True)
    figure.savefig(path, dpi=120, format="png")


def _draw_clip(rows: list[Row], axes: Any) -> None:
    axes.axhline(rows[-1].score.psnr, linestyle=":", color="grey")
    for row in rows[:-1]:
        (point,) = axes.plot(row.fps, row.score.psnr, "o")
        moving = row.score.psnr_moving
        axes.plot(row.fps, moving, "x", color=point.get_color())
        axes.annotate(
            row.name, (row.fps, row.score.psnr), xytext=(6, 4), textcoords="offset points", fontsize=8
        )
    axes.set(
        xscale="log", xlabel="frames per second, file to recorded file", ylabel="PSNR (dB): o all, x moving"
    )
    axes.grid(True, which="both", alpha=0.2)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sources", nargs="*", default=["street"], help="snow-free clips, or street")
    parser.add_argument("--models", nargs="+", default=sorted(model_paths()))
    parser.add_argument("--only", nargs="+", help="methods whose names hold one of these words")
    parser.add_argument("--frames", type=int, default=36)
    parser.add_argument("--width", type=int, default=640)
    parser.add_argument("--level", default="heavy")
    parser.add_argument("--style", default="streaks", help="no model trains on streaks")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--limit", type=float, default=45.0, help="seconds after which a slow method may end")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    as_script(main)
