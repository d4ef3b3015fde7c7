"""The snow gate: what it takes for snow, how soon, what it saves, and what the first cleaned frames are like.

    python benchmarks/snow_gate.py ../shared/data/video/clean/* --snowy ../shared/data/video/snow/*

Clips without snow must measure nothing. Over the same clips and the simulated street, snow of a style that
no threshold was chosen on begins to fall after three seconds. CPU time is that of this process, decoding (for
the street: drawing) left out.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from as_script import as_script

from streamdesnow.bench.machine import describe
from streamdesnow.capture.av_reader import AvReader
from streamdesnow.config.camera import SimulatedConfig
from streamdesnow.config.gate import SnowfallConfig
from streamdesnow.frame import Image
from streamdesnow.restore.desnower import Desnower
from streamdesnow.restore.gate import SnowGate
from streamdesnow.snowfall.film import SimulatedFilm
from streamdesnow.snowfall.snow import make_snow

_LEVELS = ("light", "medium", "heavy")
_STYLE: Final = "streaks"
_CALM = 3.0
_FIRST = 12

Clip = Callable[[], Iterable[Image]]


def main() -> None:
    """Measure and print."""
    args = _arguments()
    print(describe())
    clips: list[tuple[str, float, Clip]] = []
    if not args.no_street:
        clips.append(("street 640x360", 25.0, lambda: _street(args.frames)))
    clips += [_of_file(path, args.frames) for path in args.clips]
    if args.part in ("gate", "both"):
        _gate(clips, args)
    if args.part in ("network", "both"):
        _network(args.model, clips, args.frames)


def _gate(clips: list[tuple[str, float, Clip]], args: argparse.Namespace) -> None:
    print("\n| without snow | frames | highest figure | frames cleaned |\n|---|---|---|---|")
    for name, fps, clip in clips:
        print(_calm_row(name, fps, clip), flush=True)
    for path in args.snowy:
        name, fps, clip = _of_file(path, args.frames)
        print(f"\nReal snow, {name}: {_noticed(_watch(clip(), fps), fps)}", flush=True)
    print("\n| snow begins | level | noticed after | then |\n|---|---|---|---|")
    for name, fps, clip in clips:
        for level in _LEVELS:
            calm = round(_CALM * fps)
            steps = _watch(_snow_from(clip(), calm, level, fps), fps)[calm:]
            print(f"| {name} | {level} | {_noticed(steps, fps, ' | ')} |", flush=True)


def _network(model: str, clips: list[tuple[str, float, Clip]], frames: int) -> None:
    print("\n| without snow | CPU ms a frame, always | snowing | times less | output equals input |")
    print("|---|---|---|---|---|")
    with Desnower(model) as desnower:
        for name, _, clip in clips:
            always, _ = _cpu(desnower, clip, "always")
            resting, same = _cpu(desnower, clip, "snowing")
            times = always / resting
            print(f"| {name} | {always:.1f} | {resting:.1f} | {times:.1f} | {same} |", flush=True)
        print(f"\nThe first {_FIRST} frames of heavy snow, PSNR in dB (network: {desnower.info}):")
        _first_frames(desnower, min(frames, 60))


def _calm_row(name: str, fps: float, clip: Clip) -> str:
    steps = _watch(clip(), fps)
    cleaned = sum(falling for _, falling in steps)
    return f"| {name} | {len(steps)} | {max(figure for figure, _ in steps):.2f} | {cleaned} |"


def _watch(frames: Iterable[Image], fps: float) -> list[tuple[float, bool]]:
    """Of each frame the figure, and whether that was snowfall."""
    gate = SnowGate(SnowfallConfig())
    steps = []
    for number, image in enumerate(frames):
        gate.step(image, number / fps)
        steps.append((gate.now.percent, gate.now.falling))
    return steps


def _noticed(steps: list[tuple[float, bool]], fps: float, between: str = ", ") -> str:
    delay = next((number for number, (_, falling) in enumerate(steps) if falling), None)
    if delay is None:
        return f"not at all{between}figure {max(figure for figure, _ in steps):.2f} at most"
    rest = steps[delay:]
    share = sum(falling for _, falling in rest) / len(rest)
    median = float(np.median([figure for figure, _ in rest]))
    after = f"{delay} frames ({delay / fps:.2f} s)"
    return f"{after}{between}{100 * share:.0f} % of frames, median figure {median:.1f}"


def _cpu(desnower: Desnower, clip: Clip, when: str) -> tuple[float, bool]:
    stream = desnower.stream("bench", "always" if when == "always" else "snowing")
    images = list(clip())
    # The first call for a frame size prepares the network.
    desnower(images[0])
    began = time.process_time()
    results = [stream(image) for image in images]
    spent = time.process_time() - began
    same = all(np.array_equal(result, image) for result, image in zip(results, images, strict=True))
    return 1000 * spent / len(images), same


def _first_frames(desnower: Desnower, calm: int) -> None:
    config = SimulatedConfig(size=(640, 360), style=_STYLE, snow="heavy")
    film = SimulatedFilm(config)
    warm, known = desnower.stream("warm", "snowing"), desnower.stream("known", "always")
    for number in range(calm):
        warm(film.truth(number))
        known(film.truth(number))
    cold = desnower.stream("cold", "always")
    for name, stream in (("always on", known), ("gate, warm", warm), ("memory empty", cold)):
        scores = [
            cv2.PSNR(stream(film.snowy(number)), film.truth(number)) for number in range(calm, calm + _FIRST)
        ]
        print(f"  {name:13} {' '.join(f'{score:.1f}' for score in scores)}", flush=True)


def _street(frames: int) -> Iterator[Image]:
    film = SimulatedFilm(SimulatedConfig(size=(640, 360), snow="none", duration=0))
    return (film.truth(number) for number in range(frames))


def _of_file(path: Path, frames: int) -> tuple[str, float, Clip]:
    with AvReader.for_file(path) as reader:
        fps = float(reader.info.fps or 25)

    def clip() -> Iterator[Image]:
        with AvReader.for_file(path) as reader:
            for frame in islice(reader, frames):
                yield frame.image

    return path.stem, fps, clip


def _snow_from(frames: Iterable[Image], first: int, level: str, fps: float) -> Iterator[Image]:
    images = list(frames)
    # A clip that is too short goes to and fro: that way it has no jump.
    there_and_back = images + images[-2:0:-1]
    height, width = images[0].shape[:2]
    snow = make_snow(_STYLE, level, width, height, fps, seed=7)
    for number in range(first + round(_CALM * fps)):
        image = there_and_back[number % len(there_and_back)]
        yield image if number < first else snow.next().over(image)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("clips", nargs="*", type=Path, help="of fixed cameras, without snow")
    parser.add_argument("--snowy", nargs="*", type=Path, default=[], help="of fixed cameras, in real snow")
    parser.add_argument("--model", default="fixed-camera")
    parser.add_argument("--frames", type=int, default=150, help="of each clip at most")
    parser.add_argument("--part", choices=["gate", "network", "both"], default="both")
    parser.add_argument("--no-street", action="store_true", help="only the clips")
    return parser.parse_args()


if __name__ == "__main__":
    as_script(main)
