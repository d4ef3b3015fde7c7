"""What onnxruntime's GPU providers are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny_models

from streamdesnow.config.engine import EngineConfig
from streamdesnow.engines.gpu import Gpu, describe_gpu
from streamdesnow.engines.providers import cache_folder, provider_precision, providers
from streamdesnow.errors import EngineUnavailable
from streamdesnow.models import ModelFolder


@pytest.fixture
def driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose driver knows one GPU; the file says what it was asked."""
    tool = tmp_path / "bin" / "nvidia-smi"
    tool.parent.mkdir()
    asked = tmp_path / "asked"
    tool.write_text(f'#!/bin/sh\necho "$@" > {asked}\necho "NVIDIA GeForce RTX 4070, 550.54.14, 11264"\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:/usr/bin:/bin")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return asked


def _tensorrt(model: ModelFolder, config: EngineConfig, version: str = "1.20") -> dict[str, str]:
    (name, options), *others = providers("tensorrt", model, config, version, (64, 48))
    assert name == "TensorrtExecutionProvider"
    assert [other for other, _ in others] == ["CUDAExecutionProvider", "CPUExecutionProvider"]
    return options


@pytest.mark.usefixtures("driver")
def test_the_driver_is_asked_for_name_version_and_memory() -> None:
    assert describe_gpu(0) == Gpu("NVIDIA GeForce RTX 4070", "550.54.14", 11264 * 2**20)


def test_a_gpu_is_found_under_the_number_that_cuda_gives_it(
    driver: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "GPU-aaaa, 3")
    describe_gpu(1)
    assert "--id=3" in driver.read_text()


def test_without_a_driver_there_is_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert describe_gpu(0) is None


@pytest.mark.usefixtures("driver")
def test_tensorrt_builds_for_a_range_of_batches_of_one_size(tmp_path: Path) -> None:
    model = ModelFolder(tiny_models.averaging(tmp_path / "avg"))
    options = _tensorrt(model, EngineConfig(cache=tmp_path / "cache", device=0))
    assert options["trt_profile_min_shapes"] == "frame:1x48x64x3,mean:1x12x24x32,age:1x1x1x1"
    assert options["trt_profile_max_shapes"] == "frame:8x48x64x3,mean:8x12x24x32,age:8x1x1x1"
    assert options["trt_fp16_enable"] == "False"


@pytest.mark.usefixtures("driver")
def test_the_engine_cache_has_a_place_for_each_model_version_gpu_driver_precision_and_size(
    tmp_path: Path,
) -> None:
    config = EngineConfig(cache=tmp_path / "cache")
    blur = ModelFolder(tiny_models.blur(tmp_path / "blur"))
    other = ModelFolder(tiny_models.inverting(tmp_path / "inv"))
    folders = {
        _tensorrt(blur, config)["trt_engine_cache_path"],
        _tensorrt(blur, config, "1.21")["trt_engine_cache_path"],
        _tensorrt(blur, EngineConfig(cache=config.cache, precision="fp32"))["trt_engine_cache_path"],
        _tensorrt(other, config)["trt_engine_cache_path"],
    }
    assert len(folders) == 4
    path = Path(_tensorrt(blur, config)["trt_engine_cache_path"])
    assert path.is_dir()
    assert path.parent.name == blur.digest[:16]
    assert path.name == "ort1.20_NVIDIA-GeForce-RTX-4070_550.54.14_fp16_64x48"


@pytest.mark.usefixtures("driver")
def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    model = ModelFolder(tiny_models.blur(tmp_path / "blur"))
    with pytest.raises(EngineUnavailable, match=r"engine\.cache"):
        _tensorrt(model, EngineConfig(cache=tmp_path / "file"))


def test_the_cache_lies_in_the_users_cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder(EngineConfig()) == tmp_path / "streamdesnow"


def test_cuda_may_use_tensor_cores_unless_fp32_is_asked_for(tmp_path: Path) -> None:
    model = ModelFolder(tiny_models.blur(tmp_path / "blur"))
    (_, options), *_ = providers("cuda", model, EngineConfig(device=1), "1.20", (4, 4))
    assert options == {"device_id": "1", "use_tf32": "1"}
    (_, options), *_ = providers("cuda", model, EngineConfig(precision="fp32"), "1.20", (4, 4))
    assert options["use_tf32"] == "0"


def test_tensorrt_keeps_causal_models_in_fp32_unless_told() -> None:
    assert provider_precision("tensorrt", "auto", causal=False) == "fp16"
    assert provider_precision("tensorrt", "auto", causal=True) == "fp32"
    assert provider_precision("tensorrt", "fp16", causal=True) == "fp16"
    with pytest.raises(EngineUnavailable, match="bf16"):
        provider_precision("cuda", "bf16", causal=False)
