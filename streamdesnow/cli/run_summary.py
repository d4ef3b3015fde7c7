"""What `run` says at the end."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from rich.text import Text

from streamdesnow.cli.figures import latency_text, load_text, snow_text
from streamdesnow.config.output import ImagesConfig, NullConfig, OutputConfig, PushConfig
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.pipeline.verdict import Summary
from streamdesnow.redact import redact
from streamdesnow.status.data import camera_data
from streamdesnow.status.snapshot import CameraSnapshot, DetectionSnapshot, DetectorSnapshot, SinkSnapshot
from streamdesnow.storage.names import camera_directory, camera_url

__all__ = ["log_summary", "place_of", "summary_table"]

_log = logging.getLogger(__name__)

Row = tuple[str, str, str]


def summary_table(summary: Summary, config: PipelineConfig) -> Text:
    """Per camera frames, rate, drops, latency, score, and where each output went; then the networks.

    Text in columns rather than a table: print it with `soft_wrap`, and paths are never cut or broken.
    """
    rows = [
        row for camera in summary.last.cameras for row in _camera_rows(camera, config.outputs_of(camera.name))
    ]
    rows += [("model", name, engine) for name, engine in summary.last.models]
    detector = summary.last.detector
    if detector is not None:
        rows.append(("detector", detector.name.removeprefix("detector "), f"{detector.failures} failures"))
    widths = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
    lines = (f"{kind:{widths[0]}}  {name:{widths[1]}}  {text}" for kind, name, text in rows)
    return Text(redact("\n".join(lines)))


def log_summary(summary: Summary, config: PipelineConfig) -> None:
    """The same as one log record with data, and every problem as an error."""
    for problem in summary.problems:
        _log.error("%s", problem)
    data = {
        "exit_code": summary.exit_code,
        "seconds": summary.last.seconds,
        "stopped": summary.stopped,
        "models": dict(summary.last.models),
        "problems": list(summary.problems),
        "detector": _detector_data(summary.last.detector),
        "cameras": [
            camera_data(camera)
            | {"places": [place_of(output, camera.name) for output in config.outputs_of(camera.name)]}
            for camera in summary.last.cameras
        ],
    }
    _log.info("finished with exit code %d", summary.exit_code, extra={"data": data})


def place_of(output: OutputConfig, camera: str) -> str:
    """Where an output of a camera ends up, for people; empty for `null`."""
    settings = output.settings
    if isinstance(settings, NullConfig):
        return ""
    if isinstance(settings, PushConfig):
        place = redact(camera_url(settings.url, camera))
    else:
        place = str(camera_directory(settings.directory, camera))
    return place if settings.show == "clean" else f"{place} ({settings.show.replace('_', ' ')})"


def _detector_data(detector: DetectorSnapshot | None) -> dict[str, object] | None:
    if detector is None:
        return None
    return {
        "name": detector.name,
        "state": detector.state,
        "message": redact(detector.message),
        "failures": detector.failures,
    }


def _camera_rows(camera: CameraSnapshot, outputs: tuple[OutputConfig, ...]) -> Iterator[Row]:
    figures = [
        f"{camera.frames_out} frames in {camera.active:.1f} s",
        f"{camera.fps_average:.1f} fps",
        f"{camera.dropped} dropped",
        f"latency {latency_text(camera.restored)}",
    ]
    figures += [f"{camera.restarts} restarts"] if camera.restarts else []
    figures += [f"{camera.engine_failures} engine failures"] if camera.engine_failures else []
    figures += [text for text in (snow_text(camera), load_text(camera)) if text]
    yield "camera", camera.name, ", ".join(figures)
    if camera.score is not None:
        gain = f"{camera.score.before:.2f} dB snowy -> {camera.score.after:.2f} dB cleaned"
        yield "PSNR", camera.name, f"{gain} (against the truth of {camera.score.frames} frames)"
    if camera.detection is not None:
        yield "detect", camera.name, _detection_text(camera.detection)
    for output, sink in zip(outputs, camera.sinks, strict=True):
        yield output.kind, camera.name, _sink_text(sink, output, camera.name)


def _detection_text(detection: DetectionSnapshot) -> str:
    figures = [f"{detection.objects} objects", f"{detection.frames} frames looked at"]
    figures += [f"{detection.skipped} skipped"] if detection.skipped else []
    figures.append(f"{latency_text(detection.latency)} a look")
    if detection.only_before is not None:
        figures.append(
            f"{detection.only_before} seen only before cleaning, {detection.only_clean} only after"
        )
    figures += [f"{detection.events} events"] if detection.events else []
    figures += [f"{detection.events_lost} events lost"] if detection.events_lost else []
    return ", ".join(figures)


def _sink_text(sink: SinkSnapshot, output: OutputConfig, camera: str) -> str:
    place, settings = place_of(output, camera), output.settings
    every = settings.every if isinstance(settings, ImagesConfig) else 1
    share = f"one in {every} of " if every > 1 else ""
    lost = f", {sink.dropped} lost" if sink.dropped else ""
    return f"{share}{sink.written} frames{lost}" + (f" to {place}" if place and sink.written else "")
