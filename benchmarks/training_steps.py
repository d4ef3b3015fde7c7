"""How long a step of training takes, as it is and compiled, in one run.

    python benchmarks/training_steps.py fixed-camera-small ../shared/data/photos/train --threads 1

Trains nothing that is kept. Steps of both kinds alternate; time spent waiting for scenes
is left out.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

import torch
from as_script import as_script
from causal_networks import causal_recipe

from streamdesnow.bench.machine import describe
from streamdesnow.lab.training.causal import CausalTask


def main() -> None:
    """Time and print."""
    args = _arguments()
    torch.set_num_threads(args.threads)
    recipe = causal_recipe(args.recipe).model_copy(
        update={"photos": (args.photos,), "stills": 0, "start": None}
    )
    tasks = {
        name: CausalTask(recipe, torch.device("cpu"), fused=fused)
        for name, fused in (("as it is", False), ("compiled", True))
    }
    taken: dict[str, list[float]] = {name: [] for name in tasks}
    for name, task in tasks.items():
        task.start(1)
        began = time.monotonic()
        for _ in range(3):
            _step(task)
        print(f"{name}: the first three steps took {time.monotonic() - began:.0f} s", flush=True)
    for _ in range(args.steps):
        for name, task in tasks.items():
            waited, began = task.waited_s, time.monotonic()
            _step(task)
            taken[name].append(time.monotonic() - began - (task.waited_s - waited))
    print(f"\n{args.recipe}, batch {recipe.batch}, {args.threads} threads; {describe()}\n")
    medians = {name: statistics.median(times) for name, times in taken.items()}
    for name, median in medians.items():
        print(f"{name:10} {median:6.2f} s a step")
    print(f"{medians['as it is'] / medians['compiled']:.2f} times as fast")


def _step(task: CausalTask) -> None:
    with torch.autocast("cpu", torch.bfloat16):
        terms = task.losses(1)
    loss = sum(terms.values(), torch.zeros(()))
    task.net.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recipe", help="of a network with memory, by name or path")
    parser.add_argument("photos", type=Path, help="folder of clean photographs")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=20)
    return parser.parse_args()


if __name__ == "__main__":
    as_script(main)
