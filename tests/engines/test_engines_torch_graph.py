"""The torch engine's operators do what onnxruntime's do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx.parser
import onnxruntime
import pytest

from streamdesnow.errors import EngineUnavailable

# Input x: float (1, 4, 6, 8) in -2..2. Each line is the body of a network that makes y.
_BODIES = [
    "y = Abs(x)",
    "y = Add(x, x)",
    "y = AveragePool <kernel_shape = [2, 2], strides = [2, 2]> (x)",
    "y = AveragePool <kernel_shape = [3, 3], pads = [1, 1, 1, 1]> (x)",
    "y = AveragePool <kernel_shape = [3, 3], pads = [1, 1, 1, 1], count_include_pad = 1> (x)",
    "lo = Constant <value_float = -0.5> () y = Clip(x, lo)",
    "z = Constant <value = float {0.5}> () y = Clip(x, , z)",
    "y = Concat <axis = 1> (x, x)",
    "w = ConstantOfShape <value = float[1] {0.25}> (kernel) y = Conv <pads = [1, 0, 0, 1]> (x, w)",
    "w = ConstantOfShape <value = float[1] {0.25}> (kernel)"
    " y = Conv <strides = [2, 2], pads = [1, 1, 1, 1]> (x, w)",
    "w = ConstantOfShape <value = float[1] {0.25}> (kernel)"
    " y = ConvTranspose <strides = [2, 2], pads = [1, 1, 1, 1], output_padding = [1, 1]> (x, w)",
    "y = DepthToSpace <blocksize = 2> (x)",
    'y = DepthToSpace <blocksize = 2, mode = "CRD"> (x)',
    "y = SpaceToDepth <blocksize = 2> (x)",
    "a = Abs(x) b = Add(a, one) y = Div(x, b)",
    "y = Exp(x)",
    "s = Shape(x) z = Add(one, one) y = Expand(z, s)",
    "y = Floor(x)",
    "y = Gather <axis = 1> (x, two)",
    "y = GlobalAveragePool(x)",
    "c = Greater(x, one) y = Where(c, x, one)",
    "c = Less(x, one) d = Not(c) e = Or(c, d) y = Cast <to = 1> (e)",
    "c = GreaterOrEqual(x, one) d = LessOrEqual(x, one) e = And(c, d) y = Cast <to = 1> (e)",
    "y = InstanceNormalization(x, four, four)",
    "y = LeakyRelu <alpha = 0.2> (x)",
    "a = Abs(x) b = Add(a, one) y = Log(b)",
    "y = Max(x, one, x)",
    "y = MaxPool <kernel_shape = [3, 3], strides = [1, 1], pads = [1, 1, 1, 1]> (x)",
    "y = Min(x, one)",
    "n = Neg(x) y = Mul(n, x)",
    "y = Pad(x, pads)",
    'y = Pad <mode = "reflect"> (x, pads)',
    'y = Pad <mode = "edge"> (x, pads)',
    "y = PRelu(x, one)",
    "y = Pow(x, two_f)",
    "y = ReduceMean <keepdims = 1> (x, axes)",
    "y = ReduceMax <keepdims = 0> (x, axes)",
    "y = ReduceMin(x, axes)",
    "y = ReduceSum(x, axes)",
    "a = Abs(x) b = Add(a, one) y = Reciprocal(b)",
    "y = Relu(x)",
    "y = Reshape(x, shape)",
    'y = Resize <mode = "nearest", nearest_mode = "floor", coordinate_transformation_mode = "asymmetric">'
    " (x, , scales)",
    'y = Resize <mode = "linear"> (x, , scales)',
    'y = Resize <mode = "linear", coordinate_transformation_mode = "align_corners"> (x, , scales)',
    "y = Round(x)",
    "y = Sigmoid(x)",
    "y = Slice(x, two, four_i, axis_3)",
    "y = Slice(x, last, first, axis_3, back)",
    "a, b = Split <axis = 1, num_outputs = 2> (x) y = Sub(a, b)",
    "a, b = Split <axis = 1> (x, one_three) y = Mul(a, b)",
    "a = Abs(x) y = Sqrt(a)",
    "y = Tanh(x)",
    "y = Tile(x, tiles)",
    "y = Transpose <perm = [0, 2, 3, 1]> (x)",
    "u = Unsqueeze(x, axis_3) y = Squeeze(u, axis_3)",
    "s = Shape <start = 2> (x) f = Cast <to = 1> (s) y = Div(f, two_f)",
    "y = Identity(x)",
    "t = Transpose <perm = [0, 1, 3, 2]> (x) y = MatMul(x, t)",
    "s = Shape <start = 3> (x) n = Squeeze(s) r = Range(none, n, step) f = Cast <to = 1> (r) y = Mul(x, f)",
    "p, q = Split <axis = 1, num_outputs = 2> (x) t = Transpose <perm = [0, 2, 3, 1]> (p)"
    ' y = GridSample <mode = "bilinear", padding_mode = "border"> (q, t)',
    "p, q = Split <axis = 1, num_outputs = 2> (x) t = Transpose <perm = [0, 2, 3, 1]> (p)"
    " y = GridSample <align_corners = 1> (q, t)",
]

_CONSTANTS = """
<float one = {1.0}, float two_f = {2.0}, float[4] four = {1.0, 2.0, 3.0, 4.0},
 int64[1] two = {2}, int64[1] four_i = {4}, int64[1] axis_3 = {3}, int64[2] axes = {2, 3},
 int64[1] last = {-1}, int64[1] first = {-9223372036854775807}, int64[1] back = {-1},
 int64[4] kernel = {4, 4, 3, 3}, int64[8] pads = {0, 0, 1, 2, 0, 0, 2, 1}, int64[4] shape = {0, 2, -1, 16},
 float[4] scales = {1.0, 1.0, 2.0, 2.0}, int64[2] one_three = {1, 3},
 int64[4] tiles = {1, 3, 1, 1}, int64 none = {0}, int64 step = {1}>
"""


def _written(path: Path, body: str) -> Path:
    network = f"g (float[A,4,6,8] x) => (float y) {_CONSTANTS} {{ {body} }}"
    model = onnx.parser.parse_model(f'<ir_version: 9, opset_import: ["": 18]> {network}')
    model.graph.output[0].type.tensor_type.ClearField("shape")
    path.write_bytes(model.SerializeToString())
    return path


def _by_torch(path: Path, x: np.ndarray) -> np.ndarray:
    torch = pytest.importorskip("torch")
    from streamdesnow.engines.torch_graph import TorchGraph

    with torch.inference_mode():
        return TorchGraph(path, torch.device("cpu"))({"x": torch.from_numpy(x)})["y"].numpy()


def _by_onnxruntime(path: Path, x: np.ndarray) -> np.ndarray:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return session.run(None, {"x": x})[0]


@pytest.mark.parametrize("body", _BODIES)
def test_an_operator_gives_what_onnxruntime_gives(body: str, tmp_path: Path) -> None:
    path = _written(tmp_path / "one.onnx", body)
    x = np.random.default_rng(1).uniform(-2, 2, (1, 4, 6, 8)).astype(np.float32)
    expected, found = _by_onnxruntime(path, x), _by_torch(path, x)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def test_numbers_that_were_part_of_a_shape_go_to_the_device(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    from streamdesnow.engines.torch_graph import TorchGraph

    body = "s = Shape <start = 3> (x) n = Squeeze(s) r = Range(none, n, step) f = Cast <to = 1> (r)"
    graph = TorchGraph(_written(tmp_path / "one.onnx", f"{body} y = Mul(x, f)"), torch.device("meta"))
    assert graph({"x": torch.zeros(1, 4, 6, 8, device="meta")})["y"].device.type == "meta"


def test_an_operator_that_is_not_known_is_named(tmp_path: Path) -> None:
    path = _written(tmp_path / "one.onnx", "y = Erf(x)")
    with pytest.raises(EngineUnavailable, match="Erf"):
        _by_torch(path, np.zeros((1, 4, 6, 8), np.float32))
