"""Pixels that are not square stay so: what was 4:3 or 16:9 at the camera is it at the player."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest
from sink_frames import cleaned

from streamdesnow.clock import ManualClock
from streamdesnow.config.output import HlsConfig, RecordConfig
from streamdesnow.sinks.hls import HlsSink
from streamdesnow.sinks.recorder import RecordSink

SQUEEZED = Fraction(16, 11)
FAST: dict[str, Any] = {"encoder": "software", "preset": "ultrafast"}


def shape_of(path: Path) -> Fraction | None:
    with av.open(str(path)) as container:
        return container.streams.video[0].sample_aspect_ratio


@pytest.mark.parametrize("show", ["clean", "side_by_side"])
@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_in_recordings(tmp_path: Path, show: str, codec: str) -> None:
    config = RecordConfig(directory=tmp_path, show=show, codec=codec, **FAST)
    sink = RecordSink(config, "gate", ManualClock())
    sink.open()
    for n in range(10):
        sink.write(cleaned(n, sar=SQUEEZED))
    sink.close()
    (path,) = tmp_path.rglob("*.mp4")
    assert shape_of(path) == SQUEEZED


def test_in_hls_where_another_shape_is_a_discontinuity(tmp_path: Path) -> None:
    sink = HlsSink(HlsConfig(directory=tmp_path, **FAST), "gate", ManualClock())
    sink.open()
    for n in range(20):
        sink.write(cleaned(n, sar=SQUEEZED if n < 10 else Fraction(1)))
    sink.close()
    assert shape_of(tmp_path / "index.m3u8") == SQUEEZED
    assert (tmp_path / "index.m3u8").read_text().count("#EXT-X-DISCONTINUITY\n") == 1
