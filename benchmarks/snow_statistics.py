"""How drawn snow compares with real snow, and how much real snow a model takes away.

    python benchmarks/snow_statistics.py ../shared/data/video/snow/*.mp4 --model fixed-camera

Every style and level of drawn snow is laid over the backdrop of the real clip (its low quantile over time)
and measured as the real clip is: coverage of dark pixels, sizes of blobs, how long pixels stay covered,
distance from the median over time. With `--model` also the share of covered pixels that come clean; how that
is told without a truth is written at `cleaned_share` in streamdesnow/lab/scoring/snow_statistics.py. Writes
a report (Markdown) and a picture (PNG) to a folder that is not for publishing: the clip's terms decide.
"""

from __future__ import annotations

import argparse
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from as_script import as_script
from engine_option import add_precision, engine_of

from streamdesnow.bench.machine import describe
from streamdesnow.capture.av_reader import AvReader
from streamdesnow.frame import Image
from streamdesnow.lab.scoring.snow_statistics import SnowStatistics, cleaned_share, statistics_of
from streamdesnow.restore.desnower import Desnower
from streamdesnow.snowfall.snow import STYLES, make_snow

_HEAD = (
    "| snow | coverage % | blobs < 10 px % | 10-29 | 30-99 | from 100 | brighter by | frames covered | "
    "covered once % | dB from median |\n|---|---|---|---|---|---|---|---|---|---|"
)


def main() -> None:
    """Measure and print."""
    args = _arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    frames, fps = _frames(args.clip, args.width, args.frames)
    height, width = frames[0].shape[:2]
    title = (
        f"# Snow in {args.clip.name}, {width}x{height}, {len(frames)} frames at {fps:.0f}/s, and drawn snow"
    )
    lines = [title, "", _HEAD, _row("real", statistics_of(frames))]
    print("\n".join(lines), flush=True)
    tiles = [("real", frames[-1])]
    empty = np.percentile(np.stack(frames), 25, axis=0).astype(np.uint8)
    for style in args.styles:
        for level in args.levels:
            snow = make_snow(style, level, width, height, fps, seed=7)
            drawn = [snow.next().over(empty) for _ in range(args.drawn)]
            lines.append(_row(f"{style}, {level}", statistics_of(drawn)))
            print(lines[-1], flush=True)
        tiles.append((f"{style} {level}", drawn[-1]))
    for model in args.model:
        with Desnower(model, engine_of(args)) as desnower:
            stream = desnower.stream("statistics")
            outputs = [stream(frame) for frame in frames]
        whole, dark = cleaned_share(frames, outputs)
        lines += [
            "",
            f"{model}: of the pixels that flakes cover, {100 * whole:.1f} % came clean "
            f"(of dark ones {100 * dark:.1f} %), from the 13th frame on.",
        ]
        print("\n".join(lines[-2:]), flush=True)
        tiles.append((Path(model).name, outputs[-1]))
    lines += ["", describe()]
    (args.out / "report.md").write_text("\n".join(lines) + "\n")
    cv2.imwrite(str(args.out / "report.png"), _sheet(tiles))
    print(f"\n{args.out}/report.md, report.png")


def _row(name: str, found: SnowStatistics) -> str:
    blobs = " | ".join(f"{100 * share:.0f}" for share in found.blobs)
    return (
        f"| {name} | {100 * found.coverage:.1f} | {blobs} | {found.brightness:.0f} | {found.lifetime:.2f} | "
        f"{100 * found.brief:.0f} | {found.distance:.1f} |"
    )


def _frames(clip: Path, width: int, count: int) -> tuple[list[Image], float]:
    with AvReader.for_file(clip) as reader:
        fps = float(reader.info.fps or 25)
        frames = [_scaled(frame.image, width) for frame in islice(reader, count)]
    return frames, fps


def _scaled(image: Image, width: int) -> Image:
    height = round(image.shape[0] * width / image.shape[1] / 2) * 2
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _sheet(tiles: list[tuple[str, Image]]) -> Image:
    """Two in a row, with their names."""
    named = []
    for name, image in tiles:
        tile = image.copy()
        cv2.putText(tile, name, (8, 22), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (0, 255, 255), 2, cv2.LINE_AA)
        named.append(tile)
    if len(named) % 2:
        named.append(np.zeros_like(named[0]))
    return np.vstack([np.hstack(named[n : n + 2]) for n in range(0, len(named), 2)])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("clip", type=Path, help="real snow in front of a fixed camera")
    parser.add_argument("--model", nargs="*", default=[], help="models whose cleaning is measured on it")
    add_precision(parser)
    parser.add_argument("--styles", nargs="+", default=list(STYLES))
    parser.add_argument("--levels", nargs="+", default=["light", "medium", "heavy"])
    parser.add_argument("--width", type=int, default=640)
    parser.add_argument("--frames", type=int, default=150, help="of the clip at most")
    parser.add_argument("--drawn", type=int, default=40, help="frames of drawn snow of each kind")
    parser.add_argument("--out", type=Path, default=Path("out/snow-statistics"))
    return parser.parse_args()


if __name__ == "__main__":
    as_script(main)
