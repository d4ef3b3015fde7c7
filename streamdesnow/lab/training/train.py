"""The training loop: any task, resumable after a kill, with a log that any spreadsheet reads."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import torch
from torch import nn

from streamdesnow.errors import ConfigError
from streamdesnow.lab.training.checkpoint import read_checkpoint
from streamdesnow.lab.training.collapse import CollapseWatch
from streamdesnow.lab.training.fused import can_fuse
from streamdesnow.lab.training.learning import learning_weights
from streamdesnow.lab.training.load_weights import load_weights
from streamdesnow.lab.training.recipe import Recipe
from streamdesnow.lab.training.schedule import rate_at
from streamdesnow.lab.training.task import Stateful, Task, make_task
from streamdesnow.lab.training.training_log import TrainingLog
from streamdesnow.lab.training.weights import mix_weights

__all__ = ["Progress", "train"]

_SAVE_EVERY_S = 45.0
_LOG_EVERY = 20
# Compiling takes one to two minutes on a CPU, and saves a third of a second a step.
_MANY_STEPS = 600
_LONG_S = 600.0
_MOST_SPOILT = 20
"""Steps in a row whose slope is no number, after which training gives up."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where training is, for progress bars and logs.

    Attributes:
        step, steps: how many are done, of how many.
        losses: the terms of the last step.
        validation: the figures of the last validation.
        waiting: share of the time since the last report in which steps waited for data, 0..1; a GPU may still
            have been busy. Much more than nothing: drawing is the bottleneck, and more `workers` would help.
    """

    step: int
    steps: int
    losses: dict[str, float]
    validation: dict[str, float]
    waiting: float


def train(
    recipe: Recipe,
    out: Path,
    *,
    device: str = "auto",
    limit_s: float | None = None,
    fused: bool | None = None,
    report: Callable[[Progress], None] = lambda progress: None,
) -> Path:
    """Train until the recipe's iterations are done, going on from `out/checkpoint.pt` where there is one.

    Args:
        recipe: what to train and how.
        out: folder for checkpoint.pt, log.csv and sample pictures.
        device: `auto`, `cpu`, `cuda`.
        limit_s: stop after so many seconds, with a checkpoint to go on from.
        fused: compile the steps of networks with memory, which takes two minutes at the start and makes them
            half as fast again. Left out: where this machine can, if enough of them are to come.
        report: called every few steps.

    Returns:
        The checkpoint: `recipe`, `net` (weights), `average` (their running mean), `step`, `optimiser`,
        `extra` (what else the task keeps).

    Raises:
        ConfigError: photographs or clips are missing or unfit, `out` holds a run of another network or on
            other pictures, `start` or `learns` names what does not fit, or the run came apart: the loss has
            not been a number for many steps, or frames come out worse than they went in (the checkpoint is
            of before).
        CaptureError: a clip cannot be read.
        ModelCorrupt: the checkpoint in `out` cannot be read.
    """
    where = (
        torch.device("cuda" if torch.cuda.is_available() else "cpu")
        if device == "auto"
        else torch.device(device)
    )
    torch.manual_seed(recipe.seed)
    checkpoint = out / "checkpoint.pt"
    task = make_task(recipe, where, fused=_pays(recipe, limit_s, where) if fused is None else fused)
    out.mkdir(parents=True, exist_ok=True)
    if recipe.start is not None and not checkpoint.is_file():
        _begin_with(recipe.start, task.net)
    average = copy.deepcopy(task.net).eval()
    optimiser = torch.optim.Adam(
        learning_weights(task.net, recipe.learns), lr=recipe.rate, betas=task.momenta
    )
    step = _resume(checkpoint, recipe, task, average, optimiser, where)
    task.start(recipe.seed + 1000 * step)
    began = saved = reported = time.monotonic()
    waited = task.waited_s
    spoilt = 0
    watch = CollapseWatch()
    validation: dict[str, float] = {}
    log = TrainingLog(out / "log.csv")
    while step < recipe.iterations and (limit_s is None or time.monotonic() - began < limit_s):
        for group in optimiser.param_groups:
            group["lr"] = rate_at(recipe, step)
        with torch.autocast(where.type, torch.bfloat16):
            terms = task.losses(step)
        loss = sum((t for t in terms.values() if t.requires_grad), torch.zeros((), device=where))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        if torch.isfinite(nn.utils.clip_grad_norm_(task.net.parameters(), 5.0)):
            spoilt = 0
            optimiser.step()
        else:  # with one such step all weights would be lost
            spoilt += 1
            if spoilt == _MOST_SPOILT:
                _save(checkpoint, recipe, task, average, optimiser, step)
                raise ConfigError(
                    f"{recipe.name}: at step {step} the loss has not been a number {spoilt} times in a row; "
                    f"lower `rate` and train again: {checkpoint} holds the weights of before"
                )
        watch.see(task.gain(terms))
        if watch.collapsed:
            raise ConfigError(
                f"{recipe.name}: at step {step} frames come out worse than they went in, which they did not "
                f"before; lower `rate` and train again: {checkpoint} holds weights of before"
            )
        step += 1
        mix_weights(average, task.net, 1 - min(recipe.average, step / (step + 10)))
        if step % recipe.validate_every == 0 or step == recipe.iterations:
            validation, picture = task.validate(average)
            cv2.imwrite(str(out / f"samples-{step:06d}.png"), picture)
        now = time.monotonic()
        if step % _LOG_EVERY == 0 or step == recipe.iterations:
            losses = {name: float(term.detach()) for name, term in terms.items()}
            waiting = (task.waited_s - waited) / max(now - reported, 1e-9)
            reported, waited = now, task.waited_s
            rate = rate_at(recipe, step)
            log.write({"step": step, "rate": rate, "waiting": waiting, **losses, **validation})
            report(Progress(step, recipe.iterations, losses, validation, waiting))
        if now - saved > _SAVE_EVERY_S and watch.well:
            _save(checkpoint, recipe, task, average, optimiser, step)
            saved = now
    if not (watch.ruined and checkpoint.is_file()):
        _save(checkpoint, recipe, task, average, optimiser, step)
    return checkpoint


def _pays(recipe: Recipe, limit_s: float | None, where: torch.device) -> bool:
    """Whether compiling saves more time than it takes."""
    long = recipe.iterations >= _MANY_STEPS and (limit_s is None or limit_s >= _LONG_S)
    return long and can_fuse(where.type)


def _save(
    path: Path,
    recipe: Recipe,
    task: Task,
    average: nn.Module,
    optimiser: torch.optim.Optimizer,
    step: int,
) -> None:
    part = path.with_suffix(".part")
    torch.save(
        {
            "recipe": recipe.model_dump(mode="json"),
            "net": task.net.state_dict(),
            "average": average.state_dict(),
            "optimiser": optimiser.state_dict(),
            "step": step,
            "extra": task.extra_state() if isinstance(task, Stateful) else {},
        },
        part,
    )
    part.replace(path)


def _begin_with(start: Path, net: nn.Module) -> None:
    try:
        load_weights(net, start)
    except ConfigError as error:
        raise ConfigError(f"start: {error}") from error


def _check_same_pictures(path: Path, recipe: Recipe, before: Mapping[str, Any]) -> None:
    """A run that is over would give its old weights the name of new pictures."""
    now = recipe.model_dump(mode="json")
    for key in ("photos", "clips", "dataset"):
        asked, had = _paths(now.get(key)), _paths(before.get(key))
        if asked != had:
            raise ConfigError(
                f"{path} is of a run with other `{key}`: {', '.join(had) or 'none'} instead of "
                f"{', '.join(asked) or 'none'}; choose another folder for this one (--output)"
            )


def _paths(value: str | list[str] | None) -> list[str]:
    """However they are written."""
    given = [value] if isinstance(value, str) else value or []
    return sorted(str(Path(path).expanduser().resolve()) for path in given)


def _resume(
    path: Path,
    recipe: Recipe,
    task: Task,
    average: nn.Module,
    optimiser: torch.optim.Optimizer,
    where: torch.device,
) -> int:
    if not path.is_file():
        return 0
    state = read_checkpoint(path, where)
    _check_same_pictures(path, recipe, state["recipe"])
    try:
        task.net.load_state_dict(state["net"])
        average.load_state_dict(state["average"])
        optimiser.load_state_dict(state["optimiser"])
        if isinstance(task, Stateful):
            task.load_extra_state(state["extra"])
    except (KeyError, RuntimeError, ValueError) as error:
        raise ConfigError(
            f"{path} is of another network than the recipe's, so the run cannot go on from there; choose "
            f"another folder or delete it: {error}"
        ) from error
    return int(state["step"])
