"""What a call is reckoned to cost, and what a roofline makes of it."""

from __future__ import annotations

import pytest

from streamdesnow.bench.ceilings import Ceiling, Roof
from streamdesnow.bench.machine import this_machine
from streamdesnow.bench.projection import PROFILES, project
from streamdesnow.bench.report import Report, Result, short_name
from streamdesnow.bench.timing import Timing
from streamdesnow.bench.traffic import bytes_per_pixel
from streamdesnow.bench.work import Work, network_work
from streamdesnow.engines.engine import EngineInfo
from streamdesnow.models.find import find_model
from streamdesnow.models.folder import ModelFolder

_ENGINE = EngineInfo("openvino", "CPU", "bf16", "2026.1")


@pytest.fixture(scope="module")
def fixed_camera() -> ModelFolder:
    return find_model("fixed-camera")


def _result(model: ModelFolder, seconds: float, roof: Roof, size: tuple[int, int] = (1280, 720)) -> Result:
    work = network_work(model.card, size, 1, "bf16")
    return Result(
        model, _ENGINE, size, 1, work, Timing([seconds] * 3), 1.0, 0, Ceiling(_ENGINE, roof, "convolutions")
    )


def test_operations_grow_with_pixels_and_batch(fixed_camera: ModelFolder) -> None:
    at_720p = network_work(fixed_camera.card, (1280, 720), 1, "fp32")
    assert at_720p.flop == pytest.approx(2e9 * fixed_camera.card.gmac_720p)
    assert network_work(fixed_camera.card, (640, 360), 4, "fp32").flop == pytest.approx(at_720p.flop)


def test_memory_is_read_and_written_and_weights_are_read_once(fixed_camera: ModelFolder) -> None:
    one, two = (network_work(fixed_camera.card, (64, 64), batch, "bf16").least_bytes for batch in (1, 2))
    weights = 2 * fixed_camera.card.parameters
    assert two - weights == pytest.approx(2 * (one - weights))


def test_a_roof_is_the_longer_of_computing_and_moving() -> None:
    roof = Roof(flops=100.0, bandwidth=10.0)
    assert roof.seconds(Work(flop=1000.0, least_bytes=10.0)) == 10.0
    assert roof.seconds(Work(flop=10.0, least_bytes=1000.0)) == 100.0


def test_shares_are_of_the_roof_that_was_measured(fixed_camera: ModelFolder) -> None:
    work = network_work(fixed_camera.card, (1280, 720), 1, "bf16")
    result = _result(fixed_camera, 0.1, Roof(flops=work.flop / 0.05, bandwidth=work.least_bytes / 0.025))
    assert result.share_of_peak == pytest.approx(0.5)
    assert result.share_of_bandwidth == pytest.approx(0.25)
    assert result.share_of_roof == pytest.approx(0.5)
    assert result.fps == pytest.approx(10.0)


def test_a_projection_takes_the_share_of_the_peak_from_the_largest_size(fixed_camera: ModelFolder) -> None:
    work = network_work(fixed_camera.card, (1280, 720), 1, "bf16")
    roof = Roof(flops=work.flop / 0.05, bandwidth=1e12)
    results = [_result(fixed_camera, 0.1, roof), _result(fixed_camera, 9.0, roof, (640, 360))]
    projections = project(results, PROFILES["titan-x"])
    assert [each.utilisation for each in projections] == pytest.approx([0.5] * len(projections))
    full_hd = [each for each in projections if each.size == (1920, 1080)]
    assert [each.gpu for each in full_hd] == ["Titan X (Maxwell)", "Titan X (Pascal)"]
    for each, gpu in zip(full_hd, PROFILES["titan-x"], strict=True):
        flop = network_work(fixed_camera.card, (1920, 1080), 1, "fp32").flop
        assert each.compute == pytest.approx(flop / gpu.flops / 0.5)
        assert each.fps == pytest.approx(1 / max(each.compute, each.transfer))
        assert each.needed == pytest.approx(30.0 * 0.5 / each.fps)


def test_a_stated_efficiency_replaces_what_was_measured(fixed_camera: ModelFolder) -> None:
    result = _result(fixed_camera, 0.1, Roof(1e12, 1e12))
    half, full = (project([result], PROFILES["titan-x"], share)[0] for share in (0.5, 1.0))
    assert half.stated
    assert full.fps == pytest.approx(2 * half.fps)


def test_without_a_ceiling_nothing_is_projected(fixed_camera: ModelFolder) -> None:
    work = network_work(fixed_camera.card, (64, 64), 1, "fp32")
    result = Result(fixed_camera, _ENGINE, (64, 64), 1, work, Timing([1.0]), 1.0, 0, None)
    assert project([result], PROFILES["titan-x"]) == []


def test_operations_one_by_one_move_more_than_the_least(fixed_camera: ModelFolder) -> None:
    moved = bytes_per_pixel(fixed_camera)
    work = network_work(fixed_camera.card, (256, 256), 1, "fp32")
    assert moved is not None
    assert moved * 256 * 256 > work.least_bytes - 4 * fixed_camera.card.parameters


def test_a_report_says_where_it_comes_from(fixed_camera: ModelFolder) -> None:
    machine = this_machine()
    report = Report(machine, (_result(fixed_camera, 0.1, Roof(1e12, 1e12)),), (), (), "", complete=True)
    content = report.as_json()
    assert content["machine"]["versions"]["openvino"]
    assert content["results"][0]["model_sha256"] == fixed_camera.digest
    assert machine.cpu in str(machine)


def test_engines_have_short_names() -> None:
    assert short_name(_ENGINE) == "openvino bf16"
    assert short_name(EngineInfo("onnxruntime", "CPUExecutionProvider", "fp32", "1")) == "onnxruntime fp32"
    assert (
        short_name(EngineInfo("onnxruntime", "CUDAExecutionProvider", "fp32", "1")) == "onnxruntime CUDA fp32"
    )
