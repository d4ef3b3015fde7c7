"""What a capture process is told: one source and how to read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from streamdesnow.capture.kinds import SourceKind, detect_kind, is_live, local_path
from streamdesnow.config.url import is_url, with_credentials
from streamdesnow.redact import redact

if TYPE_CHECKING:
    # A capture process starts without pydantic: it saves a third of its start-up time.
    from streamdesnow.config.camera import CameraConfig

__all__ = ["SourceSpec"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSpec:
    """A camera's section of the pipeline file, with every default decided.

    Attributes:
        camera: name in the pipeline file, for messages; empty where there is none.
        kind: what `location` is.
        location: absolute path, glob, number or path of a device, or URL without credentials.
        live: newest frame kept, old ones dropped; False: every frame is delivered.
        endless: the end of the source is a failure that is tried again (cameras), not the end of a file.
        paced: frames are held back until their time has come.
        loop: start again at the end.
        fps: of a folder of images, or asked of a device; None for the default.
        reader: library that decodes files and streams, `av` or `opencv`.
        decoder: `auto`, `software`, or hardware by name; only `reader: av` knows any.
        transport: of RTSP, `tcp` or `udp`.
        tls_verify: check certificates.
        ca_file: certificate authority to check with; empty for the system's.
        simulated: a `SimulatedConfig` as JSON; empty for all other kinds.
        username, password: credentials as they are, not percent-encoded.
    """

    camera: str
    kind: SourceKind
    location: str
    live: bool = False
    endless: bool = False
    paced: bool = False
    loop: bool = False
    fps: float | None = None
    reader: str = "av"
    decoder: str = "software"
    transport: str = "tcp"
    tls_verify: bool = True
    ca_file: str = ""
    simulated: str = ""
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def from_config(cls, camera: str, config: CameraConfig) -> SourceSpec:
        """Decide defaults."""
        if not isinstance(config.source, str):
            return cls(
                camera=camera,
                kind=SourceKind.SIMULATED,
                location="simulated street",
                live=config.realtime if config.live is None else config.live,
                paced=config.realtime,
                loop=config.loop,
                simulated=config.source.model_dump_json(),
            )
        kind = detect_kind(config.source)
        live = is_live(kind, config.source) if config.live is None else config.live
        return cls(
            camera=camera,
            kind=kind,
            location=_location(kind, config.source),
            live=live,
            endless=kind is SourceKind.DEVICE
            or (kind is SourceKind.STREAM and _is_endless(config.source, live)),
            paced=_is_paced(kind, config.source, config.realtime, live),
            loop=config.loop,
            fps=config.fps,
            reader="opencv" if config.reader == "opencv" else "av",
            decoder=config.decoder,
            transport=config.transport,
            tls_verify=config.tls_verify,
            ca_file=str(config.ca_file or ""),
            username=config.username,
            password=config.password.get_secret_value() if config.password else None,
        )

    @property
    def url(self) -> str:
        """What to open, credentials percent-encoded in it. Never print it."""
        return with_credentials(self.location, self.username, self.password)

    @property
    def name(self) -> str:
        """Camera and address for messages, without credentials."""
        address = redact(self.location, self.secrets)
        return f"{self.camera}: {address}" if self.camera else address

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown."""
        return (self.password,) if self.password else ()


def _location(kind: SourceKind, source: str) -> str:
    if kind is SourceKind.DEVICE:
        return source.removeprefix("device:")
    if is_url(source) and kind is SourceKind.STREAM:
        return source
    # Absolute: FFmpeg would take `a:b.mp4` for an address of scheme `a`.
    return str(local_path(source).absolute())


def _is_paced(kind: SourceKind, address: str, realtime: bool, live: bool) -> bool:
    if kind is SourceKind.STREAM:
        # HLS comes in bursts of seconds. Frames of a live source wait for nobody: without pacing, all but the
        # last of each burst would be dropped.
        return (realtime and not live) or urlsplit(address).path.endswith(".m3u8")
    # A file that is called live is there to stand in for a camera: it plays at its own speed.
    return kind is not SourceKind.DEVICE and (realtime or live)


def _is_endless(address: str, live: bool) -> bool:
    # Over HTTP come cameras and films alike; whatever else is called a stream never ends by itself.
    return live or not address.startswith(("http://", "https://"))
