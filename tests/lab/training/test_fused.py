"""Compiled steps of training: the same losses, in fewer passes over memory."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tiny_recipe import tiny_recipe

from streamdesnow.lab.training import train as train_module
from streamdesnow.lab.training.causal import CausalTask
from streamdesnow.lab.training.fused import can_fuse
from streamdesnow.lab.training.recipe import CausalRecipe
from streamdesnow.lab.training.train import train


def _recipe(tmp_path: Path, iterations: int) -> CausalRecipe:
    weights = {"moving": 1.0, "harm": 10.0, "choice": 1.0, "expected": 1.0}
    steps = {"iterations": iterations, "validate_every": iterations}
    return tiny_recipe(tmp_path / "photos", batch=1, blocks=(0, 1, 0), motion=True, **steps, **weights)


# torch's compiler warns of what torch itself does.
@pytest.mark.filterwarnings("default")
@pytest.mark.timeout(400)
@pytest.mark.skipif(not can_fuse("cpu"), reason="compiling steps needs a C++ compiler (g++ or clang++)")
def test_a_compiled_step_has_the_same_losses_and_slopes(tmp_path: Path) -> None:
    recipe = _recipe(tmp_path, 2)
    plain, compiled = (CausalTask(recipe, torch.device("cpu"), fused=fused) for fused in (False, True))
    compiled.net.load_state_dict(plain.net.state_dict())
    terms = []
    for task in (plain, compiled):
        task.start(3)
        terms.append(task.losses(1))
        sum(terms[-1].values(), torch.zeros(())).backward()
    torch.testing.assert_close(*terms, rtol=1e-3, atol=1e-4)
    slopes = [
        {name: weight.grad for name, weight in task.net.named_parameters()} for task in (plain, compiled)
    ]
    assert all(slope is not None for slope in slopes[0].values())
    torch.testing.assert_close(*slopes, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(
    ("iterations", "limit_s", "at_hand", "expected"),
    [(600, 0.0, True, False), (599, None, True, False), (600, None, False, False), (600, 600.0, True, True)],
)
def test_steps_are_compiled_where_that_pays(
    iterations: int,
    limit_s: float | None,
    at_hand: bool,
    expected: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[bool] = []

    class Made(Exception):
        pass

    def make(recipe: object, device: object, *, fused: bool) -> None:
        asked.append(fused)
        raise Made

    monkeypatch.setattr(train_module, "make_task", make)
    monkeypatch.setattr(train_module, "can_fuse", lambda device: at_hand)
    with pytest.raises(Made):
        train(_recipe(tmp_path, iterations), tmp_path / "run", device="cpu", limit_s=limit_s)
    assert asked == [expected]
