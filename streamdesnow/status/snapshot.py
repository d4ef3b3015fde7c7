"""What an operator wants to know of a running pipeline, at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from streamdesnow.capture.source import CaptureState
from streamdesnow.errors import StreamDesnowError

__all__ = [
    "FINAL",
    "CameraSnapshot",
    "DetectionSnapshot",
    "DetectorSnapshot",
    "Latency",
    "PartState",
    "PipelineSnapshot",
    "Score",
    "SinkSnapshot",
]

FINAL = frozenset({CaptureState.ENDED, CaptureState.FAILED, CaptureState.STOPPED})
"""States after which a camera gives no more frames."""


class PartState(StrEnum):
    """Where an output or the detector is in its life."""

    STARTING = "starting"
    RUNNING = "running"
    RETRYING = "retrying"
    CLOSED = "closed"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds, over the last few hundred frames."""

    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Score:
    """PSNR in dB against the truth of a simulated camera, over `frames` frames: snowy, and cleaned."""

    before: float
    after: float
    frames: int


@dataclass(frozen=True, slots=True)
class SinkSnapshot:
    """One output of one camera.

    Attributes:
        name: kind and camera, for example `record[gate]`.
        state: see `PartState`; ABANDONED hung and was left behind when the pipeline closed.
        keeps_all: a file waits for this sink rather than lose a frame.
        message: one line for people; empty when all is well.
        queued: frames waiting.
        capacity: frames that may wait.
        offered: frames handed to this sink.
        written: frames written.
        dropped: frames lost: displaced by newer ones, failed to be written, or left at the end.
        restarts: how often it was opened again after a failure.
        latency: from capture to written.
        failing_for: seconds since it stopped working; None while it works.
        error: why it is not working; None while it works.
    """

    name: str
    state: PartState
    keeps_all: bool
    message: str = ""
    queued: int = 0
    capacity: int = 0
    offered: int = 0
    written: int = 0
    dropped: int = 0
    restarts: int = 0
    latency: Latency | None = None
    failing_for: float | None = None
    error: StreamDesnowError | None = None


@dataclass(frozen=True, slots=True)
class DetectionSnapshot:
    """What was found in the frames of one camera.

    Attributes:
        frames: frames that were looked at.
        fps: frames looked at a second, of late.
        latency: of one look; of both looks with `compare`.
        skipped: frames whose turn it was, not looked at: newer ones came, or the detector failed.
        tracks: things in the picture now.
        objects: tracks so far.
        only_before: of these, how many only frames before cleaning showed; None without `compare`.
        only_clean: how many only cleaned frames showed; None without `compare`.
        events: events written.
        events_lost: events that could not be written.
        error: why events cannot be written now.
    """

    frames: int = 0
    fps: float = 0.0
    latency: Latency | None = None
    skipped: int = 0
    tracks: int = 0
    objects: int = 0
    only_before: int | None = None
    only_clean: int | None = None
    events: int = 0
    events_lost: int = 0
    error: StreamDesnowError | None = None


@dataclass(frozen=True, slots=True)
class DetectorSnapshot:
    """The detector, which all cameras share.

    Attributes:
        name: `detector` and the model's name.
        state: see `PartState`.
        message: one line for people; empty when all is well.
        failures: how often it failed.
        failing_for: seconds since it stopped working; None while it works.
        error: why it does not work; None while it does.
    """

    name: str
    state: PartState
    message: str = ""
    failures: int = 0
    failing_for: float | None = None
    error: StreamDesnowError | None = None


@dataclass(frozen=True, slots=True)
class CameraSnapshot:
    """One camera with its outputs.

    Attributes:
        name: the camera's name in the pipeline file.
        state: see `CaptureState`; ENDED and FAILED are final.
        message: one line for people, credentials redacted; empty when all is well.
        live: whether old frames give way to new ones.
        size: (width, height) of the newest frame, None before the first.
        frames_in: frames decoded.
        frames_out: frames cleaned.
        fps_in: frames decoded a second, of late.
        fps_out: frames cleaned a second, of late.
        active: seconds from the first cleaned frame to the last.
        dropped: frames decoded but never cleaned, because newer ones came.
        engine_failures: frames that the network failed on.
        restarts: how often capture was started again after a failure.
        restored: latency from capture to cleaned.
        sinks: its outputs, in the order of the pipeline file.
        score: against the truth, where there is one and it was asked for.
        detection: what was found; None where nothing is looked for.
        snowfall: percent of the pixels on which a flake shows; None where nobody asks whether it snows.
        snowing: whether that counts as snowfall, so that frames are cleaned; None as above.
        relief: what is different because the machine cannot keep up; empty if nothing is.
        relief_switches: how often that changed.
        passed: frames of `frames_out` that passed uncleaned because the machine could not keep up.
        skipped: frames left out on purpose because it could not; not among `dropped`.
        error: the last failure; in state FAILED the reason.
    """

    name: str
    state: CaptureState
    message: str = ""
    live: bool = False
    size: tuple[int, int] | None = None
    frames_in: int = 0
    frames_out: int = 0
    fps_in: float = 0.0
    fps_out: float = 0.0
    active: float = 0.0
    dropped: int = 0
    engine_failures: int = 0
    restarts: int = 0
    restored: Latency | None = None
    sinks: tuple[SinkSnapshot, ...] = ()
    score: Score | None = None
    snowfall: float | None = None
    snowing: bool | None = None
    relief: str = ""
    relief_switches: int = 0
    passed: int = 0
    skipped: int = 0
    detection: DetectionSnapshot | None = None
    error: StreamDesnowError | None = None

    @property
    def fps_average(self) -> float:
        """Frames cleaned a second, over the whole run."""
        return (self.frames_out - 1) / self.active if self.active > 0 else 0.0

    @property
    def written(self) -> Latency | None:
        """Latency from capture to written, of the slowest output."""
        latencies = [sink.latency for sink in self.sinks if sink.latency is not None]
        return max(latencies, key=lambda latency: latency.p50, default=None)


@dataclass(frozen=True, slots=True)
class PipelineSnapshot:
    """The whole pipeline.

    Attributes:
        seconds: how long it has been running.
        models: of each network that is loaded its name and what runs it.
        cameras: in the order of the pipeline file.
        detector: None where nothing is looked for.
    """

    seconds: float
    models: tuple[tuple[str, str], ...]
    cameras: tuple[CameraSnapshot, ...]
    detector: DetectorSnapshot | None = None
