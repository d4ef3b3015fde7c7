"""How fast training data is drawn, and how many steps of training that feeds.

    python benchmarks/drawing.py ../shared/data/photos/train --recipe fixed-camera

Draws scenes or pictures as a recipe asks for them, in this process alone, and takes the CPU time: of all of
it and of one cloud of snow in it. A core then feeds so many steps a second; where training takes more steps
than all cores feed, it waits, and `streamdesnow train` says so.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from as_script import as_script

from streamdesnow.bench.machine import describe
from streamdesnow.lab.data.photos import Photos
from streamdesnow.lab.scenes.cutouts import Cutouts
from streamdesnow.lab.scenes.scene import draw_scene
from streamdesnow.lab.training.recipe import CausalRecipe, load_recipe
from streamdesnow.lab.training.still import snowy_still
from streamdesnow.snowfall.snow import TRAINED, snow_in
from streamdesnow.snowfall.weather import Weather


def main() -> None:
    """Draw, time and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos", nargs="+", type=Path, help="folders of clean photographs")
    parser.add_argument("--recipe", default="fixed-camera", help="a shipped recipe, or a file")
    parser.add_argument("--count", type=int, default=60, help="how many scenes or pictures")
    args = parser.parse_args()
    recipe, photos = load_recipe(args.recipe), tuple(args.photos)
    cv2.setNumThreads(1)
    if isinstance(recipe, CausalRecipe):
        what, frames = "scene", sum(recipe.length) // 2
        drawn = _scenes(photos, recipe.side, frames, args.count)
        # Scenes that a step uses up: its frames, over those of a scene, each of which is shown several times.
        a_step = recipe.batch * recipe.window / frames / recipe.replays
    else:
        what, frames = "picture", 1
        drawn = _stills(photos, recipe.side, args.count)
        a_step = recipe.batch
    snow = _snow(recipe.side, frames, args.count)
    print(f"{args.count} {what}s, {recipe.side} pixels square, {frames} frames each; {describe()}\n")
    print(f"a {what:<13} {1000 * drawn:7.1f} ms of CPU time")
    print(f"  of it a cloud {1000 * snow:7.1f} ms ({snow / drawn:.0%})")
    print(f"a core feeds    {1 / (drawn * a_step):7.1f} steps a second of the recipe {args.recipe}")


def _scenes(photos: tuple[Path, ...], side: int, frames: int, count: int) -> float:
    rng = np.random.default_rng(1)
    backgrounds, cutouts = Photos(photos), Cutouts(photos)
    return _cpu_seconds(lambda: draw_scene(backgrounds, side, frames, rng, cutouts=cutouts), count)


def _stills(photos: tuple[Path, ...], side: int, count: int) -> float:
    rng = np.random.default_rng(1)
    pictures = Photos(photos)
    return _cpu_seconds(lambda: snowy_still(pictures, side, rng), count)


def _snow(side: int, frames: int, count: int) -> float:
    """One cloud of flakes; scenes have a far one too, sometimes."""
    rng = np.random.default_rng(2)
    behind = rng.integers(0, 256, (side, side, 3), np.uint8)
    styles = itertools.cycle(TRAINED)

    def draw() -> None:
        weather = Weather.sample(rng)
        weather = weather.with_size(max(weather.size * 650, 0.8) / side)
        snow = snow_in(weather, next(styles), side, side, 25.0, int(rng.integers(2**31)))
        for _ in range(frames):
            snow.next().over(behind)

    return _cpu_seconds(draw, count)


def _cpu_seconds(draw: Callable[[], object], count: int) -> float:
    """Of one drawing, the mean of `count`, after one that fills caches."""
    draw()
    began = time.process_time()
    for _ in range(count):
        draw()
    return (time.process_time() - began) / count


if __name__ == "__main__":
    as_script(main)
