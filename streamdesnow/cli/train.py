"""`streamdesnow train`: a recipe in, a checkpoint out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from streamdesnow.cli.console import error_console
from streamdesnow.cli.lab_extra import require_lab
from streamdesnow.cli.snow_options import seconds
from streamdesnow.errors import ConfigError
from streamdesnow.lab.data.labels import labels_of
from streamdesnow.lab.data.photos import photographs

__all__ = ["command"]

_NOTABLE = 0.1
"""Share of the time spent waiting for data from which on it is told."""


def command(
    recipe: Annotated[
        str, typer.Argument(help="Recipe file, or a shipped one, such as fixed-camera or paper.")
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Folder for checkpoint, log and samples. Default: out/train/NAME, by the recipe's `name`.",
        ),
    ] = None,
    photos: Annotated[
        list[Path] | None,
        typer.Option(
            "--photos", help="Folder of clean photographs instead of the recipe's; may be repeated."
        ),
    ] = None,
    clips: Annotated[
        list[Path] | None,
        typer.Option(
            "--clips",
            help="Recording of a fixed camera without snow, or a folder of them, to cut scenes from; may be "
            "repeated. Alone: nothing else; with --photos: half of the scenes.",
        ),
    ] = None,
    device: Annotated[
        Literal["auto", "cpu", "cuda"], typer.Option("--device", help="Where to compute.")
    ] = "auto",
    threads: Annotated[int | None, typer.Option("--threads", min=1, help="CPU threads.")] = None,
    vgg: Annotated[
        str | None,
        typer.Option(
            "--vgg",
            metavar="PATH",
            help="Weights of VGG-19 or VGG-16 for the perceptual loss instead of the recipe's; none: do "
            "without that loss.",
        ),
    ] = None,
    limit: Annotated[
        float | None,
        typer.Option(
            "--limit", parser=seconds, metavar="TIME", help="Stop after this long (90min), ready to go on."
        ),
    ] = None,
    compiled: Annotated[
        bool | None,
        typer.Option(
            "--compile/--no-compile",
            help="Compile steps of networks with memory: two minutes at the start, then 1.5 times as fast. "
            "Default: where a C++ compiler is at hand and the run is long.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Train a network on snow drawn over photographs, or over recordings of your cameras.

    Run it again with the same --output and it goes on where it stopped, also after a kill: at most a
    minute is lost. Turn the result into a model folder with `streamdesnow export`.
    """
    require_lab()
    import torch

    from streamdesnow.lab.training.recipe import CausalRecipe, load_recipe
    from streamdesnow.lab.training.train import Progress as Step
    from streamdesnow.lab.training.train import train

    chosen = load_recipe(recipe)
    if photos:
        chosen = chosen.model_copy(update={"photos": tuple(photos)})
    if clips:
        if not isinstance(chosen, CausalRecipe):
            raise ConfigError(
                f"{chosen.name}: networks for single pictures train on --photos; leave --clips out"
            )
        chosen = chosen.model_copy(update={"photos": tuple(photos or ()), "clips": tuple(clips)})
    if vgg is not None:
        if isinstance(chosen, CausalRecipe):
            raise ConfigError(f"{chosen.name}: networks with memory are trained without VGG; leave --vgg out")
        chosen = chosen.model_copy(update={"vgg": None if vgg == "none" else Path(vgg)})
    if isinstance(chosen, CausalRecipe) and _without_boxes(chosen.photos):
        error_console().print(
            "No boxes beside these photographs, so all people and vehicles in scenes are drawn; "
            "`streamdesnow label FOLDER` finds real ones in them.",
            highlight=False,
            markup=False,
        )
    if threads:
        torch.set_num_threads(threads)
    folder = output or Path("out/train") / chosen.name
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[figures]}"),
        console=error_console(),
    ) as progress:
        bar = progress.add_task(chosen.name, total=chosen.iterations, figures="drawing the first scenes")

        def show(step: Step) -> None:
            figures = "  ".join(
                f"{name} {value:.3g}" for name, value in {**step.losses, **step.validation}.items()
            )
            if step.waiting > _NOTABLE:
                figures += f"  waits for data {step.waiting:.0%} of the time"
            progress.update(bar, completed=step.step, figures=figures)

        checkpoint = train(chosen, folder, device=device, limit_s=limit, fused=compiled, report=show)
    typer.echo(f"checkpoint  {checkpoint}\nsamples     {folder}/samples-*.png\nlog         {folder}/log.csv")


def _without_boxes(photos: Sequence[Path]) -> bool:
    """Whether there are photographs, and nobody has looked for things that move in any of them."""
    try:
        found = [path for folder in photos for path in photographs(folder)]
    except ConfigError:
        return False  # training will say it
    return bool(found) and not any(labels_of(path).is_file() for path in found)
