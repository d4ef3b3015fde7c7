"""Large frames are cut into tiles when memory is short, and nobody sees it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tiny_models

from streamdesnow.config.engine import EngineConfig
from streamdesnow.engines.engine import EngineInfo
from streamdesnow.models import ModelFolder
from streamdesnow.restore import Desnower
from streamdesnow.restore.budget import _free_ram, frames_at_once, free_memory, tile_side
from streamdesnow.restore.tiling import plan_tiles


def _noise(height: int, width: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def _config(tile: int | str) -> EngineConfig:
    return EngineConfig(require="cpu", precision="fp32", tile=tile)


@pytest.mark.parametrize("size", [(256, 256), (300, 200), (512, 100), (97, 401)])
def test_tiles_paint_the_frame_that_they_were_cut_from(size: tuple[int, int]) -> None:
    plan = plan_tiles(size, 128, margin=16, multiple=1)
    image = _noise(size[1], size[0])
    np.testing.assert_array_equal(plan.paint(plan.cut(image)), image)


def test_tiles_start_at_multiples_and_have_one_size() -> None:
    plan = plan_tiles((1920, 1080), 512, margin=60, multiple=8)
    assert all(tile.x % 8 == 0 and tile.y % 8 == 0 for tile in plan.tiles)
    assert {image.shape for image in plan.cut(np.zeros((1080, 1920, 3), np.uint8))} == {(512, 512, 3)}


def test_a_tile_smaller_than_its_borders_is_raised() -> None:
    plan = plan_tiles((4000, 4000), 64, margin=100, multiple=8)
    assert min(plan.tile) >= 2 * (2 * 100)


def test_a_frame_smaller_than_a_tile_is_not_cut() -> None:
    assert len(plan_tiles((300, 200), 512, margin=10, multiple=4).tiles) == 1


def test_tiles_give_what_the_whole_frame_gives(tmp_path: Path) -> None:
    path = tiny_models.blur(tmp_path / "blur")
    image = _noise(333, 257)
    with Desnower(path, _config("off")) as whole, Desnower(path, _config(96)) as tiled:
        np.testing.assert_array_equal(tiled(image), whole(image))


def test_every_tile_has_a_memory_of_its_own(tmp_path: Path) -> None:
    path = tiny_models.averaging(tmp_path / "avg")
    with Desnower(path, _config("off"), cut=False) as whole, Desnower(path, _config(96), cut=False) as tiled:
        one, other = whole.stream(), tiled.stream()
        for seed in range(3):
            image = _noise(200, 260, seed)
            np.testing.assert_array_equal(other(image), one(image))


def test_automatic_tiles_are_as_large_as_memory_allows(tmp_path: Path) -> None:
    card = ModelFolder(tiny_models.blur(tmp_path / "blur")).card
    enough = 4000 * 3000 * card.activation_bytes * 2
    assert tile_side((4000, 3000), card, "auto", enough) is None
    side = tile_side((4000, 3000), card, "auto", enough // 8)
    assert side is not None
    assert 256 <= side < 3000
    assert tile_side((4000, 3000), card, "auto", 0) == 256
    assert tile_side((4000, 3000), card, "off", 0) is None
    assert tile_side((4000, 3000), card, 512, enough) == 512
    assert tile_side((4000, 3000), card, "auto", None) is None


def test_no_more_frames_go_together_than_memory_allows(tmp_path: Path) -> None:
    card = ModelFolder(tiny_models.blur(tmp_path / "blur")).card
    one = 4000 * 3000 * card.activation_bytes
    assert frames_at_once((4000, 3000), card, one * 5) == 3
    assert frames_at_once((4000, 3000), card, 0) == 1
    assert frames_at_once((4000, 3000), card, None) is None


def test_a_containers_limit_counts_if_it_is_tighter_than_the_machine(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemTotal: 9000 kB\nMemAvailable:    8000 kB\n")
    cgroup = tmp_path / "cgroup"
    cgroup.mkdir()
    assert _free_ram(tmp_path / "meminfo", cgroup) == 8000 * 1024
    (cgroup / "memory.max").write_text("max\n")
    (cgroup / "memory.current").write_text("2000000\n")
    assert _free_ram(tmp_path / "meminfo", cgroup) == 8000 * 1024
    (cgroup / "memory.max").write_text("3000000\n")
    (cgroup / "memory.stat").write_text("anon 1\ninactive_file 500000\n")
    assert _free_ram(tmp_path / "meminfo", cgroup) == 1_500_000
    assert _free_ram(tmp_path / "nothing", tmp_path / "nowhere") is None


def test_memory_is_asked_of_the_device_that_runs_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    cpu = EngineInfo("openvino", "CPU", "fp32", "1")
    gpu = EngineInfo("onnxruntime", "CUDAExecutionProvider", "fp32", "1")
    assert free_memory(gpu, EngineConfig()) is None
    free = free_memory(cpu, EngineConfig())
    assert free is not None
    assert free > 0
