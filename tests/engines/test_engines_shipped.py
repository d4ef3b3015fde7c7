"""Every engine gives the same pictures with the models that ship."""

from __future__ import annotations

import numpy as np
import pytest

from streamdesnow.config.engine import EngineConfig
from streamdesnow.engines import open_engine
from streamdesnow.frame import Image
from streamdesnow.models import ModelFolder, find_model

_WIDTH, _HEIGHT = 48, 32


def _scene() -> Image:
    tiles = np.random.default_rng(1).integers(0, 160, (4, 6, 3), dtype=np.uint8)
    return np.repeat(np.repeat(tiles, 8, axis=0), 8, axis=1)


def _film(frames: int) -> list[Image]:
    """A scene that stays, under white spots that do not."""
    rng = np.random.default_rng(2)
    scene = _scene()
    return [
        np.where(rng.random((_HEIGHT, _WIDTH, 1)) < 0.05, 235, scene).astype(np.uint8) for _ in range(frames)
    ]


def _cleaned(model: ModelFolder, backend: str, precision: str) -> list[Image]:
    pytest.importorskip(backend)
    config = EngineConfig.model_validate({"backend": backend, "precision": precision, "require": "cpu"})
    engine = open_engine(model, config)
    state = engine.zero_state(_WIDTH, _HEIGHT)
    clean = [engine.infer([frame], [state])[0] for frame in _film(6 if model.card.states else 1)]
    engine.close()
    return clean


@pytest.fixture(params=["fixed-camera", "fixed-camera-small", "paper", "still"])
def shipped(request: pytest.FixtureRequest) -> ModelFolder:
    """A model folder of the checkout."""
    return find_model(request.param)


@pytest.mark.parametrize("backend", ["openvino", "torch"])
def test_engines_agree_to_a_code_value(shipped: ModelFolder, backend: str) -> None:
    expected = np.stack(_cleaned(shipped, "onnxruntime", "fp32")).astype(int)
    found = np.stack(_cleaned(shipped, backend, "fp32")).astype(int)
    assert np.abs(found - expected).max() <= 1


def test_the_automatic_precision_loses_a_few_tenths_of_a_decibel_at_most(shipped: ModelFolder) -> None:
    exact, automatic = (
        np.stack(_cleaned(shipped, backend, precision)).astype(float)
        for backend, precision in (("onnxruntime", "fp32"), ("openvino", "auto"))
    )
    errors = [((clean - _scene()) ** 2).mean(axis=(1, 2, 3)) for clean in (exact, automatic)]
    assert (10 * np.log10(errors[1] / errors[0]) < 0.3).all()
