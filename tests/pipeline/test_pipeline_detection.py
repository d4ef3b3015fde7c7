from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from twins import TwinParts, TwinSink, TwinSource, frame, wait_for

from streamdesnow.detect.detection import Box, Detection
from streamdesnow.detect.memory import MemoryDetector
from streamdesnow.errors import DetectorFailed, DetectorUnavailable
from streamdesnow.frame import CleanedFrame, Frame, Image
from streamdesnow.pipeline.shutdown import Patience
from streamdesnow.pipeline.supervisor import Pipeline
from streamdesnow.pipeline.worker import Worker
from streamdesnow.status.snapshot import DetectionSnapshot, PipelineSnapshot

SHORT = Patience(network=0.1, detection=0.2, drain=0.3, files=0.6)


def person(left: float = 2.0, confidence: float = 0.9) -> Detection:
    return Detection("person", 0, confidence, Box(left, 4, left + 10, 28))


def held() -> tuple[threading.Event, Callable[[Image], list[Detection]]]:
    """A detector that looks at nothing until the event is set."""
    gate = threading.Event()

    def slow(image: Image) -> list[Detection]:
        gate.wait()
        return [person()]

    return gate, slow


class KeepingSink(TwinSink):
    """Remembers tracks and pictures beside indices."""

    def __init__(self, name: str = "record[gate]", *, keeps_all: bool = True) -> None:
        super().__init__(name, keeps_all=keeps_all)
        self.frames: list[CleanedFrame] = []

    def write(self, cleaned: CleanedFrame) -> None:
        super().write(cleaned)
        self.frames.append(cleaned)

    @property
    def numbers(self) -> list[list[int | None]]:
        return [[each.track for each in cleaned.tracks] for cleaned in self.frames]


class Stage:
    """A pipeline of twins with one output a camera, and what its detector was shown."""

    def __init__(
        self,
        *sources: TwinSource,
        find: Callable[[Image], Sequence[Detection]] = lambda image: [person()],
        overlay: bool = False,
        **detect: object,
    ) -> None:
        self.sources = sources
        self.sinks = {each.camera: KeepingSink(f"record[{each.camera}]") for each in sources}
        self.twins = TwinParts(*sources, sinks=tuple(self.sinks.values()))
        self.detector = MemoryDetector(find)
        self.made = 0
        section = {"overlay": {"burn": overlay}, **detect}
        self.pipeline = Pipeline(
            self.twins.config(detect=section),
            parts=replace(self.twins.parts, detector=self._make),
            patience=SHORT,
        )

    def run(self) -> DetectionSnapshot:
        self.summary = self.pipeline.run()
        return self.camera(self.sources[0].camera)

    def start(self) -> Worker[object]:
        worker: Worker[object] = Worker("run", self.pipeline.run)
        worker.start()
        wait_for(lambda: len(self.pipeline.snapshot().cameras) > 0)
        return worker

    def camera(self, name: str) -> DetectionSnapshot:
        cameras = {each.name: each for each in self.pipeline.snapshot().cameras}
        detection = cameras[name].detection
        assert detection is not None
        return detection

    @property
    def snapshot(self) -> PipelineSnapshot:
        return self.pipeline.snapshot()

    def _make(self, config: object) -> MemoryDetector:
        self.made += 1
        self.detector.open()
        return self.detector


def shot(index: int, camera: str = "gate", at: float = 0.0) -> Frame:
    return frame(index, camera, size=(40, 30), at=at)


def film(camera: str = "gate", count: int = 12) -> TwinSource:
    return TwinSource(camera, frames=[shot(i, camera) for i in range(count)]).end()


def test_every_frame_of_a_file_carries_what_was_found_in_it() -> None:
    stage = Stage(film())
    found = stage.run()
    sink = stage.sinks["gate"]
    assert sink.indices == list(range(12))
    # The first sighting is not confirmed yet.
    assert sink.numbers == [[], *([1] for _ in range(11))]
    assert (found.frames, found.skipped, found.objects) == (12, 0, 1)
    assert stage.summary.exit_code == 0
    assert not stage.detector.opened


def test_the_detector_sees_cleaned_frames() -> None:
    stage = Stage(film(count=3))
    stage.run()
    assert [image[0, 0, 0] for image in stage.detector.seen] == [255, 254, 253]


def test_every_and_max_fps_choose_frames_and_the_others_keep_what_was_found_last() -> None:
    stage = Stage(film(count=12), every=3)
    assert stage.run().frames == 4
    assert stage.sinks["gate"].numbers == [[], [], [], *([1] for _ in range(9))]
    # 25 frames a second.
    assert Stage(film(count=50), max_fps=5).run().frames == 10


def test_two_runs_over_a_file_find_the_same() -> None:
    def seen() -> list[object]:
        stage = Stage(
            film(count=30), find=lambda image: [person(left=float(255 - image[0, 0, 0]) % 7)], every=2
        )
        stage.run()
        return [cleaned.tracks for cleaned in stage.sinks["gate"].frames]

    assert seen() == seen()


def test_a_slow_detector_does_not_hold_up_a_live_camera_and_takes_the_newest_frame() -> None:
    gate, slow = held()
    source = TwinSource("gate", live=True)
    stage = Stage(source, find=slow)
    running = stage.start()
    for index in range(5):
        source.feed(shot(index, at=float(index)))
        wait_for(lambda seen=index: len(stage.sinks["gate"].frames) > seen)
    assert stage.sinks["gate"].indices == list(range(5))
    gate.set()
    wait_for(lambda: stage.camera("gate").frames == 2)
    # The first frame, and the newest when the detector was free again.
    assert [255 - image[0, 0, 0] for image in stage.detector.seen] == [0, 4]
    assert stage.camera("gate").skipped == 3
    source.feed(shot(5))
    wait_for(lambda: len(stage.sinks["gate"].frames) == 6)
    assert stage.sinks["gate"].numbers[-1] == [1]
    stage.pipeline.stop()
    assert running.join(20)
    assert stage.pipeline.summary().exit_code == 0


def test_boxes_of_a_scene_that_is_gone_are_not_shown() -> None:
    source = TwinSource("gate", live=True)
    stage = Stage(source)
    running = stage.start()
    for index in range(3):
        source.feed(shot(index))
        wait_for(lambda seen=index: stage.camera("gate").frames == seen + 1)
    source.feed(replace(shot(3), discontinuity=True))
    wait_for(lambda: len(stage.sinks["gate"].frames) == 4)
    assert stage.sinks["gate"].numbers[2:] == [[1], []]
    # Nor is what was found two seconds ago.
    wait_for(lambda: stage.camera("gate").frames == 4)
    source.feed(shot(4))
    wait_for(lambda: stage.camera("gate").frames == 5)
    source.feed(shot(4 + 3 * 25))
    wait_for(lambda: len(stage.sinks["gate"].frames) == 6)
    assert stage.sinks["gate"].numbers[-1] == []
    stage.pipeline.stop()
    assert running.join(20)


def test_a_frame_that_waited_when_the_scene_changed_is_not_looked_at() -> None:
    gate, slow = held()
    source = TwinSource("gate", live=True)
    stage = Stage(source, find=slow, every=2)
    running = stage.start()
    # The detector is busy with the first; the third waits for it when the fourth is of another scene.
    for index in range(4):
        source.feed(replace(shot(index), discontinuity=index == 3))
        wait_for(lambda seen=index: len(stage.sinks["gate"].frames) > seen)
    gate.set()
    wait_for(lambda: stage.camera("gate").frames == 1)
    source.feed(shot(4))
    wait_for(lambda: stage.camera("gate").frames == 2)
    assert [255 - image[0, 0, 0] for image in stage.detector.seen] == [0, 4]
    assert stage.camera("gate").skipped == 1
    stage.pipeline.stop()
    assert running.join(20)


def test_a_detector_that_fails_on_a_frame_is_asked_again_and_a_file_loses_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    faults = [DetectorFailed("detector: crashed"), None]

    def find(image: Image) -> list[Detection]:
        if 255 - image[0, 0, 0] == 5 and faults and (fault := faults.pop(0)) is not None:
            raise fault
        return [person()]

    stage = Stage(film(), find=find)
    found = stage.run()
    assert (found.frames, found.skipped) == (12, 0)
    assert stage.sinks["gate"].numbers[1:] == [[1]] * 11
    assert stage.snapshot.detector is not None
    assert stage.snapshot.detector.failures == 1
    assert "does not work, is tried again until it does: detector: crashed" in caplog.text


def test_a_detector_that_stays_away_never_stops_a_live_stream_and_is_reported() -> None:
    def find(image: Image) -> list[Detection]:
        raise RuntimeError("libdetect: segmentation fault")

    source = TwinSource("gate", live=True)
    stage = Stage(source, find=find)
    running = stage.start()
    for index in range(20):
        source.feed(shot(index))
        wait_for(lambda seen=index: len(stage.sinks["gate"].frames) > seen)
    wait_for(lambda: stage.snapshot.detector is not None and stage.snapshot.detector.state == "retrying")
    stage.pipeline.stop()
    assert running.join(20)
    summary = stage.pipeline.summary()
    assert stage.sinks["gate"].indices == list(range(20))
    assert summary.exit_code == 4
    assert "libdetect: segmentation fault" in summary.problems[0]


def test_missing_weights_stop_everything_at_once_and_nothing_is_left_open() -> None:
    twins = TwinParts(film())

    def make(config: object) -> MemoryDetector:
        raise DetectorUnavailable("tiny-yolov3: no weights; put them into ...")

    with pytest.raises(DetectorUnavailable, match="put them into"):
        Pipeline(twins.config(detect={}), parts=replace(twins.parts, detector=make)).run()
    assert all(restorer.closed for restorer in twins.restorers.values())


def test_one_camera_that_is_a_file_and_waits_for_its_recorder_does_not_hold_up_a_live_one() -> None:
    file, live = film("file", 200), TwinSource("live", live=True)
    stage = Stage(file, live)
    stage.sinks["file"].gate.clear()
    running = stage.start()
    # Its queues are full: nothing of it moves any more.
    wait_for(lambda: stage.camera("file").frames > 30)
    for index in range(5):
        live.feed(shot(index, "live"))
        wait_for(lambda seen=index: stage.camera("live").frames == seen + 1)
    stage.sinks["file"].gate.set()
    wait_for(lambda: len(stage.sinks["file"].frames) == 200)
    stage.pipeline.stop()
    assert running.join(20)
    assert stage.sinks["file"].indices == list(range(200))


def test_stop_is_heard_while_the_detector_hangs() -> None:
    gate = threading.Event()

    def hang(image: Image) -> list[Detection]:
        gate.wait()
        return []

    stage = Stage(film(), find=hang)
    running = stage.start()
    wait_for(lambda: len(stage.detector.seen) > 0)
    stage.pipeline.stop()
    assert running.join(20)
    assert stage.pipeline.summary().abandoned
    assert stage.sinks["gate"].closed or not stage.sinks["gate"].opened
    gate.set()


def test_what_only_the_frame_before_cleaning_shows_is_counted_and_marked(tmp_path: Path) -> None:
    def find(image: Image) -> list[Detection]:
        cleaned = image[0, 0, 0] > 127
        return [person(2)] if cleaned else [person(2.5, 0.95), person(25)]

    stage = Stage(film(), find=find, compare=True, events={"directory": str(tmp_path)})
    found = stage.run()
    assert (found.frames, found.objects, found.only_before, found.only_clean) == (12, 2, 1, 0)
    marks = {each.track: each.seen_in for each in stage.sinks["gate"].frames[-1].tracks}
    assert sorted(marks.values()) == ["before", "both"]
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    assert sorted(event["seen_in"] for event in events if event["event"] == "leave") == ["before", "both"]


def test_boxes_are_burned_in_where_that_is_asked_for_and_the_detector_never_sees_them() -> None:
    sinks = {"record[gate]": KeepingSink(), "images[gate]": KeepingSink("images[gate]")}
    source = film()
    twins = TwinParts(source, sinks=tuple(sinks.values()))
    detector = MemoryDetector(lambda image: [person()])
    detector.open()
    outputs = [{"record": {}}, {"images": {"overlay": False}}]
    config = twins.config(outputs=outputs, detect={})
    Pipeline(config, parts=replace(twins.parts, detector=lambda config: detector)).run()
    index = 6
    plain, drawn = sinks["images[gate]"].frames[index].image, sinks["record[gate]"].frames[index].image
    assert (plain == 255 - index).all()
    assert (drawn[4:28, 2] != 255 - index).any(axis=-1).all()
    assert all((image == image[0, 0, 0]).all() for image in detector.seen)


def test_old_snapshots_of_a_camera_that_sends_nothing_are_deleted(tmp_path: Path) -> None:
    old = tmp_path / "snapshots" / "2020-01-01" / "a.jpg"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"")
    os.utime(old, (0, 0))
    stage = Stage(TwinSource("gate", live=True), events={"directory": str(tmp_path), "keep": "30d"})
    running = stage.start()
    wait_for(lambda: not old.parent.exists())
    stage.pipeline.stop()
    assert running.join(20)


def test_events_that_cannot_be_written_do_not_stop_the_stream_and_are_reported(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").mkdir()
    stage = Stage(film(), events={"directory": str(tmp_path), "snapshots": False})
    found = stage.run()
    assert stage.sinks["gate"].indices == list(range(12))
    assert (found.events, found.events_lost) == (0, 2)
    assert stage.summary.exit_code == 5
    assert "events.jsonl" in stage.summary.problems[0]


def test_a_pipeline_without_detection_has_none() -> None:
    twins = TwinParts(film())
    summary = Pipeline(twins.config(), parts=twins.parts).run()
    assert summary.last.detector is None
    assert summary.last.cameras[0].detection is None
