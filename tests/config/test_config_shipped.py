"""The pipeline files that ship."""

from __future__ import annotations

from pathlib import Path

import pytest

from streamdesnow.config.load import load_pipeline
from streamdesnow.config.shipped import example_pipeline
from streamdesnow.errors import ConfigError


@pytest.mark.parametrize("name", ["demo", "detection", "file", "rtsp", "multi-camera", "page"])
def test_shipped_files_load_with_nothing_set(name: str) -> None:
    assert load_pipeline(example_pipeline(name), environ={}).cameras


def test_the_demo_shows_before_and_after_under_out_demo() -> None:
    pipeline = load_pipeline(example_pipeline("demo"))
    records = [output.record for output in pipeline.outputs if output.record]
    assert {str(record.directory) for record in records} == {"out/demo"}
    assert {record.show for record in records} == {"clean", "side_by_side"}


def test_cameras_of_the_multi_camera_file_share_settings_by_merge() -> None:
    pipeline = load_pipeline(example_pipeline("multi-camera"), environ={"CAMERA_PASSWORD": "p@ss"})
    gate, yard = pipeline.cameras["gate"], pipeline.cameras["yard"]
    assert gate.source != yard.source
    assert gate.password == yard.password


def test_shipped_files_are_known_by_name_where_no_file_is_called_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_pipeline("demo") == load_pipeline(example_pipeline("demo"))
    for name in ("dmo", "pipelines/demo.yaml"):
        with pytest.raises(ConfigError, match=rf"{name}: no such file; shipped ones are called demo, .*rtsp"):
            load_pipeline(name)
    Path("demo").write_text(example_pipeline("file").read_text())
    assert load_pipeline("demo") == load_pipeline(example_pipeline("file"))


def test_an_unknown_example_lists_those_there_are() -> None:
    with pytest.raises(ConfigError, match="there are: demo, detection, file, multi-camera, page, rtsp"):
        example_pipeline("nope")
