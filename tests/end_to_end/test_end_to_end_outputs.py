from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from clips import read_number, write_clip
from commands import RunCommand, readable_frames, write_pipeline
from rtsp_server import RtspServer, SilentServer, free_port
from tiny_models import inverting


@contextmanager
def receiver() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """(address to push to, process that prints the numbers of the frames it gets)."""
    url = f"rtsp://127.0.0.1:{free_port()}/clean"
    here = Path(__file__).parent
    process = subprocess.Popen(
        [sys.executable, str(here / "receiver.py"), url],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"PYTHONPATH": str(here.parent)},
    )
    try:
        yield url, process
    finally:
        process.kill()
        process.communicate()


def pipeline(folder: Path, source: str, push: str) -> Path:
    return write_pipeline(
        folder,
        model=str(inverting(folder / "inverting")),
        engine={"backend": "onnxruntime", "threads": 1},
        cameras={"gate": {"source": source}},
        outputs=[
            {"record": {"directory": str(folder / "recordings"), "segment": 0, "name": "gate"}},
            {"hls": {"directory": str(folder / "hls"), "segment": "1s"}},
            {"push": {"url": push, "gop": "500ms"}},
        ],
    )


def test_a_camera_is_recorded_shown_and_pushed_at_once(tmp_path: Path) -> None:
    write_clip(tmp_path / "gate.mp4", 100)
    with (
        RtspServer(tmp_path) as camera,
        receiver() as (push, server),
        RunCommand(pipeline(tmp_path, camera.url("gate.mp4"), push)) as run,
    ):
        run.until(lambda: all(run.written("gate", kind) > 60 for kind in ("record", "hls", "push")))
        assert server.stdout is not None
        numbers = [int(server.stdout.readline()) for _ in range(20)]
        run.process.send_signal(signal.SIGTERM)
        assert run.end() == 0
    assert all((b - a) % 100 <= 50 for a, b in itertools.pairwise(numbers)), "in order"
    assert len(set(numbers)) > 10
    assert readable_frames(tmp_path / "recordings" / "gate.mp4") > 60
    assert shown(tmp_path / "hls" / "index.m3u8") > 25


def shown(playlist: Path) -> int:
    with av.open(str(playlist)) as container:
        return sum(
            read_number(255 - frame.to_ndarray(format="bgr24")) < 100 for frame in container.decode(video=0)
        )


def test_a_push_to_a_server_that_hangs_holds_back_neither_recording_nor_the_end(tmp_path: Path) -> None:
    write_clip(tmp_path / "gate.mp4", 100)
    with RtspServer(tmp_path) as camera, SilentServer() as silent:
        with RunCommand(pipeline(tmp_path, camera.url("gate.mp4"), silent.url("clean"))) as run:
            run.until(lambda: run.written("gate", "record") > 60 and run.written("gate", "hls") > 60)
            assert run.written("gate", "push") == 0
            run.process.send_signal(signal.SIGTERM)
            assert run.end(6) == 5
        assert any(problem.startswith("push[gate]: wrote none of") for problem in run.summary["problems"])
    assert readable_frames(tmp_path / "recordings" / "gate.mp4") > 60
