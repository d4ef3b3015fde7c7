from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import av
import jsonschema
import numpy as np
import pytest
from clips import write_clip
from commands import RunCommand, readable_frames, write_pipeline
from fixed_detector import write_detector
from tiny_models import averaging

from streamdesnow.detect.event import event_schema
from streamdesnow.frame import Image

ENGINE = {"backend": "onnxruntime", "threads": 1}


def pipeline(folder: Path, source: dict[str, object], **detect: object) -> Path:
    """One camera `gate`, recorded with boxes and without."""
    model = write_detector(folder / "person.onnx")
    return write_pipeline(
        folder,
        model=str(averaging(folder / "averaging")),
        engine=ENGINE,
        cameras={"gate": source},
        detect={
            "backend": "onnx",
            "model": str(model),
            "device": "cpu",
            "events": {"directory": str(folder / "events")},
            **detect,
        },
        outputs=[
            {"record": {"directory": str(folder), "segment": 0, "name": "boxes"}},
            {"record": {"directory": str(folder), "segment": 0, "name": "plain", "overlay": False}},
        ],
    )


def images(path: Path) -> list[Image]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]


def events(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "events" / "events.jsonl").read_text().splitlines()
    found = [json.loads(line) for line in lines]
    for event in found:
        jsonschema.validate(event, event_schema())
    return found


def test_a_file_comes_out_whole_with_boxes_burned_in_and_events_beside_it(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 40)
    with RunCommand(pipeline(tmp_path, {"source": str(clip)}, every=4, compare=True)) as run:
        assert run.end() == 0, run.text
        camera, detector = run.summary["cameras"][0], run.summary["detector"]
    assert camera["detection"]["frames"] == 10
    assert (camera["detection"]["objects"], camera["detection"]["only_before"]) == (1, 0)
    assert camera["detection"]["events"] == 2
    assert (detector["state"], detector["failures"]) == ("closed", 0)
    boxes, plain = images(tmp_path / "boxes.mp4"), images(tmp_path / "plain.mp4")
    assert len(boxes) == len(plain) == 40
    # Found in the frames 0 and 4, from which on it is a track.
    change = [np.abs(one.astype(int) - other).max(axis=-1) for one, other in zip(boxes, plain, strict=True)]
    assert [bool((each[100:140, 118:123] > 60).any()) for each in change] == [False] * 4 + [True] * 36
    assert np.median(change[20][80:170, 130:190]) < 8
    enter, leave = events(tmp_path)
    assert (enter["event"], leave["event"], leave["reason"]) == ("enter", "leave", "ended")
    assert (leave["class"], leave["seen_in"], leave["frames"]) == ("person", "both", 9)
    assert leave["box"] == pytest.approx({"left": 120, "top": 60, "right": 200, "bottom": 180}, abs=1.5)
    for path in leave["snapshots"].values():
        assert (tmp_path / "events" / path).stat().st_size > 0


def test_a_detector_that_is_killed_comes_back_and_costs_the_recording_no_frame(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 50)
    source = {"source": str(clip), "loop": True, "realtime": True}
    with RunCommand(pipeline(tmp_path, source, max_fps=5)) as run:
        run.until(lambda: looks(run) > 2)
        before = looks(run)
        (victim,) = [pid for pid in run.children() if "detect" in command_line(pid)]
        os.kill(victim, signal.SIGKILL)
        run.until(lambda: failures(run) > 0 and looks(run) > before + 2)
        run.process.send_signal(signal.SIGTERM)
        assert run.end() == 0, run.text
        written = run.summary["cameras"][0]["sinks"][0]["written"]
        assert run.summary["cameras"][0]["dropped"] == 0
    assert sum(readable_frames(path) for path in tmp_path.glob("boxes*.mp4")) == written
    assert "is tried again until it does" in run.text


def test_missing_weights_are_exit_code_4_with_advice(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 5)
    with RunCommand(pipeline(tmp_path, {"source": str(clip)}, model="no-such-detector")) as run:
        assert run.end() == 4
    assert "no-such-detector" in run.text


def looks(run: RunCommand) -> int:
    data = [entry["data"] for entry in list(run.entries) if "data" in entry]
    return max((each["detection"]["frames"] for each in data if each.get("detection")), default=0)


def failures(run: RunCommand) -> int:
    return sum("is tried again until it does" in str(entry.get("message")) for entry in list(run.entries))


def command_line(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
