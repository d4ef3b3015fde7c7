"""What tests of the lab share. Small networks on one thread: several would wait for each other."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from tiny_recipe import tiny_recipe

from streamdesnow.lab.training.recipe import CausalRecipe


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def recipe(tmp_path: Path) -> CausalRecipe:
    """A causal network that trains in seconds, on drawn photographs."""
    return tiny_recipe(tmp_path / "photos")
