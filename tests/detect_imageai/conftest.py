"""ImageAI wants another build of torch than the development environment has; see `make test-imageai`."""

from __future__ import annotations

import importlib.util

import pytest


@pytest.fixture(autouse=True, scope="session")
def _imageai() -> None:
    if importlib.util.find_spec("imageai") is None:
        pytest.skip("ImageAI is not installed; `make test-imageai` tests it")
