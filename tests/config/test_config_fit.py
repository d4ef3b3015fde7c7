"""Outputs must fit the cameras, and must not overwrite each other."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from streamdesnow.config.pipeline import PipelineConfig


def pipeline(*outputs: dict[str, Any], cameras: tuple[str, ...] = ("gate", "yard")) -> PipelineConfig:
    sources = {name: {"source": f"{name}.mp4"} for name in cameras}
    return PipelineConfig.model_validate({"cameras": sources, "outputs": list(outputs)})


def problem(*outputs: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        pipeline(*outputs)
    error = caught.value.errors()[0]
    return ".".join(map(str, error["loc"])) + ": " + error["msg"]


def test_an_output_for_an_unknown_camera_names_the_nearest() -> None:
    assert problem({"record": {"cameras": ["gate", "yrad"]}}) == (
        "outputs.0.record.cameras.1: there is no camera 'yrad'; did you mean 'yard'?"
    )
    assert problem({"record": {"cameras": ["x"]}}).endswith("there are gate, yard")


@pytest.mark.parametrize("kind", ["record", "hls", "images", "null"])
def test_an_output_for_no_camera_is_refused(kind: str) -> None:
    assert problem({kind: {"cameras": []}}) == (
        f"outputs.0.{kind}.cameras: Value error, an empty list is for no camera; "
        "leave the key out for all cameras"
    )


@pytest.mark.parametrize(
    "output", [{"hls": {"directory": "hls"}}, {"images": {"directory": "x"}}, {"push": {"url": "rtsp://h/x"}}]
)
def test_an_output_that_several_cameras_would_overwrite_is_refused(output: dict[str, Any]) -> None:
    assert "put {camera} into it" in problem(output)
    pipeline({kind: {**settings, "cameras": ["gate"]} for kind, settings in output.items()})


def test_recordings_may_share_a_folder() -> None:
    assert pipeline({"record": {"directory": "x"}}, {"record": {"directory": "x"}})


def test_recordings_that_would_delete_each_other_are_refused() -> None:
    clean, before = {"record": {"keep": "14d"}}, {"record": {"show": "before", "keep": "1d"}}
    said = problem(clean, before)
    assert said.startswith("outputs.1.record: outputs.0 records camera 'gate' there under the same names")
    assert "put {show} into `name`" in said
    assert "delete each other" in problem({"record": {}}, {"record": {"max_size": "1GB"}})
    named = {"name": "%Y_{show}"}
    assert pipeline({"record": {"keep": "14d"} | named}, {"record": {"show": "before", "keep": "1d"} | named})
    assert pipeline(clean, {"record": {"show": "before", "keep": "1d", "directory": "before"}})
    assert pipeline({"record": {"keep": "1d", "cameras": ["gate"]}}, {"record": {"cameras": ["yard"]}})
    assert pipeline(clean, {"record": {"show": "before", "keep": "14d"}})


def test_recordings_of_two_cameras_that_would_delete_each_other_are_refused() -> None:
    one = {"record": {"directory": "x", "keep": "1d", "cameras": ["gate"], "name": "%Y_{show}"}}
    two = {"record": {"directory": "x", "keep": "30d", "cameras": ["yard"], "name": "%Y_{show}"}}
    said = problem(one, two)
    assert "outputs.0 records camera 'gate' there" in said
    assert "put {camera} into `name`" in said
    for output in (one, two):
        output["record"]["name"] = "%Y_{camera}"
    assert pipeline(one, two)


def test_recordings_whose_names_would_pass_for_each_others_are_refused_where_something_is_deleted() -> None:
    shared = {"directory": "x", "name": "%F_{camera}", "keep": "1d"}
    raw = {"cameras": {name: {"source": "a.mp4"} for name in ("gate", "gate-2")}, "model": "fixed-camera"}
    with pytest.raises(ValidationError, match=r"put \{camera\} into `directory`"):
        PipelineConfig.model_validate({**raw, "outputs": [{"record": shared}]})
    del shared["keep"]
    PipelineConfig.model_validate({**raw, "outputs": [{"record": shared}]})
    days = {"record": {"name": "%F", "keep": "1d"}}, {"record": {"name": "%F-%H", "show": "before"}}
    assert "put {show} into `name`" in problem(*days)


def test_a_name_that_would_not_be_recognised_again_is_refused() -> None:
    assert "%x gives names that cannot be recognised again" in problem({"record": {"name": "%x"}})
    assert pipeline({"record": {"name": "%F_%H-%M-%S_{camera}"}})


def test_a_preset_that_no_encoder_knows_is_refused() -> None:
    assert "expected" not in str(pipeline({"record": {"preset": "slow"}}))
    assert "'ultrafast'" in problem({"record": {"preset": "bogus"}})


def test_two_outputs_in_the_same_place_are_refused() -> None:
    assert problem({"hls": {}}, {"hls": {"show": "before"}}) == (
        "outputs.1.hls.directory: outputs.0 already uses this place for camera 'gate'; choose another"
    )
    assert pipeline({"hls": {"cameras": ["gate"]}}, {"hls": {"cameras": ["yard"]}})


def test_a_placeholder_that_is_not_known_is_refused() -> None:
    assert "{cam} is not known here, only {camera} is replaced" in problem({"hls": {"directory": "x/{cam}"}})
    assert "only {camera} and {show}" in problem({"record": {"name": "{date}"}})


def test_an_output_without_settings_has_the_defaults() -> None:
    (output,) = pipeline({"null": None}).outputs
    assert output.kind == "null"


@pytest.mark.parametrize("output", [{}, {"record": {}, "hls": {}}])
def test_an_output_is_exactly_one_thing(output: dict[str, Any]) -> None:
    assert "expected exactly one of record, push, hls, images, null" in problem(output)


@pytest.mark.parametrize("name", ["..", "a/b", "a b", "", "-a", "x" * 65, "a.b"])
def test_names_that_cannot_stand_in_a_path_are_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="up to 64 letters"):
        pipeline({"null": {}}, cameras=(name,))


@pytest.mark.parametrize("name", ["gate", "Gate-2", "_a", "3", "Tür"])
def test_names_that_can_stand_in_a_path_are_taken(name: str) -> None:
    assert name in pipeline({"null": {}}, cameras=(name,)).cameras
