"""What is written plays in a real browser."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from browser import State, watch
from sink_frames import cleaned

from streamdesnow.clock import ManualClock
from streamdesnow.config.output import HlsConfig, RecordConfig
from streamdesnow.frame import CleanedFrame
from streamdesnow.sinks.hls import HlsSink
from streamdesnow.sinks.recorder import RecordSink
from streamdesnow.sinks.sink import Sink

Seen = Mapping[str, list[State]]

COLOUR = (60, 140, 200)
"""BGR of every picture's middle."""


def coloured(number: int, size: tuple[int, int] = (320, 240)) -> CleanedFrame:
    frame = cleaned(number, size=size)
    frame.image[size[1] // 4 :] = np.array(COLOUR, np.uint8)
    return frame


def fill(sink: Sink, frames: int, *, close: bool = True, sizes: bool = False) -> None:
    sink.open()
    for number in range(frames):
        sink.write(coloured(number, (640, 360) if sizes and number >= 50 else (320, 240)))
    if close:
        sink.close()


def hls(folder: Path, codec: Literal["h264", "h265"] = "h264") -> HlsSink:
    config = HlsConfig(directory=folder, segment=0.5, window=12, encoder="software", quality=15, codec=codec)
    return HlsSink(config, "gate", ManualClock())


def recorder(folder: Path, name: str) -> RecordSink:
    config = RecordConfig(directory=folder, name=name, fragment=0.4, encoder="software", quality=15)
    return RecordSink(config, "gate", ManualClock())


PAGES = {
    "hls": "hls/index.html",
    "live": "live/index.html",
    "native": "hls/index.html?player=native",
    "h265": "h265/index.html",
    "recording": "video.html?recording.mp4",
    "killed": "video.html?killed.mp4",
}


def finished(seen: Seen) -> bool:
    def last(name: str) -> State:
        nothing = {"time": 0, "width": 0, "ended": False, "native": "", "said": ""}
        return seen[name][-1] if seen[name] else nothing

    return (
        last("hls")["width"] == 640
        and "ended" in last("hls")["said"]
        and last("live")["time"] > 0.6
        and (last("native")["time"] > 0.6 or last("native")["native"] == "")
        and bool(last("h265")["said"] or last("h265")["width"])
        and last("recording")["ended"]
        and last("killed")["ended"]
    )


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """What Chromium made of it all, page by page."""
    folder = tmp_path_factory.mktemp("served")
    fill(hls(folder / "hls"), 100, sizes=True)
    fill(hls(folder / "h265", "h265"), 20)
    live, killed = hls(folder / "live"), recorder(folder, "killed")
    fill(live, 130, close=False)
    fill(recorder(folder, "recording"), 50)
    fill(killed, 50, close=False)
    (folder / "video.html").write_text(
        "<video muted autoplay></video><script>document.querySelector('video').src ="
        "location.search.slice(1)</script>"
    )
    states = watch(folder, PAGES, finished)
    live.close()
    killed.close()
    return states


@pytest.mark.parametrize("page", ["hls", "live", "recording", "killed"])
def test_it_plays_without_an_error(seen: Seen, page: str) -> None:
    assert seen[page], "the page never reported"
    assert {state["error"] for state in seen[page]} == {None}
    assert max(state["time"] for state in seen[page]) > 0.5


@pytest.mark.parametrize("page", ["hls", "recording"])
def test_colours_on_screen_are_those_of_the_picture(seen: Seen, page: str) -> None:
    red, green, blue = next(state["pixel"] for state in seen[page] if state["pixel"] and state["time"] > 0.2)
    assert (blue, green, red) == pytest.approx(COLOUR, abs=4)


def test_hls_changes_its_size_while_it_plays_and_then_says_that_it_ended(seen: Seen) -> None:
    widths = [state["width"] for state in seen["hls"] if state["width"]]
    assert sorted(set(widths)) == [320, 640]
    assert widths == sorted(widths)
    assert "ended" in seen["hls"][-1]["said"]


def test_a_live_stream_starts_near_its_newest_picture(seen: Seen) -> None:
    started = next(state for state in seen["live"] if state["time"] > 0 and state["end"] > 0)
    assert started["end"] - started["time"] < 2.5
    assert seen["live"][-1]["said"] == ""


def test_h265_plays_or_the_page_says_exactly_what_the_browser_lacks(seen: Seen) -> None:
    last = seen["h265"][-1]
    if not last["width"]:
        # Profile Main, compatible with 1 and 2, level, progressive frames only (RFC 6381, ISO/IEC 14496-15).
        assert re.search(r'cannot play video/mp4; codecs="hvc1\.1\.6\.L\d+\.90"$', last["said"])


def test_hls_plays_without_any_script_where_the_browser_can(seen: Seen) -> None:
    if not seen["native"][-1]["native"]:
        pytest.skip("this Chromium plays no HLS by itself")
    assert seen["native"][-1]["error"] is None
    assert seen["native"][-1]["time"] > 0.5


def test_a_closed_recording_has_its_duration_from_the_start(seen: Seen) -> None:
    first = next(state for state in seen["recording"] if state["duration"])
    assert first["duration"] == pytest.approx(2.0, abs=0.02)


def test_a_recording_that_was_never_closed_plays_to_its_last_fragment(seen: Seen) -> None:
    assert seen["killed"][-1]["time"] > 2.0 - 0.4 - 0.05
