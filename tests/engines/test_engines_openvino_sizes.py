"""How many frame sizes stay compiled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_models

from streamdesnow.config.engine import EngineConfig
from streamdesnow.engines import openvino as module
from streamdesnow.engines.openvino import OpenVinoEngine
from streamdesnow.models import ModelFolder

Size = tuple[int, int]
Shape = tuple[int, int, int]


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[Size]:
    """Every size that was compiled, each time."""
    pytest.importorskip("openvino")
    sizes: list[Size] = []
    compile_size = OpenVinoEngine._compile

    def noting(self: OpenVinoEngine, shape: Shape) -> Any:
        sizes.append(shape[:2])
        return compile_size(self, shape)

    monkeypatch.setattr(OpenVinoEngine, "_compile", noting)
    return sizes


def clean(folder: Path, sizes: list[Size]) -> None:
    engine = OpenVinoEngine(ModelFolder(tiny_models.inverting(folder)), EngineConfig(precision="fp32"))
    engine.open()
    for width, height in sizes:
        engine.infer([np.zeros((height, width, 3), np.uint8)], [engine.zero_state(width, height)])
    engine.close()


def test_many_cameras_of_small_sizes_are_each_compiled_once(tmp_path: Path, compiled: list[Size]) -> None:
    sizes = [(8 * number, 8) for number in range(1, 11)]
    clean(tmp_path / "model", sizes * 3)
    assert compiled == sizes


def test_of_large_sizes_only_a_few_stay(
    tmp_path: Path, compiled: list[Size], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PIXELS", 1)
    sizes = [(8 * number, 8) for number in range(1, 6)]
    clean(tmp_path / "model", [*sizes, sizes[-1], sizes[0]])
    assert compiled == [*sizes, sizes[0]]


def test_frames_of_several_cameras_run_side_by_side_each_with_its_own_memory(tmp_path: Path) -> None:
    pytest.importorskip("openvino")
    model = ModelFolder(tiny_models.averaging(tmp_path / "model"))
    engine = OpenVinoEngine(model, EngineConfig(precision="fp32", threads=2))
    engine.open()
    states = [engine.zero_state(8, 8) for _ in range(5)]
    for value in (0, 100):
        images = [np.full((8, 8, 3), value + camera, np.uint8) for camera in range(5)]
        clean = engine.infer(images, states)
    engine.close()
    assert [int(image[0, 0, 0]) for image in clean] == [50, 51, 52, 53, 54]
