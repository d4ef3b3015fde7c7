"""TensorRT for RTX builds an engine from every shipped model, without a GPU."""

from __future__ import annotations

import json
from pathlib import Path

import onnx
import onnx.parser
import pytest
import tiny_models

from streamdesnow.config.engine import EngineConfig
from streamdesnow.engines.cuda import CudaDevice
from streamdesnow.engines.tensorrt.build import build, parse
from streamdesnow.engines.tensorrt.library import Library, load_library
from streamdesnow.engines.tensorrt.plans import Plans, plan_precision
from streamdesnow.engines.tensorrt.prepare import Precision, prepare
from streamdesnow.engines.tensorrt.profiles import profile_for, profiles
from streamdesnow.errors import EngineFailed, EngineUnavailable, ModelCorrupt
from streamdesnow.lab.shipping.quantise import write_twin
from streamdesnow.models import ModelFolder, list_models
from streamdesnow.models.shapes import resolve_shape

pytest.importorskip("tensorrt_rtx", reason="tensorrt-rtx is not installed")

_SIZE = (64, 48)
_SHIPPED = {model.path.name: model for model in list_models()}


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library("tensorrt-rtx")


@pytest.mark.parametrize("name", _SHIPPED)
def test_every_shipped_model_builds_with_the_inputs_and_outputs_of_its_card(
    name: str, library: Library
) -> None:
    model = _SHIPPED[name]
    card, trt = model.card, library.module
    parsed = parse(library, model, prepare(model, "fp16"))
    types = {"uint8": trt.uint8, "float32": trt.float32, "float16": trt.float16}
    found = {
        tensor.name: (tensor.dtype, tuple(tensor.shape))
        for tensor in (
            *map(parsed.network.get_input, range(parsed.network.num_inputs)),
            *map(parsed.network.get_output, range(parsed.network.num_outputs)),
        )
    }
    edges = [(card.input.name, card.input), (card.output.name, card.output)]
    edges += [(state.input, state) for state in card.states]
    edges += [(state.output, state) for state in card.states]
    assert set(found) == {edge for edge, _ in edges}
    for edge, spec in edges:
        dtype, shape = found[edge]
        assert dtype == types[spec.dtype]
        wanted = resolve_shape(spec.shape, batch=1, width=256, height=256)
        # Sides that follow the frame's are open; all others are those of the card.
        assert len(shape) == len(wanted)
        assert all(side in (-1, number) for side, number in zip(shape, wanted, strict=True))
        assert shape[0] == -1
    plan = build(library, parsed, profiles(model, _SIZE, 2)).plan
    assert len(plan) > 100_000
    assert all(edge.encode() in plan for edge, _ in edges)


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("name", _SHIPPED)
def test_the_parser_takes_every_shipped_model_in_the_other_precisions(
    name: str, precision: Precision, library: Library
) -> None:
    model = _SHIPPED[name]
    parsed = parse(library, model, prepare(model, precision))
    assert parsed.network.num_outputs == 1 + len(model.card.states)


def test_an_engine_is_built_for_one_frame_by_itself_and_for_batches(tmp_path: Path) -> None:
    model = ModelFolder(tiny_models.averaging(tmp_path / "m"))
    alone, together = profiles(model, _SIZE, 8)
    assert alone.smallest == alone.best == alone.largest
    assert alone.best == {"frame": (1, 48, 64, 3), "mean": (1, 12, 24, 32), "age": (1, 1, 1, 1)}
    assert together.smallest["frame"] == (2, 48, 64, 3)
    assert together.best == together.largest
    assert together.largest["mean"] == (8, 12, 24, 32)
    assert len(profiles(model, _SIZE, 1)) == 1
    assert [profile_for(batch) for batch in (1, 2, 8)] == [0, 1, 1]


def test_eight_bits_are_taken_where_the_network_is_quantised(tmp_path: Path, library: Library) -> None:
    model = ModelFolder(tiny_models.quantised(tmp_path / "m"))
    parsed = parse(library, model, prepare(model, "fp16"))
    kinds = {parsed.network.get_layer(number).type for number in range(parsed.network.num_layers)}
    assert {library.module.LayerType.QUANTIZE, library.module.LayerType.DEQUANTIZE} <= kinds
    assert build(library, parsed, profiles(model, _SIZE, 1)).plan


def test_an_engine_for_turing_is_another_one(tmp_path: Path, library: Library) -> None:
    model = ModelFolder(tiny_models.blur(tmp_path / "m"))
    config = EngineConfig(cache=tmp_path / "cache")
    ahead = Plans(library, model, config, None, batch=1)
    turing = Plans(library, model, config, CudaDevice("NVIDIA T4", (7, 5), "580.1"), batch=1)
    assert ahead.plan(_SIZE)
    assert turing.plan(_SIZE)
    headers = [
        json.loads(path.read_bytes().split(b"\n", 2)[1]) for path in (tmp_path / "cache").rglob("*.engine")
    ]
    assert {header["gpu"] for header in headers} == {
        "compute capability 7.5",
        "compute capability " + ", ".join(f"{one}.{other}" for one, other in library.usual_targets),
    }


def test_an_operator_that_the_parser_does_not_take_is_named(tmp_path: Path, library: Library) -> None:
    text = """
    <ir_version: 9, opset_import: ["": 18, "own": 1]>
    strange (uint8[N,H,W,3] frame) => (uint8[N,H,W,3] clean) {
      x = Cast <to = 1> (frame)
      y = own.Strange (x)
      clean = Cast <to = 2> (y)
    }
    """

    content = onnx.parser.parse_model(text).SerializeToString()
    model = ModelFolder(tiny_models.write_folder(tmp_path / "m", content, kind="still", side_multiple=1))
    with pytest.raises(EngineUnavailable, match="Strange"):
        Plans(library, model, EngineConfig(cache=tmp_path), None).check()


def test_a_network_with_other_inputs_than_its_card_is_refused(tmp_path: Path, library: Library) -> None:
    folder = tiny_models.averaging(tmp_path / "m")
    card = (folder / "model.yaml").read_text().replace("input: mean", "input: median")
    (folder / "model.yaml").write_text(card)
    model = ModelFolder(folder)
    with pytest.raises(ModelCorrupt, match="median"):
        parse(library, model, prepare(model, "fp32"))


def test_a_plan_that_cannot_be_loaded_says_why(library: Library) -> None:
    from streamdesnow.engines.tensorrt.executor import PlanExecutor

    with pytest.raises(EngineFailed, match=r"tensorrt-rtx .* cannot load the engine: \S+"):
        PlanExecutor(library, b"this is no engine" * 10)


def test_precisions_are_half_unless_asked_otherwise(tmp_path: Path) -> None:
    model = ModelFolder(tiny_models.blur(tmp_path / "m"))
    assert [plan_precision(asked, model) for asked in ("auto", "fp16", "fp32", "bf16")] == [
        "fp16",
        "fp16",
        "fp32",
        "bf16",
    ]
    with pytest.raises(EngineUnavailable, match="models quantise"):
        plan_precision("int8", model)


def test_a_twin_in_eight_bits_is_built_where_it_is_asked_for(tmp_path: Path, library: Library) -> None:
    folder = tiny_models.inverting(tmp_path / "m")
    twin = tiny_models.quantised(tmp_path / "twin")
    content = (twin / "model.onnx").read_bytes()
    write_twin(ModelFolder(folder), onnx.load_from_string(content), 0.1, "by nobody")
    model = ModelFolder(folder)
    assert plan_precision("int8", model) == "int8"
    plans = Plans(library, model, EngineConfig(cache=tmp_path, precision="int8"), None, batch=1)
    assert plans.plan(_SIZE)
    assert plans.key(_SIZE).digest != model.digest
