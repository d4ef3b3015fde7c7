"""`cameras:` where frames come from."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from streamdesnow.config.base import Section
from streamdesnow.config.units import Duration, FrameSize

__all__ = ["CameraConfig", "RetryConfig", "SimulatedConfig"]


class SimulatedConfig(Section):
    """A snowy street drawn by streamdesnow itself: for trying things out, and with known truth."""

    scene: Literal["street"] = "street"
    """What is drawn: `street`, a fixed camera over a road with cars and people."""
    snow: Literal["none", "light", "medium", "heavy"] = "heavy"
    """How hard it snows."""
    style: str = "particles"
    """How snow is drawn; `streamdesnow simulate --help` lists the styles."""
    size: FrameSize = (960, 540)
    """Frame size, width x height."""
    fps: float = Field(default=25.0, gt=0, le=240)
    """Frames per second."""
    seed: int = 1
    """The same seed draws the same film."""
    duration: Duration = 10.0
    """Length of the film; 0 for endless."""


class RetryConfig(Section):
    """How a live source that failed is tried again: exponential backoff with jitter."""

    initial: Duration = 0.5
    """Wait before the first new try."""
    maximum: Duration = 2.0
    """Longest wait between tries. A camera's return is noticed at most this much later."""
    jitter: float = Field(default=0.2, ge=0, le=1)
    """Random part of the wait, as a share of it, so that many cameras do not knock at once."""


class CameraConfig(Section):
    """One camera or file."""

    source: str | SimulatedConfig
    """File, folder of images, glob (`frames/*.png`), `rtsp://`, `rtsps://`, `http(s)://`, `srt://`,
    `device:0`, or a mapping that describes a simulated camera."""
    username: str | None = None
    """User name for the camera; keeps credentials out of the URL."""
    password: SecretStr | None = None
    """Password, any characters. `${NAME}` reads an environment variable, `{file: PATH}` a file."""
    live: bool | None = None
    """True: keep the newest frame and drop old ones. False: deliver every frame. Default: by source."""
    realtime: bool = False
    """Play a file at its own speed instead of as fast as it can be cleaned."""
    loop: bool = False
    """Start a file again when it ends."""
    fps: float | None = Field(default=None, gt=0)
    """Frames per second of a folder of images (default 25), or asked of a local device."""
    reader: Literal["auto", "av", "opencv"] = "auto"
    """Library that decodes. `auto`: PyAV for containers and streams (exact pts, errors that can be told
    apart), OpenCV for images and devices."""
    transport: Literal["tcp", "udp"] = "tcp"
    """How RTSP carries video: `tcp` loses nothing, `udp` does not wait for what was lost."""
    tls_verify: bool = True
    """Check the certificate of `rtsps://` and `https://`."""
    ca_file: Path | None = None
    """Certificate authority to check with, for cameras with certificates of their own."""
    stall: Duration = 5.0
    """A live source that sends no frame for this long is restarted."""
    retry: RetryConfig = RetryConfig()
    """Waits between restarts."""
    model: str | None = None
    """Another model than the pipeline's, for this camera."""
