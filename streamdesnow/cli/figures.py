"""Figures of a running pipeline as short text, alike in tables, log lines and summaries."""

from __future__ import annotations

from streamdesnow.status.snapshot import CameraSnapshot, DetectionSnapshot, Latency, PartState, SinkSnapshot

__all__ = [
    "detection_text",
    "elapsed_text",
    "latency_text",
    "load_text",
    "queue_text",
    "snow_text",
    "status_line",
]


def elapsed_text(seconds: float) -> str:
    """`01:02:03`."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest:02d}"


def latency_text(latency: Latency | None) -> str:
    """`21/35 ms`: median and 95th percentile."""
    return "-" if latency is None else f"{1000 * latency.p50:.0f}/{1000 * latency.p95:.0f} ms"


def queue_text(sink: SinkSnapshot) -> str:
    """`record 3/32`, with drops and state where there is something to say."""
    text = f"{sink.name.partition('[')[0]} {sink.queued}/{sink.capacity}"
    if sink.dropped:
        text += f" -{sink.dropped}"
    return text if sink.state is PartState.RUNNING else f"{text} {sink.state}"


def detection_text(detection: DetectionSnapshot) -> str:
    """`5.0 looks/s, 80/95 ms each, 3 tracks, 12 objects`, and what else there is to say."""
    parts = [
        f"{detection.fps:.1f} looks/s",
        f"{latency_text(detection.latency)} each",
        f"{detection.tracks} tracks",
        f"{detection.objects} objects",
    ]
    if detection.only_before is not None:
        parts.append(f"{detection.only_before} only before cleaning, {detection.only_clean} only after")
    parts += [f"{detection.skipped} skipped"] if detection.skipped else []
    parts += [f"{detection.events} events"] if detection.events else []
    parts += [f"{detection.events_lost} events lost"] if detection.events_lost else []
    return ", ".join(parts)


def snow_text(camera: CameraSnapshot) -> str:
    """`snowfall 1.2 %` or `snowfall 0.0 %, untouched`; empty where nobody asks whether it snows."""
    if camera.snowfall is None:
        return ""
    return f"snowfall {camera.snowfall:.1f} %" + ("" if camera.snowing else ", untouched")


def load_text(camera: CameraSnapshot) -> str:
    """`every 2nd frame, 3 switches, 20 left out`: what overload has done; empty if nothing."""
    if not camera.relief_switches:
        return ""
    parts = [f"overload: {camera.relief or 'over'}", f"{camera.relief_switches} switches"]
    parts += [f"{camera.skipped} left out"] if camera.skipped else []
    parts += [f"{camera.passed} uncleaned"] if camera.passed else []
    return ", ".join(parts)


def status_line(camera: CameraSnapshot) -> str:
    """Everything of one camera in one line, for logs."""
    parts = [
        f"{camera.name}: {camera.state}",
        f"fps {camera.fps_in:.1f} in {camera.fps_out:.1f} out",
        f"{camera.frames_out} frames",
        f"{camera.dropped} dropped",
        f"latency {latency_text(camera.restored)}",
        f"written {latency_text(camera.written)}",
        *(queue_text(sink) for sink in camera.sinks),
        f"{camera.restarts} restarts",
        *(text for text in (snow_text(camera), load_text(camera)) if text),
    ]
    if camera.detection is not None:
        parts.append(f"detection {detection_text(camera.detection)}")
    return ", ".join(parts)
