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


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[Size]:
    """Every size that was compiled, each time."""
    pytest.importorskip("openvino")
    sizes: list[Size] = []
    compile_size = OpenVinoEngine._compile

    def noting(self: OpenVinoEngine, size: Size) -> Any:
        sizes.append(size)
        return compile_size(self, size)

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
