from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import av
import numpy as np
import pytest
from clips import numbered_frame, read_number, write_clip
from commands import RunCommand, readable_frames, wait_for, write_pipeline
from tiny_models import inverting

ENGINE = {"backend": "onnxruntime", "threads": 1}


def outputs(folder: Path, **more: object) -> list[dict[str, object]]:
    return [{"record": {"directory": str(folder / "{camera}"), "segment": 0, "name": "clean", **more}}]


def pipeline(folder: Path, cameras: dict[str, dict[str, object]], **more: object) -> Path:
    sections = {"model": str(inverting(folder / "inverting")), "engine": ENGINE, "cameras": cameras}
    return write_pipeline(folder, **{**sections, "outputs": outputs(folder), **more})


def test_a_file_comes_out_whole_in_order_and_cleaned(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", 60)
    with RunCommand(pipeline(tmp_path, {"a": {"source": str(clip)}})) as run:
        assert run.end() == 0
        assert run.summary["cameras"][0]["frames_out"] == 60
        assert run.summary["cameras"][0]["dropped"] == 0
    with av.open(str(tmp_path / "a" / "clean.mp4")) as container:
        images = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
    assert [read_number(255 - image) for image in images] == list(range(60))
    assert np.abs(images[30].astype(int) - (255 - numbered_frame(30))).mean() < 8


def test_a_missing_file_is_exit_code_3_and_the_other_comes_out_whole(tmp_path: Path) -> None:
    cameras = {"a": {"source": str(write_clip(tmp_path / "a.mp4", 20))}, "b": {"source": "nowhere.mp4"}}
    with RunCommand(pipeline(tmp_path, cameras)) as run:
        assert run.end() == 3
        assert any("nowhere.mp4" in problem for problem in run.summary["problems"])
    assert readable_frames(tmp_path / "a" / "clean.mp4") == 20


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_exit_code_5_at_once(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(mode=0o500)
    cameras = {"a": {"source": str(write_clip(tmp_path / "a.mp4", 20)), "loop": True}}
    with RunCommand(pipeline(tmp_path, cameras)) as run:
        assert run.end() == 5
        assert any("cannot write" in problem for problem in run.summary["problems"])


def test_a_folder_that_is_a_file_is_exit_code_5_at_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("in the way")
    cameras = {"a": {"source": str(write_clip(tmp_path / "a.mp4", 20)), "loop": True}}
    with RunCommand(pipeline(tmp_path, cameras)) as run:
        assert run.end() == 5
        assert any(f"cannot write {tmp_path / 'a'}" in problem for problem in run.summary["problems"])


def test_a_missing_model_is_exit_code_4(tmp_path: Path) -> None:
    cameras = {"a": {"source": str(write_clip(tmp_path / "a.mp4", 20))}}
    with RunCommand(pipeline(tmp_path, cameras, model="no-such-model")) as run:
        assert run.end() == 4
        assert "no-such-model" in run.text


def test_frames_and_duration_end_a_run_in_good_order(tmp_path: Path) -> None:
    cameras = {"a": {"source": str(write_clip(tmp_path / "a.mp4", 20)), "loop": True}}
    with RunCommand(pipeline(tmp_path, cameras), "--frames", "30", "--duration", "1h") as run:
        assert run.end() == 0
    recorded = sum(readable_frames(path) for path in (tmp_path / "a").iterdir())
    assert recorded == 30


def endless(tmp_path: Path) -> dict[str, dict[str, object]]:
    clip = write_clip(tmp_path / "a.mp4", 100)
    return {"a": {"source": str(clip), "loop": True, "realtime": True}}


def test_sigterm_finishes_files_within_five_seconds(tmp_path: Path) -> None:
    with RunCommand(pipeline(tmp_path, endless(tmp_path))) as run:
        run.until(lambda: run.written("a", "record") > 10)
        asked = time.monotonic()
        run.process.send_signal(signal.SIGTERM)
        assert run.end() == 0
        assert time.monotonic() - asked < 5
        written = run.summary["cameras"][0]["sinks"][0]["written"]
        assert run.summary["stopped"]
    assert readable_frames(tmp_path / "a" / "clean.mp4") == written


def test_sigterm_is_obeyed_while_a_capture_process_hangs(tmp_path: Path) -> None:
    with RunCommand(pipeline(tmp_path, endless(tmp_path))) as run:
        run.until(lambda: run.written("a", "record") > 10)
        (child,) = run.children()
        os.kill(child, signal.SIGSTOP)
        asked = time.monotonic()
        run.process.send_signal(signal.SIGTERM)
        assert run.end() == 0
        assert time.monotonic() - asked < 5
    assert readable_frames(tmp_path / "a" / "clean.mp4") > 10
    wait_for(lambda: not Path(f"/proc/{child}").exists())


def test_a_second_signal_ends_at_once_and_leaves_no_process(tmp_path: Path) -> None:
    with RunCommand(pipeline(tmp_path, endless(tmp_path))) as run:
        run.until(lambda: run.written("a", "record") > 10)
        (child,) = run.children()
        os.kill(child, signal.SIGSTOP)
        run.process.send_signal(signal.SIGTERM)
        run.until(lambda: "finishing files" in run.text)
        run.process.send_signal(signal.SIGTERM)
        assert run.end() == 130
    wait_for(lambda: not Path(f"/proc/{child}").exists())


def test_kill_9_leaves_a_recording_that_lacks_a_fragment_at_most(tmp_path: Path) -> None:
    with RunCommand(pipeline(tmp_path, endless(tmp_path))) as run:
        run.until(lambda: run.written("a", "record") > 75)
        told = run.written("a", "record")
        children = run.children()
        run.process.kill()
        run.end()
    # One fragment is a second, 25 frames; as many may be on their way through the encoder.
    assert readable_frames(tmp_path / "a" / "clean.mp4") >= told - 50
    wait_for(lambda: not any(Path(f"/proc/{child}").exists() for child in children))


def test_a_decoder_that_crashes_costs_one_restart_and_no_frame_of_either_file(tmp_path: Path) -> None:
    clip = str(write_clip(tmp_path / "clip.mp4", 60))
    cameras = {"a": {"source": clip, "realtime": True}, "b": {"source": clip, "realtime": True}}
    with RunCommand(pipeline(tmp_path, cameras)) as run:
        run.until(lambda: run.written("a", "record") > 10 and run.written("b", "record") > 10)
        os.kill(run.children()[0], signal.SIGKILL)
        assert run.end() == 0
        figures = {camera["name"]: camera for camera in run.summary["cameras"]}
    assert sorted(figures[name]["restarts"] for name in "ab") == [0, 1]
    assert [figures[name]["frames_out"] for name in "ab"] == [60, 60]
    for name in "ab":
        assert readable_frames(tmp_path / name / "clean.mp4") == 60
