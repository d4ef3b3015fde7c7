"""Every engine gives the same pictures, keeps memories apart, and says clearly what it cannot do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import tiny_models

from streamdesnow.config.engine import EngineConfig
from streamdesnow.engines import Engine, openvino_precision
from streamdesnow.engines.host_cuda import HostCuda
from streamdesnow.engines.onnxruntime import OnnxRuntimeEngine
from streamdesnow.engines.openvino import OpenVinoEngine
from streamdesnow.engines.torch import TorchEngine
from streamdesnow.errors import EngineFailed, EngineUnavailable, ModelCorrupt
from streamdesnow.frame import Image
from streamdesnow.models import ModelFolder

Make = Callable[..., Engine]

_FP32 = EngineConfig(precision="fp32")
_KINDS: dict[str, Make] = {
    "openvino": lambda model, config=_FP32: OpenVinoEngine(model, config),
    "onnxruntime": lambda model, config=_FP32: OnnxRuntimeEngine(model, config, "cpu"),
    "onnxruntime in batches": lambda model, config=_FP32: OnnxRuntimeEngine(model, config, "cpu", batch=8),
    "torch": lambda model, config=_FP32: TorchEngine(model, config, "cpu"),
}


@pytest.fixture(params=_KINDS)
def make(request: pytest.FixtureRequest) -> Make:
    """A way to build one kind of engine on the CPU."""
    pytest.importorskip(request.param.split()[0])
    return _KINDS[request.param]


@pytest.fixture
def averaging(make: Make, tmp_path: Path) -> Iterator[Engine]:
    """The causal test model, open."""
    engine = make(ModelFolder(tiny_models.averaging(tmp_path / "avg")))
    engine.open()
    yield engine
    engine.close()
    engine.close()


def _frame(value: int, width: int = 12, height: int = 8) -> Image:
    return np.full((height, width, 3), value, np.uint8)


def _noise(seed: int, width: int = 24, height: int = 16) -> Image:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_a_still_model_cleans_as_its_network_says(make: Make, tmp_path: Path) -> None:
    engine = make(ModelFolder(tiny_models.inverting(tmp_path / "inv")))
    engine.open()
    image = _noise(1, 7, 5)
    (clean,) = engine.infer([image], [engine.zero_state(7, 5)])
    np.testing.assert_array_equal(clean, 255 - image)
    assert clean.dtype == np.uint8
    assert clean.flags.c_contiguous
    engine.close()


def test_a_causal_model_remembers(averaging: Engine) -> None:
    state = averaging.zero_state(12, 8)
    means = [averaging.infer([_frame(value)], [state])[0][0, 0, 0] for value in (100, 200, 60, 40)]
    assert means == [100, 150, 120, 100]


def test_each_camera_has_a_memory_of_its_own_also_in_one_call(averaging: Engine) -> None:
    gate, yard = averaging.zero_state(12, 8), averaging.zero_state(12, 8)
    averaging.infer([_frame(100), _frame(0)], [gate, yard])
    averaging.infer([_frame(200), _frame(50)], [gate, yard])
    swapped = averaging.infer([_frame(25), _frame(0)], [yard, gate])
    assert [int(image[0, 0, 0]) for image in swapped] == [25, 100]
    alone = averaging.infer([_frame(105)], [yard])
    assert int(alone[0][0, 0, 0]) == 45


def test_a_new_memory_starts_from_nothing(averaging: Engine) -> None:
    averaging.infer([_frame(250)], [averaging.zero_state(12, 8)])
    (clean,) = averaging.infer([_frame(10)], [averaging.zero_state(12, 8)])
    assert int(clean.max()) == 10


def test_results_stay_as_they_are_when_the_next_frame_is_cleaned(averaging: Engine) -> None:
    state = averaging.zero_state(12, 8)
    (first,) = averaging.infer([_frame(100)], [state])
    averaging.infer([_frame(200)], [state])
    assert int(first.min()) == int(first.max()) == 100


def test_frames_may_be_read_only_or_slices(averaging: Engine) -> None:
    image = _frame(100, 40, 40)
    image.setflags(write=False)
    (clean,) = averaging.infer([image[3:11, 5:17]], [averaging.zero_state(12, 8)])
    assert clean.shape == (8, 12, 3)


def test_sizes_may_change_from_call_to_call(averaging: Engine) -> None:
    for width in (8, 12, 16, 20, 24, 28, 8):
        (clean,) = averaging.infer([_frame(7, width, 8)], [averaging.zero_state(width, 8)])
        assert clean.shape == (8, width, 3)


def test_frames_and_memories_that_do_not_fit_are_refused(averaging: Engine) -> None:
    with pytest.raises(EngineFailed, match="one size"):
        averaging.infer([_frame(1)], [averaging.zero_state(16, 8)])
    with pytest.raises(EngineFailed, match="memories"):
        averaging.infer([_frame(1)], [])


def test_a_frame_that_the_network_cannot_take_is_an_engine_failure(averaging: Engine) -> None:
    with pytest.raises(EngineFailed):
        averaging.infer([_frame(1, 13, 9)], [averaging.zero_state(13, 9)])


def test_a_network_that_is_no_network_is_named(make: Make, tmp_path: Path) -> None:
    folder = ModelFolder(
        tiny_models.write_folder(tmp_path / "junk", b"\x08junk" * 9, kind="still", side_multiple=4)
    )
    with pytest.raises(ModelCorrupt, match=r"junk/model\.onnx"):
        make(folder).open()


def test_a_network_with_other_inputs_than_its_card_is_named(make: Make, tmp_path: Path) -> None:
    content = (tiny_models.averaging(tmp_path / "avg") / "model.onnx").read_bytes()
    path = tiny_models.write_folder(tmp_path / "mixed", content, kind="still", side_multiple=4)
    with pytest.raises(ModelCorrupt, match="mean"):
        make(ModelFolder(path)).open()


def test_a_memory_of_another_shape_than_the_network_takes_is_an_engine_failure(
    make: Make, tmp_path: Path
) -> None:
    path = tiny_models.averaging(tmp_path / "avg")
    card = (path / "model.yaml").read_text()
    (path / "model.yaml").write_text(card.replace("- 12\n", "- 11\n"))
    assert "- 11\n" in (path / "model.yaml").read_text()
    engine = make(ModelFolder(path))
    engine.open()
    with pytest.raises(EngineFailed):
        engine.infer([_frame(1)], [engine.zero_state(12, 8)])
    engine.close()


@pytest.mark.parametrize("precision", ["fp16", "int8"])
def test_a_precision_that_the_engine_does_not_offer_is_refused(
    precision: str, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Some processors do have fp16; none has eight bits of a model without a twin.
    offered = openvino_precision._offered
    monkeypatch.setattr(
        openvino_precision, "_offered", lambda *on: [name for name in offered(*on) if name != "fp16"]
    )
    config = EngineConfig.model_validate({"precision": precision})
    engine = make(ModelFolder(tiny_models.blur(tmp_path / "m")), config)
    with pytest.raises(EngineUnavailable, match=precision):
        engine.open()


def test_info_is_there_once_open(make: Make, tmp_path: Path) -> None:
    engine = make(ModelFolder(tiny_models.blur(tmp_path / "m")), EngineConfig(precision="fp32", threads=1))
    with pytest.raises(EngineFailed):
        _ = engine.info
    engine.open()
    assert engine.info.precision == "fp32"
    assert "cpu" in engine.info.device.lower()
    assert engine.info.backend in str(engine.info)
    engine.infer([_noise(3)], [engine.zero_state(24, 16)])
    engine.close()


def test_all_engines_agree(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    folder = ModelFolder(tiny_models.blur(tmp_path / "m"))
    results = []
    for build in _KINDS.values():
        engine = build(folder)
        engine.open()
        results.append(engine.infer([_noise(5)], [engine.zero_state(24, 16)])[0].astype(int))
        engine.close()
    for other in results[1:]:
        assert np.abs(other - results[0]).max() <= 1


class _FailingOnce(HostCuda):
    """A device on which the first copy from here to there fails."""

    failed = False

    def copy(self, target: int, source: int, count: int, stream: int) -> None:
        if not self.failed:
            self.failed = True
            raise EngineFailed("the device is lost for a moment")
        super().copy(target, source, count, stream)


def test_a_memory_whose_rows_were_not_copied_begins_anew(tmp_path: Path) -> None:
    model = ModelFolder(tiny_models.averaging(tmp_path / "averaging"))
    engine = OnnxRuntimeEngine(model, _FP32, "cpu", batch=8)
    engine.open()
    cuda = engine._cuda = _FailingOnce()
    one, other = engine.zero_state(16, 16), engine.zero_state(16, 16)
    white, black = (np.full((16, 16, 3), value, np.uint8) for value in (255, 0))
    engine.infer([white, white], [one, other])
    with pytest.raises(EngineFailed):
        engine.infer([black], [one])
    assert cuda.held == set()
    (first,) = engine.infer([black], [one])
    assert not first.any(), "what was white is forgotten"
    engine.close()
