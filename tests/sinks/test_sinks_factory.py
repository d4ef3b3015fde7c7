from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sink_frames import cleaned

from streamdesnow.clock import ManualClock
from streamdesnow.config.output import OutputConfig
from streamdesnow.errors import SinkRefused
from streamdesnow.sinks.factory import make_sink
from streamdesnow.sinks.memory import MemorySink
from streamdesnow.sinks.null import NullSink
from streamdesnow.sinks.sink import Sink


@pytest.mark.parametrize(
    ("section", "name", "keeps_all"),
    [
        ({"record": {}}, "record[gate]", True),
        ({"push": {"url": "rtsp://localhost/x"}}, "push[gate]", False),
        ({"hls": {}}, "hls[gate]", True),
        ({"images": {}}, "images[gate]", True),
        ({"null": {}}, "null[gate]", True),
    ],
)
def test_each_section_makes_its_sink(section: dict[str, Any], name: str, keeps_all: bool) -> None:
    sink = make_sink(OutputConfig.model_validate(section), "gate", ManualClock())
    assert (sink.name, sink.keeps_all) == (name, keeps_all)


@pytest.mark.parametrize("kind", ["record", "hls", "images", "null"])
def test_several_cameras_share_a_section_without_meeting(tmp_path: Path, kind: str) -> None:
    section = {} if kind == "null" else {"directory": tmp_path / "{camera}"}
    config = OutputConfig.model_validate({kind: section})
    sinks: list[Sink] = [make_sink(config, camera, ManualClock()) for camera in ("gate", "../yard")]
    for sink in sinks:
        sink.open()
        sink.write(cleaned(1))
        sink.close()
        sink.close()
    folders = [path.name for path in tmp_path.iterdir()]
    assert len(folders) == (0 if kind == "null" else 2)
    assert not any(folder.startswith(".") for folder in folders)


def test_the_null_sink_counts() -> None:
    sink = NullSink("gate")
    sink.open()
    for n in range(3):
        sink.write(cleaned(n))
    sink.close()
    assert sink.written == 3


def test_the_twin_keeps_frames_and_fails_when_told() -> None:
    sink = MemorySink("gate", keeps_all=False)
    sink.open()
    frame = cleaned(1)
    sink.write(frame)
    sink.fails = SinkRefused("gone")
    with pytest.raises(SinkRefused, match="gone"):
        sink.write(cleaned(2))
    with pytest.raises(SinkRefused, match="gone"):
        sink.open()
    sink.close()
    assert sink.frames == [frame]
    assert (sink.opened, sink.closed, sink.keeps_all) == (1, 1, False)
