"""How fast training data is drawn, and how many steps of training that feeds.

    python benchmarks/drawing.py ../shared/data/photos/train

Draws scenes as a recipe asks for them, in this process alone, and takes the CPU time: of whole scenes and of
the snow in them. A core then feeds so many steps a second; where training takes more steps than all cores
feed, it waits, and `streamdesnow train` says so.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import cv2
import numpy as np

from streamdesnow.bench.machine import describe
from streamdesnow.lab.cutouts import Cutouts
from streamdesnow.lab.photos import Photos
from streamdesnow.lab.recipe import CausalRecipe, load_recipe
from streamdesnow.lab.scenes import draw_scene
from streamdesnow.snowfall.snow import TRAINED, snow_in
from streamdesnow.snowfall.weather import Weather


def main() -> None:
    """Draw, time and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos", nargs="+", type=Path, help="folders of clean photographs")
    parser.add_argument("--recipe", default="fixed-camera", help="a recipe of a network with memory")
    parser.add_argument("--scenes", type=int, default=60)
    args = parser.parse_args()
    recipe = load_recipe(args.recipe)
    if not isinstance(recipe, CausalRecipe):
        parser.error(f"{args.recipe} trains on pictures, not on scenes")
    cv2.setNumThreads(1)
    frames = sum(recipe.length) // 2
    scene = _scenes(tuple(args.photos), recipe.side, frames, args.scenes)
    snow = _snow(recipe.side, frames, args.scenes)
    # Scenes that a step uses up: its frames, over those of a scene, each of which is shown several times.
    a_step = recipe.batch * recipe.window / frames / recipe.replays
    print(f"{args.scenes} scenes of {frames} frames, {recipe.side} pixels square; {describe()}\n")
    print(f"a scene         {1000 * scene:7.1f} ms of CPU time")
    print(f"  of it snow    {1000 * snow:7.1f} ms ({snow / scene:.0%})")
    print(f"a core feeds    {1 / (scene * a_step):7.1f} steps a second of the recipe {args.recipe}")


def _scenes(photos: tuple[Path, ...], side: int, frames: int, count: int) -> float:
    rng = np.random.default_rng(1)
    backgrounds, cutouts = Photos(photos), Cutouts(photos)
    draw_scene(backgrounds, side, frames, rng, cutouts=cutouts)
    began = time.process_time()
    for _ in range(count):
        draw_scene(backgrounds, side, frames, rng, cutouts=cutouts)
    return (time.process_time() - began) / count


def _snow(side: int, frames: int, count: int) -> float:
    rng = np.random.default_rng(2)
    behind = rng.integers(0, 256, (side, side, 3), np.uint8)
    began = time.process_time()
    for number in range(count):
        weather = Weather.sample(rng)
        weather = weather.with_size(max(weather.size * 650, 0.8) / side)
        snow = snow_in(weather, TRAINED[number % len(TRAINED)], side, side, 25.0, number)
        for _ in range(frames):
            snow.next().over(behind)
    return (time.process_time() - began) / count


if __name__ == "__main__":
    main()
