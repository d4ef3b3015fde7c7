"""`cameras:` where frames come from."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from streamdesnow.config.base import Section
from streamdesnow.config.gate import When
from streamdesnow.config.login import check_address, check_one_login, split_login
from streamdesnow.config.overload import Policy
from streamdesnow.config.secret import Secret
from streamdesnow.config.units import Duration, FrameSize, HomePath, PositiveDuration
from streamdesnow.config.url import is_url
from streamdesnow.redact import redact

__all__ = ["CameraConfig", "CameraName", "RetryConfig", "SimulatedConfig"]

_SCHEMES = ("rtsp", "rtsps", "http", "https", "srt", "rtmp", "rtmps", "udp", "tcp", "file")


def _check_source(source: str) -> str:
    if not source.strip():
        raise ValueError("expected a file, folder, address or device, got nothing")
    if is_url(source):
        check_address(source, _SCHEMES)
    elif meant := _meant(source):
        raise ValueError(f"there is no such file or device; did you mean {redact(meant)}?")
    return source


def _meant(source: str) -> str | None:
    """What somebody wanted to write who forgot how addresses and devices begin."""
    scheme, colon, rest = source.partition(":")
    if source.isdecimal():
        return f"device:{source}"
    if colon and scheme.lower() in _SCHEMES and not Path(source).exists():
        return f"{scheme}://{rest.lstrip('/')}"
    if re.match(r"\d+\.\d+\.\d+\.\d+([:/]|$)", source) and not Path(source).exists():
        return f"rtsp://{source}"
    return None


def _check_name(name: str) -> str:
    # The name becomes part of paths and of addresses that results are pushed to.
    if not re.fullmatch(r"\w[\w-]{0,63}", name):
        raise ValueError("a camera's name is up to 64 letters, digits, - and _")
    return name


def _source_kind(source: object) -> str:
    return "simulated" if isinstance(source, dict | SimulatedConfig) else "address"


CameraName = Annotated[str, AfterValidator(_check_name)]
"""A name that can stand in paths, addresses and tables."""


class SimulatedConfig(Section):
    """A snowy street drawn by streamdesnow itself: for trying things out, and with known truth."""

    scene: Literal["street"] = "street"
    """What is drawn: `street`, a fixed camera over a road with cars and people."""
    snow: Literal["none", "light", "medium", "heavy"] = "heavy"
    """How hard it snows."""
    style: Literal["particles", "sprites", "texture", "streaks"] = "particles"
    """How snow is drawn; `streamdesnow simulate --help` lists the styles."""
    size: FrameSize = (960, 540)
    """Frame size, width x height."""
    fps: float = Field(default=25.0, gt=0, le=240)
    """Frames per second."""
    seed: int = Field(default=1, ge=0)
    """The same seed draws the same film."""
    duration: Duration = 10.0
    """Length of the film; 0 for endless."""


class RetryConfig(Section):
    """How a live source that failed is tried again: exponential backoff with jitter."""

    initial: Duration = 0.5
    """Wait before the first new try."""
    maximum: PositiveDuration = 2.0
    """Longest wait between tries. A camera's return is noticed at most this much later. After a refused login
    waits grow to a minute, as many cameras lock an account that is tried too often."""
    jitter: float = Field(default=0.2, ge=0, le=1)
    """Random part of the wait, as a share of it, so that many cameras do not knock at once."""


class CameraConfig(Section):
    """One camera or file."""

    source: Annotated[
        Annotated[str, AfterValidator(_check_source), Tag("address")]
        | Annotated[SimulatedConfig, Tag("simulated")],
        Discriminator(_source_kind),
    ]
    """File, folder of images, glob (`frames/*.png`), `rtsp://`, `rtsps://`, `http(s)://`, `rtmp(s)://`,
    `udp://`, `tcp://`, `srt://` (where PyAV was built with it), `device:0`, or a mapping that describes a
    simulated camera. A login inside an address is accepted and
    treated as `username` and `password`."""
    username: str | None = None
    """User name for the camera; keeps credentials out of the URL."""
    password: Secret | None = None
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
    decoder: Literal["auto", "software", "nvdec", "qsv", "vaapi"] = "auto"
    """What decodes H.264, H.265, AV1 and VP9, with `reader: av`. `auto` takes the first that works here of
    NVIDIA's, Intel's and what VAAPI drives; else, and where one that is named does not work, software, saying
    so."""
    transport: Literal["tcp", "udp"] = "tcp"
    """How RTSP carries video: `tcp` loses nothing, `udp` does not wait for what was lost."""
    tls_verify: bool = True
    """Check the certificate of `rtsps://` and `https://`."""
    ca_file: HomePath | None = None
    """Certificate authority to check with, for cameras with certificates of their own."""
    stall: PositiveDuration = 5.0
    """A live source that sends no frame for this long is restarted."""
    retry: RetryConfig = RetryConfig()
    """Waits between restarts."""
    model: str | None = None
    """Another model than the pipeline's, for this camera."""
    when: When | None = None
    """Otherwise than `restore.when`, for this camera."""
    priority: int = Field(default=0, ge=0, le=9)
    """Cameras of higher priority are served first when the machine cannot keep up. Others still get a frame
    about every second."""
    overload: Policy | None = None
    """Otherwise than `overload.policy`, for this camera."""

    @model_validator(mode="before")
    @classmethod
    def _split_login(cls, data: object) -> object:
        return split_login(data, "source")

    @model_validator(mode="after")
    def _one_login(self) -> CameraConfig:
        check_one_login(self.source, self.username, self.password, "source")
        return self
