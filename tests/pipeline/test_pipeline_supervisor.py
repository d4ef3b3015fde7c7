from __future__ import annotations

from dataclasses import replace

import pytest
from twins import TwinParts, TwinRestorer, TwinSink, TwinSource, TwinWeb, frame, wait_for

from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.errors import EngineUnavailable, SourceNotFound, StorageFailed
from streamdesnow.frame import Frame, Image
from streamdesnow.pipeline.lane import Lane
from streamdesnow.pipeline.parts import Parts
from streamdesnow.pipeline.shutdown import Patience
from streamdesnow.pipeline.supervisor import Pipeline
from streamdesnow.pipeline.worker import Worker
from streamdesnow.status.snapshot import PipelineSnapshot

SHORT = Patience(network=0.1, drain=0.2, files=0.4)


def film(camera: str, count: int = 10) -> TwinSource:
    return TwinSource(camera, frames=[frame(i, camera) for i in range(count)]).end()


def start(pipeline: Pipeline, **limits: float) -> Worker[object]:
    runner: Worker[object] = Worker("run", lambda: pipeline.run(**limits))  # type: ignore[arg-type]
    runner.start()
    return runner


def test_files_run_to_their_end_and_everything_is_closed() -> None:
    twins = TwinParts(film("a"), film("b", 50))
    summary = Pipeline(twins.config(), parts=twins.parts).run()
    assert summary.exit_code == 0
    assert twins.sink("record[a]").indices == list(range(10))
    assert twins.sink("record[b]").indices == list(range(50))
    assert all(sink.closed for sink in twins.sinks.values())
    assert all(source.closed for source in twins.sources.values())
    assert all(restorer.closed for restorer in twins.restorers.values())


def test_a_second_run_is_refused_with_what_to_do() -> None:
    twins = TwinParts(film("a"))
    pipeline = Pipeline(twins.config(), parts=twins.parts)
    pipeline.run()
    with pytest.raises(RuntimeError, match="make a new Pipeline"):
        pipeline.run()
    with Pipeline(twins.config(), parts=twins.parts) as closed:
        pass
    with pytest.raises(RuntimeError, match="make a new Pipeline"):
        closed.run()


def test_outputs_can_be_limited_to_some_cameras() -> None:
    twins = TwinParts(film("a"), film("b"))
    outputs = [{"record": {}}, {"images": {"cameras": ["b"]}}]
    Pipeline(twins.config(outputs=outputs), parts=twins.parts).run()
    assert set(twins.sinks) == {"record[a]", "record[b]", "images[b]"}


def test_a_page_is_shown_every_frame_and_closed_at_the_end() -> None:
    twins = TwinParts(film("a"), film("b", 5))
    twins.web = TwinWeb()
    Pipeline(twins.config(), parts=twins.parts).run()
    assert {name: len(frames) for name, frames in twins.web.shown.items()} == {"a": 10, "b": 5}
    assert twins.web.closed == 1


def test_a_page_is_closed_where_a_network_cannot_be_loaded() -> None:
    twins = TwinParts(film("a"))
    twins.web = TwinWeb()

    def restorer(model: str, config: PipelineConfig) -> TwinRestorer:
        raise EngineUnavailable("nothing here runs it")

    with pytest.raises(EngineUnavailable):
        Pipeline(twins.config(), parts=replace(twins.parts, restorer=restorer)).run()
    assert twins.web.closed == 1


def test_a_page_is_closed_where_loading_is_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    twins = TwinParts(film("a"))
    twins.web = TwinWeb()

    def interrupted(worker: Worker[object], timeout: float) -> bool:
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr(Worker, "join", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Pipeline(twins.config(), parts=twins.parts).open()
    wait_for(lambda: twins.web is not None and twins.web.closed == 1)


def test_a_model_that_two_cameras_share_is_loaded_once() -> None:
    twins = TwinParts(film("a"), film("b"), film("c"))
    cameras = {name: {"source": "x.mp4"} for name in "ab"} | {"c": {"source": "x.mp4", "model": "other"}}
    Pipeline(twins.config(cameras=cameras), parts=twins.parts).run()
    assert set(twins.restorers) == {"fixed-camera", "other"}


def test_frames_ends_every_camera_after_that_many() -> None:
    twins = TwinParts(film("a", 100), film("b", 100))
    summary = Pipeline(twins.config(), parts=twins.parts).run(frames=7)
    assert [camera.frames_out for camera in summary.last.cameras] == [7, 7]
    assert summary.exit_code == 0


def test_duration_ends_a_camera_that_never_would() -> None:
    twins = TwinParts(TwinSource("a", live=True))
    summary = Pipeline(twins.config(), parts=twins.parts).run(duration=0.2)
    assert summary.last.cameras[0].state == "ended" or summary.last.cameras[0].state == "running"
    assert not summary.stopped


def test_a_camera_that_fails_does_not_stop_another_and_is_reported() -> None:
    missing = TwinSource("b").fail(SourceNotFound("b: no such file: b.mp4"))
    twins = TwinParts(film("a"), missing)
    summary = Pipeline(twins.config(), parts=twins.parts).run()
    assert twins.sink("record[a]").indices == list(range(10))
    assert summary.problems == ("b: no such file: b.mp4",)
    assert summary.exit_code == 3


def test_stop_writes_what_waits_and_closes() -> None:
    source = TwinSource("a", live=True)
    twins = TwinParts(source)
    pipeline = Pipeline(twins.config(), parts=twins.parts)
    running = start(pipeline)
    source.feed(frame(0, "a"))
    wait_for(lambda: pipeline.snapshot().cameras != () and pipeline.snapshot().cameras[0].frames_out == 1)
    pipeline.stop()
    assert running.join(20)
    summary = pipeline.summary()
    assert (summary.exit_code, summary.stopped, summary.abandoned) == (0, True, False)
    assert twins.sink("record[a]").indices == [0]
    assert twins.sink("record[a]").closed


def test_stop_is_heard_while_the_network_is_busy_and_files_are_finished() -> None:
    twins = TwinParts(film("a"))
    restorer = twins.restorers["fixed-camera"] = TwinRestorer()
    restorer.gate.clear()
    pipeline = Pipeline(twins.config(), parts=twins.parts, patience=SHORT)
    running = start(pipeline)
    wait_for(lambda: twins.sources["a"].read_count > 0)
    pipeline.stop()
    assert running.join(20)
    assert pipeline.summary().abandoned
    assert twins.sink("record[a]").closed or not twins.sink("record[a]").opened
    restorer.gate.set()


def test_stop_leaves_a_hanging_push_behind_and_finishes_the_recording() -> None:
    push = TwinSink("push[a]", keeps_all=False)
    push.gate.clear()
    twins = TwinParts(film("a", 100), sinks=[push])
    pipeline = Pipeline(
        twins.config(outputs=[{"record": {}}, {"push": {"url": "rtsp://h/a"}}]),
        parts=twins.parts,
        patience=SHORT,
    )
    running = start(pipeline)
    wait_for(lambda: len(twins.sinks["record[a]"].indices) > 50 if "record[a]" in twins.sinks else False)
    pipeline.stop()
    assert running.join(20)
    states = {sink.name: sink.state for sink in pipeline.snapshot().cameras[0].sinks}
    assert states == {"record[a]": "closed", "push[a]": "abandoned"}
    assert twins.sink("record[a]").closed
    # The network need not be left behind because an output is.
    assert twins.restorers["fixed-camera"].closed
    push.gate.set()


def test_stop_is_heard_while_a_file_waits_for_a_hanging_recorder() -> None:
    record = TwinSink("record[a]")
    record.gate.clear()
    twins = TwinParts(film("a", 100), sinks=[record])
    pipeline = Pipeline(twins.config(), parts=twins.parts, patience=SHORT)
    running = start(pipeline)
    wait_for(lambda: twins.sources["a"].read_count > 30)
    pipeline.stop()
    assert running.join(20)
    assert pipeline.summary().exit_code == 5
    record.gate.set()


def test_stop_is_heard_while_a_model_loads() -> None:
    twins = TwinParts(film("a"))
    hanging = TwinRestorer()
    hanging.gate.clear()

    def load(model: str, config: PipelineConfig) -> TwinRestorer:
        hanging.gate.wait()
        return hanging

    parts = Parts(twins.parts.source, twins.parts.sink, load)
    pipeline = Pipeline(twins.config(), parts=parts, patience=SHORT)
    running = start(pipeline)
    pipeline.stop()
    assert running.join(20)
    assert pipeline.summary().abandoned
    hanging.gate.set()


def test_an_engine_that_is_missing_stops_everything_at_once() -> None:
    twins = TwinParts(film("a"))

    def load(model: str, config: PipelineConfig) -> TwinRestorer:
        raise EngineUnavailable("no engine: pip install 'streamdesnow[cpu]'")

    parts = Parts(twins.parts.source, twins.parts.sink, load)
    with pytest.raises(EngineUnavailable, match="pip install"):
        Pipeline(twins.config(), parts=parts).run()


def test_a_file_is_given_up_when_none_of_its_outputs_can_work() -> None:
    record = TwinSink("record[a]")
    record.open_error = StorageFailed("record[a]: out is read-only")
    twins = TwinParts(TwinSource("a"), sinks=[record])
    summary = Pipeline(twins.config(), parts=twins.parts).run()
    assert summary.exit_code == 5
    assert summary.problems == ("a: record[a]: out is read-only",)


def test_a_surprise_in_the_restore_thread_is_raised_after_files_are_finished(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    twins = TwinParts(film("a"))
    deliver = Lane.deliver

    def fails(lane: Lane, frame: Frame, image: Image) -> None:
        if frame.index == 5:
            raise ZeroDivisionError("bug")
        deliver(lane, frame, image)

    monkeypatch.setattr(Lane, "deliver", fails)
    with pytest.raises(ZeroDivisionError, match="bug"):
        Pipeline(twins.config(), parts=twins.parts).run()
    assert twins.sink("record[a]").indices == list(range(5))
    assert twins.sink("record[a]").closed


def test_whoever_watches_sees_the_end() -> None:
    twins = TwinParts(film("a"))
    seen: list[PipelineSnapshot] = []
    Pipeline(twins.config(), parts=twins.parts).run(watch=seen.append)
    assert seen[-1].cameras[0].frames_out == 10
    assert seen[-1].cameras[0].sinks[0].written == 10


def test_it_can_be_used_without_running() -> None:
    twins = TwinParts(film("a"))
    with Pipeline(twins.config(), parts=twins.parts) as pipeline:
        assert pipeline.snapshot().cameras[0].name == "a"
    assert twins.sources["a"].closed


def test_whoever_watches_badly_stops_nothing() -> None:
    twins = TwinParts(film("a"))
    calls = []

    def watch(snapshot: PipelineSnapshot) -> None:
        calls.append(snapshot)
        raise OSError("terminal gone")

    summary = Pipeline(twins.config(), parts=twins.parts).run(watch=watch)
    assert summary.last.cameras[0].frames_out == 10
    assert len(calls) == 1
