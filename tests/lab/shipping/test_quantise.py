"""Twins in eight bits: what is quantised, what is not, and what is said of the loss."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
import tiny_models
from clips import write_clip
from onnx.reference import ReferenceEvaluator
from typer.testing import CliRunner

from streamdesnow.cli.app import build_app
from streamdesnow.frame import Image
from streamdesnow.lab.border.half_precision import store_half, widen
from streamdesnow.lab.data.open_pairs import SnowChoice, open_pairs
from streamdesnow.lab.shipping import calibration
from streamdesnow.lab.shipping import quantise_model as quantising
from streamdesnow.lab.shipping.calibration import feeds_of
from streamdesnow.lab.shipping.kept_in_float import (
    foreseeing,
    meeting_features,
    placing_pixels,
    reading_inputs,
    writing_outputs,
)
from streamdesnow.lab.shipping.precision_loss import score_precisions
from streamdesnow.lab.shipping.quantise import eight_bits, share_steps, write_twin
from streamdesnow.models import ModelFolder

_STATES = [{"input": "mean", "output": "mean_next", "shape": ["N", 3, "H", "W"]}]
_NETWORK = """
<ir_version: 9, opset_import: ["": 18]>
two (uint8[N,H,W,3] frame, float[N,3,H,W] mean) => (uint8[N,H,W,3] clean, float[N,3,H,W] mean_next)
<float slow = {0.1}, float[8,3,1,1] into = {INTO}, float[3,8,1,1] back = {BACK}> {
  planes = Transpose <perm = [0, 3, 1, 2]> (frame)
  x = Cast <to = 1> (planes)
  news = Sub (x, mean)
  part = Mul (news, slow)
  mean_next = Add (mean, part)
  first = Conv (x, into)
  features = Relu (first)
  second = Conv (features, back)
  out = Cast <to = 2> (second)
  clean = Transpose <perm = [0, 2, 3, 1]> (out)
}
"""


def _numbers(rows: int, columns: int) -> str:
    return ", ".join("1.0" if n // columns == n % columns else "0.0" for n in range(rows * columns))


@pytest.fixture
def model(tmp_path: Path) -> ModelFolder:
    """Two convolutions that give the frame back, beside a running mean."""
    text = _NETWORK.replace("INTO", _numbers(8, 3)).replace("BACK", _numbers(3, 8))
    network = onnx.parser.parse_model(text)
    for node in network.graph.node:
        node.name = f"node_{node.output[0]}"
    return ModelFolder(
        tiny_models.write_folder(
            tmp_path / "two", network.SerializeToString(), kind="causal", side_multiple=8, states=_STATES
        )
    )


def _films() -> Iterator[list[Image]]:
    rng = np.random.default_rng(0)
    yield [rng.integers(0, 256, (20, 36, 3), dtype=np.uint8) for _ in range(10)]


def test_memories_are_fed_back_while_calibrating(model: ModelFolder) -> None:
    feeds = list(feeds_of(model, _films()))
    assert [feed["frame"].shape for feed in feeds] == [(1, 16, 32, 3)] * 9
    means = [float(feed["mean"].mean()) for feed in feeds]
    assert means[0] == 0
    assert means == sorted(means)
    assert means[-1] > 50


def test_films_are_of_the_street_in_every_snow_and_of_the_middle_of_clips(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibration, "_FRAMES", 3)
    monkeypatch.setattr(calibration, "_WIDTH", 64)
    monkeypatch.setattr(calibration, "_SIDE", 48)
    clip = write_clip(tmp_path / "snow.mp4", 5)
    *streets, recording = calibration.calibration_films(None, [clip], seed=1)
    assert len(streets) == 8
    assert {frame.shape for film in [*streets, recording] for frame in film} == {(48, 64, 3)}
    assert {len(film) for film in [*streets, recording]} == {3}


def test_convolutions_that_read_pixels_stay_in_float_and_so_does_memory(model: ModelFolder) -> None:
    pytest.importorskip("nncf")
    network = eight_bits(model, feeds_of(model, _films()))
    assert reading_inputs(network, {"frame", "mean"}) == ["node_first"]
    makers = {name: node for node in network.graph.node for name in node.output}
    by_name = {node.name: node for node in network.graph.node}
    assert makers[by_name["node_second"].input[0]].op_type == "DequantizeLinear"
    assert by_name["node_first"].input[0] == "x"
    assert list(by_name["node_news"].input) == ["x", "mean"]
    assert [item.name for item in network.graph.input] == ["frame", "mean"]


def test_convolutions_whose_results_are_remembered_as_they_are_are_found() -> None:
    network = onnx.parser.parse_model("""
        <ir_version: 9, opset_import: ["": 18]>
        carrying (float[1,2,4,4] x) => (float[1,4,4,2] carried, float[1,2,4,4] mixed)
        <float[2,2,1,1] a = {1.0, 0.0, 0.0, 1.0}, float half = {0.5}> {
          features = Conv (x, a)
          bounded = Tanh (features)
          halved = Mul (half, bounded)
          carried = Transpose <perm = [0, 2, 3, 1]> (halved)
          other = Conv (x, a)
          mixed = Add (other, x)
        }
    """)
    for node in network.graph.node:
        node.name = f"node_{node.output[0]}"
    assert writing_outputs(network, ["carried", "mixed", "x"]) == ["node_features"]


def test_who_reads_a_tensor_in_the_same_eight_bits_reads_the_same_nodes() -> None:
    network = onnx.parser.parse_model("""
        <ir_version: 9, opset_import: ["": 21]>
        thrice (float[1,2] x) => (float[1,2] first, float[1,2] second, float[1,2] other)
        <float s = {0.5}, float t = {0.5}, float u = {0.25}, uint8 z = {7}> {
          a = QuantizeLinear (x, s, z)
          b = DequantizeLinear (a, s, z)
          first = Neg (b)
          c = QuantizeLinear (x, t, z)
          d = DequantizeLinear (c, t, z)
          second = Abs (d)
          e = QuantizeLinear (x, u, z)
          f = DequantizeLinear (e, u, z)
          other = Abs (f)
        }
    """)
    x = {"x": np.array([[-1.1, 30.3]], np.float32)}
    before = ReferenceEvaluator(network).run(None, x)
    share_steps(network)
    onnx.checker.check_model(network)
    kinds = [node.op_type for node in network.graph.node]
    assert kinds.count("QuantizeLinear") == kinds.count("DequantizeLinear") == 2
    assert [item.name for item in network.graph.initializer] == ["s", "u", "z"]
    after = ReferenceEvaluator(network).run(None, x)
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def test_convolutions_that_say_where_pixels_come_from_are_found() -> None:
    network = onnx.parser.parse_model("""
        <ir_version: 9, opset_import: ["": 18]>
        moving (float[1,3,4,4] x) => (float[1,3,4,4] moved, float[1,2,4,4] flow_next) {
          slopes = Conv (x, a)
          flow = Conv (slopes, b)
          between = Conv (flow, c)
          places = Transpose <perm = [0, 2, 3, 1]> (between)
          moved = GridSample (x, places)
          features = Conv (moved, a)
          change = Conv (features, b)
          flow_next = Add (flow, change)
        }
    """)
    shapes = {"a": (3, 3, 1, 1), "b": (2, 3, 1, 1), "c": (2, 2, 1, 1)}
    for name, shape in shapes.items():
        network.graph.initializer.append(onnx.numpy_helper.from_array(np.zeros(shape, np.float32), name))
    for node in network.graph.node:
        node.name = f"node_{node.output[0]}"
    assert set(placing_pixels(network)) == {"node_between", "node_flow", "node_slopes"}
    assert set(foreseeing(network, {"flow_next"})) == {"node_change", "node_flow"}


def test_the_convolution_that_first_reads_what_features_were_added_to_is_found() -> None:
    network = onnx.parser.parse_model("""
        <ir_version: 9, opset_import: ["": 18]>
        recalling (float[1,2,4,4] x, float[1,2,4,4] features) => (float[1,2,4,4] out) {
          seen = Conv (x, a)
          recalled = Conv (features, a)
          sum = Add (seen, recalled)
          first = Conv (sum, a)
          more = Add (sum, first)
          out = Conv (more, a)
        }
    """)
    for node in network.graph.node:
        node.name = f"node_{node.output[0]}"
    assert meeting_features(network) == ["node_first"]
    for node in network.graph.node:
        node.input[:] = ["other" if name == "features" else name for name in node.input]
    assert meeting_features(network) == []


def test_half_precision_on_disk_can_be_undone(model: ModelFolder) -> None:
    network = onnx.load(model.onnx)
    weights = np.linspace(0, 1, 512, dtype=np.float16).astype(np.float32)
    network.graph.initializer.append(onnx.numpy_helper.from_array(weights, "large"))
    nodes = len(network.graph.node)
    store_half(network)
    assert len(network.graph.node) == nodes + 1
    widen(network)
    assert len(network.graph.node) == nodes
    (large,) = (item for item in network.graph.initializer if item.name == "large")
    np.testing.assert_array_equal(onnx.numpy_helper.to_array(large), weights)


def test_the_loss_is_that_between_precisions_whole_and_in_blocks(model: ModelFolder) -> None:
    pytest.importorskip("nncf")
    pytest.importorskip("openvino")
    write_twin(model, eight_bits(model, feeds_of(model, _films())), 0.1, "here")
    (street,) = open_pairs("street", None, SnowChoice(("heavy",), ("streaks",), 96, 10, 1))
    twin = ModelFolder(model.path)
    (whole, still, moving) = score_precisions(twin, ["int8"], street, skip=2)
    assert (whole.region, still.region, moving.region) == ("all", "still", "moving")
    assert whole.reference == pytest.approx(whole.before)
    assert 0 < whole.lost < 6  # 256 values in steps of two
    blocks = list(score_precisions(twin, ["int8"], street, skip=2, block=3))
    assert [loss.clip.split(", ")[1] for loss in blocks[::3]] == ["frames 2-4", "frames 5-7", "frames 8-10"]


def test_one_command_writes_the_twin_and_says_what_it_loses(
    model: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("nncf")
    monkeypatch.setattr(quantising, "calibration_films", lambda *_, **__: _films())
    monkeypatch.setattr(quantising, "_LEVELS", ("heavy",))
    monkeypatch.setattr(quantising, "_WIDTH", 96)
    result = CliRunner().invoke(build_app(), ["models", "quantise", str(model.path), "--frames", "14"])
    assert result.exit_code == 0, result.output
    assert "model.int8.onnx" in result.output
    assert "engine.precision auto" in result.output.replace("\n", " ")
    found = ModelFolder(model.path)
    assert found.int8 is not None
    assert found.card.int8 is not None
    assert found.card.states == model.card.states
    again = CliRunner().invoke(build_app(), ["models", "quantise", str(model.path), "--frames", "14"])
    assert again.exit_code == 0, again.output
