"""`outputs:` where results go."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from streamdesnow.config.base import Section
from streamdesnow.config.login import check_address, check_one_login, split_login
from streamdesnow.config.secret import Secret
from streamdesnow.config.some_cameras import SomeCameras
from streamdesnow.config.template import CameraPath, CameraText, FileName
from streamdesnow.config.units import Bytes, Duration, PositiveDuration

__all__ = [
    "HlsConfig",
    "ImagesConfig",
    "NullConfig",
    "OutputConfig",
    "OutputSettings",
    "Preset",
    "PushConfig",
    "RecordConfig",
    "Show",
]

Show = Literal["clean", "before", "side_by_side", "wipe"]
Preset = Literal[
    "ultrafast",
    "superfast",
    "veryfast",
    "faster",
    "fast",
    "medium",
    "slow",
    "slower",
    "veryslow",
    "placebo",
]

_PUSH_SCHEMES = ("rtsp", "rtsps", "rtmp", "rtmps", "srt")


def _check_url(url: str) -> str:
    check_address(url, _PUSH_SCHEMES)
    return url


class _Output(Section):
    cameras: SomeCameras | None = None
    """Only for these cameras. Default: all."""
    queue: int = Field(default=32, ge=1)
    """Frames that may wait for this output, 192 MiB at most; a live source then drops the oldest, counted."""

    def takes(self, camera: str) -> bool:
        """Whether frames of this camera go here."""
        return self.cameras is None or camera in self.cameras


class _Shown(_Output):
    show: Show = "clean"
    """`clean`, `before`, `side_by_side` (before left, clean right) or `wipe` (a border that moves across)."""
    overlay: bool | None = None
    """Draw what was found into this output. Default: as `detect.overlay.burn` says."""


class _Encoded(_Shown):
    codec: Literal["h264", "h265"] = "h264"
    """Video codec."""
    encoder: Literal["auto", "software", "nvenc", "qsv", "vaapi"] = "auto"
    """`auto` takes the first that works here of NVIDIA's, Intel's and what VAAPI drives; else, and where one
    that is named does not work, libx264 or libx265, saying so."""
    quality: int = Field(default=23, ge=0, le=51)
    """Constant quality, lower is better and larger (crf of libx264)."""
    preset: Preset = "veryfast"
    """Speed of the software encoder, as libx264 and libx265 name it."""


class RecordConfig(_Encoded):
    """Record to MP4 files that survive a power cut."""

    directory: CameraPath = Path("recordings/{camera}")
    """Folder; `{camera}` is replaced by the camera's name."""
    segment: Duration = 600.0
    """Start a new file, on a keyframe, after this long; 0 for one file, or one a day of what runs on."""
    fragment: Duration = 1.0
    """The most that is lost when the process is killed."""
    name: FileName = "%Y-%m-%d_%H-%M-%S"
    """File name by wall clock at the segment's first frame (strftime; `{camera}` and `{show}` are replaced),
    without ending. A number is added rather than a file overwritten. What was recorded under another
    template is neither listed nor deleted."""
    keep: PositiveDuration | None = None
    """Delete segments older than this. In the first hour after the machine was started, and after its clock
    was set, age deletes nothing: the clock may be wrong. Default: keep."""
    max_size: Annotated[Bytes, Field(gt=0)] | None = None
    """Delete the oldest segments when those in the folder hold more than this. Default: no limit."""


class PushConfig(_Encoded):
    """Send to a media server."""

    url: Annotated[CameraText, AfterValidator(_check_url)]
    """`rtsp://`, `rtsps://`, `rtmp://`, `rtmps://` or `srt://` address; `{camera}` is replaced. A login
    inside the address is accepted and treated as `username` and `password`."""
    username: str | None = None
    """User name for the server."""
    password: Secret | None = None
    """Password for the server."""
    gop: PositiveDuration = 2.0
    """Time between keyframes: the longest a new viewer waits."""

    @model_validator(mode="before")
    @classmethod
    def _split_login(cls, data: object) -> object:
        return split_login(data, "url")

    @model_validator(mode="after")
    def _one_login(self) -> PushConfig:
        check_one_login(self.url, self.username, self.password, "url")
        return self


class HlsConfig(_Encoded):
    """Write a playlist and fragmented-MP4 segments that browsers play."""

    directory: CameraPath = Path("hls/{camera}")
    """Folder; `{camera}` is replaced. The playlist is `index.m3u8`. To watch, serve the folder
    (`python3 -m http.server --directory hls/gate`) and open it in a browser."""
    segment: PositiveDuration = 2.0
    """Length of a segment."""
    window: int = Field(default=6, ge=2)
    """Segments in the playlist; older files are deleted. 0 is not allowed: use `record` to keep video."""


class ImagesConfig(_Shown):
    """Write pictures."""

    directory: CameraPath = Path("images/{camera}")
    """Folder; `{camera}` is replaced."""
    format: Literal["png", "jpg", "webp"] = "png"
    """`png` is lossless."""
    every: int = Field(default=1, ge=1)
    """Write one frame in this many."""


class NullConfig(_Output):
    """Throw results away: to measure the rest."""


OutputSettings = RecordConfig | PushConfig | HlsConfig | ImagesConfig | NullConfig


class OutputConfig(Section):
    """One output: exactly one of the keys below."""

    record: RecordConfig | None = None
    """Record to MP4 files."""
    push: PushConfig | None = None
    """Send to a media server."""
    hls: HlsConfig | None = None
    """Write HLS for browsers."""
    images: ImagesConfig | None = None
    """Write pictures."""
    null: NullConfig | None = None
    """Throw away."""

    @model_validator(mode="before")
    @classmethod
    def _bare_kind(cls, data: object) -> object:
        # `- record:` with nothing below it: that output with all its defaults.
        if isinstance(data, dict) and len(data) == 1:
            return {kind: {} if settings is None else settings for kind, settings in data.items()}
        return data

    @model_validator(mode="after")
    def _exactly_one(self) -> OutputConfig:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                "expected exactly one of record, push, hls, images, null; each output starts with its own -"
            )
        return self

    @property
    def kind(self) -> str:
        """Name of the key that is given."""
        return next(n for n in type(self).model_fields if getattr(self, n) is not None)

    @property
    def settings(self) -> OutputSettings:
        """The mapping under that key."""
        settings: OutputSettings = getattr(self, self.kind)
        return settings
