"""The network in eight bits is run where it is asked for, or where nobody sees the difference."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import tiny_models
import yaml

from streamdesnow.config.engine import EngineConfig
from streamdesnow.engines import open_engine, openvino_precision
from streamdesnow.engines.processor import multiplies_int8
from streamdesnow.errors import EngineUnavailable, ModelCorrupt
from streamdesnow.models import ModelFolder


def _with_twin(folder: Path, loss: float) -> ModelFolder:
    """A model that inverts, with a twin that gives the frame itself: nobody mistakes one for the other."""
    tiny_models.inverting(folder)
    twin = (tiny_models.quantised(folder.parent / "twin") / "model.onnx").read_bytes()
    (folder / "model.int8.onnx").write_bytes(twin)
    card = yaml.safe_load((folder / "model.yaml").read_text())
    card["int8"] = {"onnx_sha256": hashlib.sha256(twin).hexdigest(), "loss": loss, "measured": "here"}
    (folder / "model.yaml").write_text(yaml.safe_dump(card))
    return ModelFolder(folder)


def _ran(model: ModelFolder, backend: str, precision: str) -> tuple[str, int]:
    """The precision that it says it runs in, and what it makes of 100: 155 in float, 100 in eight bits."""
    pytest.importorskip(backend)
    config = EngineConfig.model_validate({"backend": backend, "precision": precision, "require": "cpu"})
    engine = open_engine(model, config)
    frame = np.full((8, 8, 3), 100, np.uint8)
    (clean,) = engine.infer([frame], [engine.zero_state(8, 8)])
    engine.close()
    return engine.info.precision, int(clean[4, 4, 0])


@pytest.mark.parametrize("backend", ["openvino", "onnxruntime"])
def test_eight_bits_are_run_where_they_are_asked_for(backend: str, tmp_path: Path) -> None:
    model = _with_twin(tmp_path / "m", loss=2.0)
    assert _ran(model, backend, "int8") == ("int8", 100)
    assert _ran(model, backend, "fp32") == ("fp32", 155)


@pytest.mark.parametrize(
    ("loss", "vnni", "expected"), [(0.3, True, 100), (0.31, True, 155), (0.1, False, 155)]
)
def test_on_its_own_openvino_takes_them_if_the_loss_is_small_and_the_processor_quick(
    loss: float, vnni: bool, expected: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openvino_precision, "multiplies_int8", lambda: vnni)
    assert _ran(_with_twin(tmp_path / "m", loss), "openvino", "auto")[1] == expected


@pytest.mark.parametrize(("precision", "expected"), [("auto", ("bf16", 155)), ("int8", ("int8", 100))])
def test_eight_bits_that_do_not_compile_beside_bfloat16_give_way_or_stand_beside_float32(
    precision: str, expected: tuple[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    openvino = pytest.importorskip("openvino")

    class Refusing:
        """A processor with bfloat16, on which networks that are called `model.int8.onnx` want float32."""

        def __init__(self) -> None:
            self._core = _core()
            self._twin = False

        def get_property(self, device: str, name: str) -> object:
            assert (device, name) == ("CPU", "OPTIMIZATION_CAPABILITIES")
            return ["FP32", "INT8", "BF16"]

        def read_model(self, path: str) -> object:
            self._twin = path.endswith("int8.onnx")
            return self._core.read_model(path)

        def compile_model(self, network: object, device: str, options: dict[str, object]) -> object:
            if self._twin and options["INFERENCE_PRECISION_HINT"] == "bf16":
                raise RuntimeError("No suitable implementations")
            return self._core.compile_model(network, device, options)

    _core = openvino.Core
    monkeypatch.setattr(openvino, "Core", Refusing)
    monkeypatch.setattr(openvino_precision, "multiplies_int8", lambda: True)
    assert _ran(_with_twin(tmp_path / "m", 0.1), "openvino", precision) == expected


def test_onnxruntime_stays_in_float_unless_told(tmp_path: Path) -> None:
    assert _ran(_with_twin(tmp_path / "m", 0.0), "onnxruntime", "auto") == ("fp32", 155)


@pytest.mark.parametrize("backend", ["openvino", "onnxruntime"])
def test_a_model_without_eight_bits_is_not_run_in_them(backend: str, tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="int8"):
        _ran(ModelFolder(tiny_models.inverting(tmp_path / "m")), backend, "int8")


def test_a_damaged_twin_is_named(tmp_path: Path) -> None:
    model = _with_twin(tmp_path / "m", 0.1)
    (model.path / "model.int8.onnx").write_bytes(b"junk")
    with pytest.raises(ModelCorrupt, match=r"model\.int8\.onnx is damaged.*int8\.onnx_sha256"):
        ModelFolder(model.path)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("flags\t\t: fpu avx2 avx512_vnni", True),
        ("flags\t\t: fpu avx2 fma", False),
        ("Features\t: fp asimd asimddp", True),
        ("", False),
    ],
)
def test_processors_that_multiply_bytes_quickly_say_so(line: str, expected: bool, tmp_path: Path) -> None:
    info = tmp_path / "cpuinfo"
    info.write_text(f"processor\t: 0\n{line}\n")
    assert multiplies_int8(info) is expected
    assert not multiplies_int8(tmp_path / "missing")
