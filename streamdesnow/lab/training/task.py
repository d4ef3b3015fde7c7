"""What the training loop asks of whatever it trains, and which of them a recipe describes."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from streamdesnow.frame import Image
from streamdesnow.lab.training.recipe import AdversarialRecipe, CausalRecipe, Recipe

__all__ = ["Stateful", "Task", "make_task"]


class Task(Protocol):
    """What `train` trains."""

    @property
    def net(self) -> nn.Module:
        """The network whose weights are changed."""
        ...

    @property
    def momenta(self) -> tuple[float, float]:
        """Adam's."""
        ...

    def start(self, seed: int) -> None:
        """Begin drawing data."""
        ...

    @property
    def waited_s(self) -> float:
        """Seconds for which steps waited for data, since `start`."""
        ...

    def losses(self, step: int) -> dict[str, Tensor]:
        """Named terms of the next step's loss; a term without gradient is only logged."""
        ...

    def gain(self, terms: dict[str, Tensor]) -> float | None:
        """Decibels that the step of these terms gained over its input; None where nothing was compared."""
        ...

    def validate(self, net: Any) -> tuple[dict[str, float], Image]:
        """Named figures and a picture to look at."""
        ...


@runtime_checkable
class Stateful(Protocol):
    """A task with more to keep than its network, such as a critic."""

    def extra_state(self) -> dict[str, Any]:
        """What has to survive a stop."""
        ...

    def load_extra_state(self, state: dict[str, Any]) -> None:
        """Go on with what `extra_state` gave."""
        ...


def make_task(recipe: Recipe, device: torch.device, *, fused: bool = False) -> Task:
    """The task that a recipe describes; with `fused` its steps are compiled where there is a way to."""
    if isinstance(recipe, CausalRecipe):
        from streamdesnow.lab.training.causal import CausalTask

        return CausalTask(recipe, device, fused=fused)
    if isinstance(recipe, AdversarialRecipe):
        from streamdesnow.lab.training.adversarial import AdversarialTask

        return AdversarialTask(recipe, device)
    from streamdesnow.lab.training.still import StillTask

    return StillTask(recipe, device)
