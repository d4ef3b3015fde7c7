"""Whether a pipeline's cameras answer, and if not, why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from streamdesnow.capture.probe import probe_source
from streamdesnow.capture.reader import SourceInfo
from streamdesnow.config.camera import CameraConfig
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.config.url import is_url
from streamdesnow.doctor.finding import Finding, Level
from streamdesnow.errors import (
    SourceDamaged,
    SourceNotFound,
    SourceRefused,
    SourceStalled,
    SourceUnreachable,
    SourceUnsupported,
    StreamDesnowError,
)

__all__ = ["Probe", "camera_findings"]

Probe = Callable[[str, CameraConfig, float], SourceInfo]
"""Opens a camera by name and section within so many seconds, and says what it is."""

_AT_ONCE = 8

_ADVICE: dict[type[StreamDesnowError], str] = {
    SourceRefused: "wrong login: correct username and password",
    SourceNotFound: "nothing there: correct the path in `source`; the camera's manual or web page tells it",
    SourceUnreachable: "no connection: check power, cable, address and firewall",
    SourceUnsupported: "no video that can be read: choose H.264 or H.265 in the camera",
    SourceStalled: "connected, but no picture came: try `transport: tcp`, or restart the camera",
    SourceDamaged: "cannot be decoded: restart the camera, or choose another codec in it",
}


def camera_findings(config: PipelineConfig, timeout: float, probe: Probe = probe_source) -> Iterator[Finding]:
    """A finding for each camera, in the order of the file; several are tried at the same time.

    Args:
        config: the pipeline.
        timeout: seconds that opening a camera may take.
        probe: opens one.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        names, sections = config.cameras.keys(), config.cameras.values()
        yield from pool.map(partial(_finding, timeout=timeout, probe=probe), names, sections)


def _finding(name: str, camera: CameraConfig, timeout: float, probe: Probe) -> Finding:
    try:
        info = probe(name, camera, timeout)
    except StreamDesnowError as error:
        # Messages of sources begin with the camera's name, which is the subject already.
        plain = type(error)(str(error).removeprefix(f"{name}: "))
        # What to do about a camera; messages of files, devices and simulated cameras say it themselves.
        address = isinstance(camera.source, str) and is_url(camera.source)
        return Finding.of_error(name, plain, _ADVICE.get(type(error), "") if address else "")
    return Finding(Level.GOOD, name, _described(info))


def _described(info: SourceInfo) -> str:
    size = f"{info.width}x{info.height}" if info.width and info.height else None
    fps = f"{float(info.fps):.4g} fps" if info.fps else None
    decoder = f"decoded with {info.decoder}" if info.decoder else None
    return ", ".join(part for part in (size, fps, info.codec, info.description, decoder) if part)
