"""The fastest engine that works is taken; what cannot be had is said."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest
import tiny_models

from streamdesnow.config.engine import EngineConfig
from streamdesnow.engines import open_engine, select, try_engines
from streamdesnow.engines.gpu import Gpu
from streamdesnow.errors import EngineUnavailable, ModelCorrupt
from streamdesnow.models import ModelFolder


@pytest.fixture
def model(tmp_path: Path) -> ModelFolder:
    """A still test model."""
    return ModelFolder(tiny_models.blur(tmp_path / "m"))


@pytest.fixture(autouse=True)
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without NVIDIA's tools, wherever the tests run."""
    monkeypatch.setenv("PATH", "/nonexistent")


def _hide(monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    for module in modules:
        monkeypatch.setitem(sys.modules, module, None)


def test_openvino_is_first_choice_on_a_cpu_and_the_log_says_so_in_a_short_line(
    model: ModelFolder, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        engine = open_engine(model, EngineConfig(require="cpu"))
    engine.close()
    assert engine.info.backend == "openvino"
    assert "openvino" in caplog.text
    with caplog.at_level(logging.DEBUG):
        open_engine(model).close()
    said = {record.levelno: record.getMessage() for record in reversed(caplog.records)}
    assert "does not run on TensorRT: " in said[logging.DEBUG]
    assert all(len(record.getMessage()) < 160 for record in caplog.records if record.levelno == logging.INFO)


def test_onnxruntime_stands_in_where_openvino_is_not_installed(
    model: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    _hide(monkeypatch, "openvino")
    engine = open_engine(model, EngineConfig(require="cpu"))
    engine.close()
    assert engine.info.backend == "onnxruntime"


def test_torch_is_the_last_resort(model: ModelFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch")
    _hide(monkeypatch, "openvino", "onnxruntime")
    engine = open_engine(model)
    engine.close()
    assert engine.info.backend == "torch"


def test_a_backend_that_is_asked_for_is_taken(model: ModelFolder) -> None:
    engine = open_engine(model, EngineConfig(backend="onnxruntime"))
    engine.close()
    assert engine.info.device == "CPUExecutionProvider"


def test_without_any_engine_the_error_says_what_to_install(
    model: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    _hide(monkeypatch, "openvino", "onnxruntime", "torch")
    with pytest.raises(EngineUnavailable, match=r'pip install "streamdesnow\[cpu\]"'):
        open_engine(model)


def test_a_library_that_is_asked_for_and_missing_is_named_with_its_own_extra(
    model: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    _hide(monkeypatch, "torch")
    with pytest.raises(EngineUnavailable, match=r"backend torch; try: pip install \"streamdesnow\[train\]"):
        open_engine(model, EngineConfig(backend="torch"))


@pytest.mark.parametrize(("device", "extra"), [("cuda", "gpu"), ("tensorrt", "tensorrt")])
def test_requiring_a_gpu_fails_loudly_where_there_is_none(
    model: ModelFolder, device: str, extra: str
) -> None:
    with pytest.raises(EngineUnavailable, match=rf"\[{extra}\]") as caught:
        open_engine(model, EngineConfig.model_validate({"require": device}))
    assert "TensorRT for RTX: " in str(caught.value)
    assert "onnxruntime with TensorRT: " in str(caught.value)


def test_a_provider_that_the_library_drops_silently_is_not_taken_for_granted(
    model: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    import onnxruntime

    monkeypatch.setattr(
        onnxruntime, "get_available_providers", lambda: ["CUDAExecutionProvider", "CPUExecutionProvider"]
    )
    with (
        pytest.warns(UserWarning, match="CUDAExecutionProvider"),
        pytest.raises(EngineUnavailable, match="cannot load CUDAExecutionProvider"),
    ):
        open_engine(model, EngineConfig(backend="onnxruntime", require="cuda"))


def test_a_combination_that_cannot_be_is_refused(model: ModelFolder) -> None:
    with pytest.raises(EngineUnavailable, match="backend openvino, require cuda"):
        open_engine(model, EngineConfig(backend="openvino", require="cuda"))


def test_a_damaged_network_is_not_blamed_on_the_engine(tmp_path: Path) -> None:
    junk = tiny_models.write_folder(tmp_path / "junk", b"\x08junk", kind="still", side_multiple=4)
    with pytest.raises(ModelCorrupt, match=r"model\.onnx"):
        open_engine(ModelFolder(junk))


def test_a_gpu_that_is_there_and_not_used_is_worth_a_warning(
    model: ModelFolder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(select, "describe_gpu", lambda device: Gpu("NVIDIA RTX 4070", "580.1", 2**33))
    open_engine(model).close()
    (warning,) = (record for record in caplog.records if record.levelno == logging.WARNING)
    assert "does not use the NVIDIA RTX 4070 and runs on the CPU" in warning.message
    assert "TensorRT: tensorrt is not installed" in warning.message
    caplog.clear()
    open_engine(model, EngineConfig(require="cpu")).close()
    assert not [record for record in caplog.records if record.levelno == logging.WARNING]


def test_every_engine_can_be_tried(model: ModelFolder) -> None:
    trials = {trial.name: trial for trial in try_engines(model)}
    assert trials["OpenVINO on the CPU"].info is not None
    assert trials["onnxruntime on the CPU"].info is not None
    assert trials["onnxruntime with CUDA"].info is None
    assert trials["onnxruntime with CUDA"].reason
