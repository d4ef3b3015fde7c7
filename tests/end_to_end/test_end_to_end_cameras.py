from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from clips import read_number, write_clip
from commands import RunCommand, wait_for, write_pipeline
from rtsp_server import RtspServer, SilentServer
from tiny_models import inverting

from streamdesnow.clock import Clock, SystemClock
from streamdesnow.config.output import OutputConfig
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.frame import CleanedFrame
from streamdesnow.pipeline.parts import Parts, real_parts
from streamdesnow.pipeline.supervisor import Pipeline
from streamdesnow.sinks.memory import MemorySink
from streamdesnow.status.snapshot import CameraSnapshot

ENGINE = {"backend": "onnxruntime", "threads": 1}


class Rig:
    """A pipeline in this process: real cameras and network, outputs that remember."""

    def __init__(self, folder: Path, cameras: dict[str, dict[str, object]]) -> None:
        self.sinks: dict[str, MemorySink] = {}
        real = real_parts()
        config = PipelineConfig.model_validate(
            {
                "model": str(inverting(folder / "inverting")),
                "engine": ENGINE,
                "cameras": cameras,
                "outputs": [{"null": {}}],
            }
        )
        self.pipeline = Pipeline(config, parts=Parts(real.source, self._sink, real.restorer))
        self._thread = threading.Thread(target=self.pipeline.run)

    def frames(self, camera: str) -> list[CleanedFrame]:
        return self.sinks[camera].frames if camera in self.sinks else []

    def camera(self, name: str) -> CameraSnapshot:
        return next(camera for camera in self.pipeline.snapshot().cameras if camera.name == name)

    def _sink(self, output: OutputConfig, camera: str, clock: Clock) -> MemorySink:
        return self.sinks.setdefault(camera, MemorySink(camera))

    def __enter__(self) -> Rig:
        self.pipeline.open()
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.pipeline.stop()
        self._thread.join()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_clip(tmp_path / "gate.mp4", 100)
    write_clip(tmp_path / "yard.mp4", 100)
    return tmp_path


@pytest.fixture
def server(folder: Path) -> Iterator[RtspServer]:
    with RtspServer(folder) as server:
        yield server


def test_a_camera_is_cleaned_live(folder: Path, server: RtspServer) -> None:
    with Rig(folder, {"gate": {"source": server.url("gate.mp4")}}) as rig:
        wait_for(lambda: len(rig.frames("gate")) > 20)
        numbers = [read_number(255 - cleaned.image) for cleaned in list(rig.frames("gate"))]
    steps = [(b - a) % 100 for a, b in itertools.pairwise(numbers)]
    assert all(0 < step < 50 for step in steps), "newer and newer frames"


def test_a_camera_that_comes_back_is_seen_within_three_seconds_and_others_do_not_notice(folder: Path) -> None:
    with RtspServer(folder) as gate, RtspServer(folder) as yard:
        cameras = {"gate": {"source": gate.url("gate.mp4")}, "yard": {"source": yard.url("yard.mp4")}}
        with Rig(folder, cameras) as rig:
            wait_for(lambda: len(rig.frames("gate")) > 5 and len(rig.frames("yard")) > 5)
            gate.stop()
            wait_for(lambda: rig.camera("gate").restarts >= 3)
            seen, returned = len(rig.frames("gate")), SystemClock().monotonic()
            gate.start()
            wait_for(lambda: len(rig.frames("gate")) > seen)
            first = rig.frames("gate")[seen]
            wait_for(lambda: rig.camera("gate").state == "running")
            assert first.restored_at - returned <= 3.0
            assert first.before.discontinuity, "what was remembered no longer applies"
            assert rig.camera("yard").restarts == 0
            gaps = [b.restored_at - a.restored_at for a, b in itertools.pairwise(rig.frames("yard"))]
            assert max(gaps) < 3.0, "the watchdog would take 5"


def test_a_camera_that_never_answers_does_not_slow_one_that_works(folder: Path, server: RtspServer) -> None:
    with SilentServer() as silent:
        cameras = {
            "mute": {"source": silent.url(), "stall": "1s"},
            "gate": {"source": server.url("gate.mp4")},
        }
        with Rig(folder, cameras) as rig:
            wait_for(lambda: rig.camera("mute").restarts > 0 and len(rig.frames("gate")) > 30)
            assert rig.camera("gate").restarts == 0
            assert rig.camera("mute").state == "retrying"
            assert "does not answer" in rig.camera("mute").message
        assert rig.pipeline.summary().exit_code == 3


def test_a_wrong_password_is_named_and_never_shown(folder: Path) -> None:
    clip = str(folder / "yard.mp4")
    with RtspServer(folder, username="admin", password="right") as server:
        login = {"source": server.url("gate.mp4"), "username": "admin", "password": "wr0ng-secret"}
        pipeline = write_pipeline(
            folder,
            model=str(inverting(folder / "inverting")),
            engine=ENGINE,
            cameras={"gate": login, "file": {"source": clip, "realtime": True}},
            outputs=[{"null": {}}],
        )
        with RunCommand(pipeline, "--duration", "3s") as run:
            assert run.end() == 3
    (problem,) = run.summary["problems"]
    assert problem.startswith("gate: gave no frame")
    assert "password" in problem
    assert "wr0ng-secret" not in run.text
    assert run.frames("file") > 0
