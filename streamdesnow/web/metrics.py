"""Figures of a running pipeline as Prometheus scrapes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from streamdesnow.capture.source import CaptureState
from streamdesnow.status.snapshot import CameraSnapshot, PipelineSnapshot
from streamdesnow.status.trouble import Health, health, works

__all__ = ["metrics_text"]

_Figure = Callable[[CameraSnapshot], float | None]

_COUNTERS: tuple[tuple[str, str, _Figure], ...] = (
    ("frames_decoded", "Frames decoded.", lambda camera: camera.frames_in),
    ("frames_cleaned", "Frames cleaned.", lambda camera: camera.frames_out),
    ("frames_dropped", "Frames decoded but not cleaned, as newer ones came.", lambda camera: camera.dropped),
    ("frames_skipped", "Frames left out on purpose under overload.", lambda camera: camera.skipped),
    ("frames_passed", "Frames passed on uncleaned under overload.", lambda camera: camera.passed),
    ("engine_failures", "Frames that the network failed on.", lambda camera: camera.engine_failures),
    ("capture_restarts", "Starts of capture after a failure.", lambda camera: camera.restarts),
)
_GAUGES: tuple[tuple[str, str, _Figure], ...] = (
    ("up", "1 while frames come.", lambda camera: float(camera.state is CaptureState.RUNNING)),
    ("fps_decoded", "Frames decoded a second, of late.", lambda camera: camera.fps_in),
    ("fps_cleaned", "Frames cleaned a second, of late.", lambda camera: camera.fps_out),
    ("snowfall_percent", "Pixels on which a flake shows.", lambda camera: camera.snowfall),
    (
        "snowing",
        "1 while that counts as snowfall.",
        lambda camera: None if camera.snowing is None else float(camera.snowing),
    ),
    ("relieved", "1 while something gives way to overload.", lambda camera: float(bool(camera.relief))),
    (
        "tracks",
        "Things in the picture now.",
        lambda camera: None if camera.detection is None else camera.detection.tracks,
    ),
)


def metrics_text(snapshot: PipelineSnapshot) -> bytes:
    """All figures in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Snapshot(snapshot))
    return generate_latest(registry)


class _Snapshot(Collector):
    def __init__(self, snapshot: PipelineSnapshot) -> None:
        self._snapshot = snapshot

    def collect(self) -> Iterator[Metric]:
        now = self._snapshot
        yield GaugeMetricFamily("streamdesnow_uptime_seconds", "Since cameras were started.", now.seconds)
        healthy = float(health(now) is Health.OK)
        yield GaugeMetricFamily("streamdesnow_healthy", "1 if everything works.", healthy)
        yield from self._of_cameras()
        yield from self._latencies()
        yield from self._of_outputs()
        if now.detector is not None:
            up = float(works(now.detector))
            yield GaugeMetricFamily("streamdesnow_detector_up", "1 while the detector works.", up)

    def _of_cameras(self) -> Iterator[Metric]:
        for families, make in ((_COUNTERS, CounterMetricFamily), (_GAUGES, GaugeMetricFamily)):
            for name, what, figure in families:
                family = make(f"streamdesnow_camera_{name}", what, labels=["camera"])
                for camera in self._snapshot.cameras:
                    value = figure(camera)
                    if value is not None:
                        family.add_metric([camera.name], value)
                yield family

    def _latencies(self) -> Iterator[Metric]:
        family = GaugeMetricFamily(
            "streamdesnow_camera_latency_seconds",
            "From capture to cleaned and to written (slowest output), of late.",
            labels=["camera", "until", "quantile"],
        )
        for camera in self._snapshot.cameras:
            for until, latency in (("cleaned", camera.restored), ("written", camera.written)):
                if latency is not None:
                    family.add_metric([camera.name, until, "0.5"], latency.p50)
                    family.add_metric([camera.name, until, "0.95"], latency.p95)
        yield family

    def _of_outputs(self) -> Iterator[Metric]:
        labels = ["camera", "output"]
        up = GaugeMetricFamily("streamdesnow_output_up", "1 while it works.", labels=labels)
        queued = GaugeMetricFamily("streamdesnow_output_queued_frames", "Frames that wait.", labels=labels)
        counters = {
            name: CounterMetricFamily(f"streamdesnow_output_{name}", what, labels=labels)
            for name, what in (
                ("frames_written", "Frames written."),
                ("frames_dropped", "Frames lost."),
                ("restarts", "Starts after a failure."),
            )
        }
        for camera in self._snapshot.cameras:
            for number, sink in enumerate(camera.sinks):
                # Two outputs of a camera may have the same name.
                where = [camera.name, f"{number}:{sink.name.partition('[')[0]}"]
                up.add_metric(where, float(works(sink)))
                queued.add_metric(where, sink.queued)
                counters["frames_written"].add_metric(where, sink.written)
                counters["frames_dropped"].add_metric(where, sink.dropped)
                counters["restarts"].add_metric(where, sink.restarts)
        yield from (up, queued, *counters.values())
