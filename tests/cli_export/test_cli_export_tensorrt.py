"""`streamdesnow export --to tensorrt` builds engines that the engine finds again."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny_models
from typer.testing import CliRunner, Result

from streamdesnow.cli.app import build_app
from streamdesnow.config.engine import EngineConfig
from streamdesnow.engines.tensorrt.library import load_library
from streamdesnow.engines.tensorrt.plans import Plans
from streamdesnow.models import ModelFolder

pytest.importorskip("tensorrt_rtx", reason="tensorrt-rtx is not installed")


@pytest.fixture
def model(tmp_path: Path) -> ModelFolder:
    return ModelFolder(tiny_models.averaging(tmp_path / "averaging"))


def _export(*arguments: object) -> Result:
    return CliRunner().invoke(build_app(), ["export", *map(str, arguments), "--to", "tensorrt"])


def test_engines_are_built_for_each_size_and_padded_as_frames_are(model: ModelFolder, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    result = _export(model.path, cache, "--size", "64x48", "--size", "62x46", "--size", "32x32")
    assert result.exit_code == 0
    assert len(list(cache.rglob("*.engine"))) == 2
    assert "averaging-64x48-b8-fp16-tensorrt-rtx-" in result.output
    assert f"engine: {{cache: {cache}}}" in result.output
    plans = Plans(load_library("tensorrt-rtx"), model, EngineConfig(cache=cache), None)
    assert plans.folder.load(plans.key((64, 48))) is not None


def test_precision_and_turing_are_engines_of_their_own(model: ModelFolder, tmp_path: Path) -> None:
    for options in ((), ("--precision", "fp32"), ("--turing",)):
        assert _export(model.path, tmp_path / "cache", "--size", "32x32", *options).exit_code == 0
    assert len(list((tmp_path / "cache").rglob("*.engine"))) == 3


def test_without_a_size_or_with_one_that_is_none_the_error_says_how(
    model: ModelFolder, tmp_path: Path
) -> None:
    missing = _export(model.path, tmp_path)
    wrong = _export(model.path, tmp_path, "--size", "720p")
    assert (missing.exit_code, wrong.exit_code) == (2, 2)
    assert "--size 1280x720" in missing.output
    assert "--size 720p: expected width x height" in wrong.output


def test_the_library_that_needs_a_gpu_is_not_replaced_behind_ones_back(
    model: ModelFolder, tmp_path: Path
) -> None:
    result = _export(model.path, tmp_path, "--size", "32x32", "--library", "tensorrt")
    assert result.exit_code in (0, 4)
    if result.exit_code:
        assert "tensorrt" in result.output


def test_a_folder_that_cannot_be_written_is_an_error(model: ModelFolder, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = _export(model.path, tmp_path / "file", "--size", "32x32")
    assert result.exit_code == 4
    assert "cannot be written" in result.output


def test_a_checkpoint_needs_a_folder_to_go_to() -> None:
    result = CliRunner().invoke(build_app(), ["export", "checkpoint.pt"])
    assert result.exit_code == 2
    assert "export needs a folder" in result.output
