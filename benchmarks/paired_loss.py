"""Do weights fulfil what training minimises better than others? On the same windows, one stream at a time.

    python benchmarks/paired_loss.py tune-fixed-camera PHOTOS fixed-camera out/train/mine/checkpoint.pt

Prints by how much each term of the loss, weighed as the recipe does, is higher (worse) than that of the first
network, and the standard error of that. What one window costs more than another is in both and falls out, so
a few minutes tell what single steps of the log never show. Frames are counted from the start of each stream:
training follows slopes through one window, and what goes wrong with memory after many is seen here alone.
Networks compute in bfloat16, as in training.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from as_script import as_script
from causal_networks import causal_network, causal_recipe
from numpy.typing import NDArray

from streamdesnow.errors import ConfigError
from streamdesnow.lab.scenes.supply import SceneSupply
from streamdesnow.lab.training.causal import CausalTask
from streamdesnow.lab.training.recipe import CausalRecipe
from streamdesnow.lab.training.streams import scene_stream, windows

_SEED = 3 * 10**6
"""Of the scenes; training, validation and `drawn_scenes.py` draw others."""
_SPANS = (0, 1, 2, 4, 7)
"""Windows of a stream, counted from its start, with which rows of the table begin."""

Losses = dict[str, list[float]]


def main() -> None:
    """Compare and print."""
    args = _arguments()
    torch.set_num_threads(args.threads)
    recipe = causal_recipe(args.recipe)
    alone = {"photos": (args.photos,), "batch": 1, "first": 0.0, "stills": 0, "workers": 0}
    tasks = {name: _task(recipe.model_copy(update=alone), name) for name in args.networks}
    losses: dict[str, Losses] = {name: defaultdict(list) for name in tasks}
    supply = SceneSupply((args.photos,), (), 0.0, recipe.side, recipe.length[1])
    scenes = scene_stream(supply, recipe.length, recipe.window, _SEED, 0)
    ages: list[int] = []
    for window in islice(windows(scenes, 1, recipe.window), args.windows):
        ages.append(0 if bool(window.starts[0]) else ages[-1] + 1)
        for name, task in tasks.items():
            with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
                terms = task.window_losses(window)
            for term, value in terms.items():
                losses[name][term].append(float(value))
        print(f"\r{len(ages)} of {args.windows} windows", end="", flush=True)
    print("\r", end="")
    for name in args.networks[1:]:
        print(f"{name}, terms of the loss less those of {args.networks[0]}\n")
        _print_table(losses[args.networks[0]], losses[name], np.array(ages), recipe.window)


def _task(recipe: CausalRecipe, name: str) -> CausalTask:
    task, net = CausalTask(recipe, torch.device("cpu")), causal_network(name)
    try:
        task.net.load_state_dict(net.state_dict())
    except RuntimeError as error:
        raise ConfigError(f"{name} is another network than the recipe's: {error}") from error
    return task


def _print_table(first: Losses, other: Losses, ages: NDArray[np.int_], window: int) -> None:
    terms = [term for term in first if term != "input"]
    differences = {term: np.array(other[term]) - np.array(first[term]) for term in terms}
    differences["all"] = np.sum([differences[term] for term in terms], 0)
    print(f"| frames | windows | {' | '.join(differences)} |\n|---|---|{'---|' * len(differences)}")
    for begin, end in zip(_SPANS, (*_SPANS[1:], None), strict=True):
        of_span = (ages >= begin) & (True if end is None else ages < end)
        count = int(of_span.sum())
        if count > 1:
            frames = f"{begin * window + 1} to {end * window}" if end else f"{begin * window + 1} on"
            shown = (_mean(difference[of_span]) for difference in differences.values())
            print(f"| {frames} | {count} | {' | '.join(shown)} |")
    print(f"| all | {len(ages)} | {' | '.join(map(_mean, differences.values()))} |\n")


def _mean(differences: NDArray[np.float64]) -> str:
    error = differences.std() / max(len(differences), 1) ** 0.5
    return f"{differences.mean():+.2f} ± {error:.2f}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recipe", help="of a network with memory, by name or path: what is minimised")
    parser.add_argument("photos", type=Path, help="folder of clean photographs")
    parser.add_argument("networks", nargs="+", help="checkpoints, or names of the causal models that ship")
    parser.add_argument("--windows", type=int, default=400)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    if len(args.networks) < 2 or args.windows < 2:
        parser.error("give two networks to compare, or more, and two windows at least")
    return args


if __name__ == "__main__":
    as_script(main)
