"""Every engine gives the same pictures with the models that ship."""

from __future__ import annotations

import numpy as np
import pytest

from streamdesnow.config.engine import EngineConfig
from streamdesnow.engines import open_engine
from streamdesnow.frame import Image
from streamdesnow.models import ModelFolder, list_models

_WIDTH, _HEIGHT = 48, 32


def _film(frames: int) -> list[Image]:
    """A scene that stays, under white spots that do not."""
    rng = np.random.default_rng(1)
    scene = np.repeat(np.repeat(rng.integers(0, 160, (4, 6, 3)), 8, axis=0), 8, axis=1)
    return [
        np.where(rng.random((_HEIGHT, _WIDTH, 1)) < 0.15, 235, scene).astype(np.uint8) for _ in range(frames)
    ]


def _cleaned(model: ModelFolder, backend: str, precision: str) -> list[Image]:
    pytest.importorskip(backend)
    config = EngineConfig.model_validate({"backend": backend, "precision": precision, "require": "cpu"})
    engine = open_engine(model, config)
    state = engine.zero_state(_WIDTH, _HEIGHT)
    clean = [engine.infer([frame], [state])[0] for frame in _film(6 if model.card.states else 1)]
    engine.close()
    return clean


@pytest.fixture(params=["fixed-camera", "paper"])
def shipped(request: pytest.FixtureRequest) -> ModelFolder:
    """A model folder of the checkout."""
    models = {model.path.name: model for model in list_models()}
    if request.param not in models:
        pytest.skip(f"the model {request.param} is not there")
    return models[request.param]


@pytest.mark.parametrize("backend", ["openvino", "torch"])
def test_engines_agree_to_a_code_value(shipped: ModelFolder, backend: str) -> None:
    expected = np.stack(_cleaned(shipped, "onnxruntime", "fp32")).astype(int)
    found = np.stack(_cleaned(shipped, backend, "fp32")).astype(int)
    assert np.abs(found - expected).max() <= 1


def test_the_automatic_precision_loses_nothing_that_can_be_seen(shipped: ModelFolder) -> None:
    expected = np.stack(_cleaned(shipped, "onnxruntime", "fp32")).astype(float)
    found = np.stack(_cleaned(shipped, "openvino", "auto")).astype(float)
    error = ((found - expected) ** 2).mean(axis=(1, 2, 3))
    assert (10 * np.log10(255**2 / np.maximum(error, 1e-9)) > 45).all()
