"""Networks are rewritten for TensorRT without computing anything else than before."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import onnx.parser
import onnxruntime
import pytest
import tiny_models

from streamdesnow.engines.tensorrt.prepare import Precision, prepare
from streamdesnow.errors import ModelCorrupt
from streamdesnow.frame import Image
from streamdesnow.models import ModelFolder, find_model
from streamdesnow.models.shapes import resolve_shape

_UINT8, _FLOAT = onnx.TensorProto.UINT8, onnx.TensorProto.FLOAT
_WIDTH, _HEIGHT = 48, 32


def _prepared(model: ModelFolder, precision: Precision = "fp32") -> onnx.ModelProto:
    return onnx.load_from_string(prepare(model, precision))


def _film(frames: int) -> list[Image]:
    """A scene that stays, under white spots that do not."""
    rng = np.random.default_rng(1)
    scene = np.repeat(np.repeat(rng.integers(0, 160, (4, 6, 3)), 8, axis=0), 8, axis=1)
    return [
        np.where(rng.random((_HEIGHT, _WIDTH, 1)) < 0.15, 235, scene).astype(np.uint8) for _ in range(frames)
    ]


def _cleaned(model: ModelFolder, network: bytes, frames: int = 6) -> np.ndarray:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    # What is computed in one go rounds otherwise, and here it depends on where casts are.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
    card = model.card
    memory = {
        state.input: np.zeros(resolve_shape(state.shape, batch=1, width=_WIDTH, height=_HEIGHT), state.dtype)
        for state in card.states
    }
    names = [card.output.name, *(state.output for state in card.states)]
    clean = []
    for frame in _film(frames):
        picture, *next_memory = session.run(names, {card.input.name: frame[None], **memory})
        memory = dict(zip(memory, next_memory, strict=True))
        clean.append(picture)
    return np.concatenate(clean).astype(int)


@pytest.fixture(params=["blur", "inverting", "averaging"])
def tiny(request: pytest.FixtureRequest, tmp_path: Path) -> ModelFolder:
    return ModelFolder(getattr(tiny_models, request.param)(tmp_path / request.param))


@pytest.fixture(params=["fixed-camera", "paper"])
def shipped(request: pytest.FixtureRequest) -> ModelFolder:
    return find_model(request.param)


def test_bytes_are_inputs_and_outputs_and_met_by_casts_only(tiny: ModelFolder) -> None:
    graph = onnx.shape_inference.infer_shapes(_prepared(tiny), strict_mode=True).graph
    bytes_ = {
        value.name
        for value in (*graph.input, *graph.output, *graph.value_info)
        if value.type.tensor_type.elem_type == _UINT8
    }
    assert bytes_ == {"frame", "clean"}
    for node in graph.node:
        if bytes_.intersection((*node.input, *node.output)):
            assert node.op_type == "Cast"


def test_the_rewritten_network_computes_the_same(tiny: ModelFolder) -> None:
    expected = _cleaned(tiny, tiny.onnx.read_bytes())
    np.testing.assert_array_equal(_cleaned(tiny, prepare(tiny, "fp32")), expected)


def test_bytes_that_are_made_and_read_again_inside_are_rounded_down(tmp_path: Path) -> None:
    text = """
    <ir_version: 9, opset_import: ["": 18]>
    twice (uint8[N,H,W,3] frame) => (uint8[N,H,W,3] clean)
    <float third = {0.3333333}> {
      x = Cast <to = 1> (frame)
      small = Mul (x, third)
      rough = Cast <to = 2> (small)
      back = Cast <to = 1> (rough)
      sum = Add (back, small)
      clean = Cast <to = 2> (sum)
    }
    """
    model = ModelFolder(tiny_models.write_folder(tmp_path / "m", text, kind="still", side_multiple=1))
    np.testing.assert_array_equal(
        _cleaned(model, prepare(model, "fp32")), _cleaned(model, model.onnx.read_bytes())
    )


def test_shipped_models_compute_the_same_and_in_half_precision_nearly(shipped: ModelFolder) -> None:
    frames = 6 if shipped.card.states else 1
    expected = _cleaned(shipped, shipped.onnx.read_bytes(), frames)
    np.testing.assert_array_equal(_cleaned(shipped, prepare(shipped, "fp32"), frames), expected)
    assert np.abs(_cleaned(shipped, prepare(shipped, "fp16"), frames) - expected).max() <= 1


@pytest.mark.parametrize(
    ("precision", "half"), [("fp16", onnx.TensorProto.FLOAT16), ("bf16", onnx.TensorProto.BFLOAT16)]
)
def test_convolutions_narrow_and_a_memory_stays_as_it_is(
    shipped: ModelFolder, precision: Precision, half: int
) -> None:
    network = _prepared(shipped, precision)
    made_by = {name: node for node in network.graph.node for name in node.output}
    stored = {tensor.name: tensor.data_type for tensor in network.graph.initializer}
    for node in network.graph.node:
        if node.op_type == "Conv":
            weight = node.input[1]
            assert stored.get(weight) == half or made_by[weight].attribute[0].i == half
    edges = {value.name: value.type.tensor_type.elem_type for value in network.graph.output}
    for state in shipped.card.states:
        assert edges[state.output] == {"uint8": _UINT8, "float32": _FLOAT}[state.dtype]


def test_weights_that_are_stored_in_half_precision_are_not_widened_first(shipped: ModelFolder) -> None:
    network = _prepared(shipped, "fp16")
    stored = {
        tensor.name
        for tensor in network.graph.initializer
        if tensor.data_type == onnx.TensorProto.FLOAT16 and len(tensor.dims) == 4
    }
    widened = {
        node.input[0]
        for node in network.graph.node
        if node.op_type == "Cast" and node.input[0] in stored and node.attribute[0].i == _FLOAT
    }
    assert stored
    assert not widened


def test_a_quantised_network_stays_as_it_is(tmp_path: Path) -> None:
    model = ModelFolder(tiny_models.quantised(tmp_path / "q"))
    found = Counter(node.op_type for node in _prepared(model, "fp16").graph.node)
    assert found["QuantizeLinear"] == 1
    assert found["DequantizeLinear"] == 2
    assert _prepared(model, "fp16") == _prepared(model, "fp32")


def test_unsigned_eight_bits_get_a_sign_and_nothing_is_cut_off(tmp_path: Path) -> None:
    signed = ModelFolder(tiny_models.quantised(tmp_path / "signed"))
    # As quantisers write networks, with notes on the types inside.
    plain = tiny_models.quantised(tmp_path / "plain", kind="uint8", step=1.0) / "model.onnx"
    noted = onnx.shape_inference.infer_shapes(onnx.load(plain)).SerializeToString()
    unsigned = ModelFolder(
        tiny_models.write_folder(tmp_path / "unsigned", noted, kind="still", side_multiple=1)
    )
    network = _prepared(unsigned)
    zeros = {tensor.name: tensor.data_type for tensor in network.graph.initializer}
    for node in network.graph.node:
        if node.op_type in ("QuantizeLinear", "DequantizeLinear"):
            assert zeros[node.input[2]] == onnx.TensorProto.INT8
    exact = _cleaned(unsigned, unsigned.onnx.read_bytes())
    found = _cleaned(unsigned, prepare(unsigned, "fp32"))
    # Steps of 255 / 127 instead of 1.
    assert np.abs(found - exact).max() <= 2
    assert found.max() > 200
    assert np.abs(_cleaned(signed, prepare(signed, "fp32")) - exact).max() <= 2


def test_eight_bits_whose_zero_is_elsewhere_are_refused(tmp_path: Path) -> None:
    shifted = ModelFolder(tiny_models.quantised(tmp_path / "m", kind="uint8", step=1.0, zero=3))
    with pytest.raises(ModelCorrupt, match="its zero is not 0"):
        prepare(shifted, "fp32")


def test_a_network_that_is_none_is_named(tmp_path: Path) -> None:
    junk = tiny_models.write_folder(tmp_path / "junk", b"\x08junk", kind="still", side_multiple=4)
    with pytest.raises(ModelCorrupt, match=r"model\.onnx"):
        prepare(ModelFolder(junk), "fp16")
