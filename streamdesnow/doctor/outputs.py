"""Whether a pipeline's results can be written and its servers reached."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from streamdesnow.config.output import HlsConfig, ImagesConfig, NullConfig, PushConfig, RecordConfig
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.config.units import format_bytes
from streamdesnow.doctor.finding import Finding, Level
from streamdesnow.errors import SinkError, SinkRefused, StorageFailed
from streamdesnow.redact import redact
from streamdesnow.sinks.sink import sink_name
from streamdesnow.sinks.srt import SrtError, load_libsrt
from streamdesnow.storage.write import check_writable

__all__ = ["output_findings"]

_LITTLE_SPACE = 2 * 10**9
_PORTS = {"rtsp": 554, "rtsps": 322, "rtmp": 1935, "rtmps": 443}
_CONNECT_TIMEOUT = 3.0


def output_findings(config: PipelineConfig) -> Iterator[Finding]:
    """A finding for each folder and server that the pipeline's outputs go to."""
    seen: set[str] = set()
    for output in config.outputs:
        settings = output.settings
        if isinstance(settings, NullConfig):
            continue
        template = settings.url if isinstance(settings, PushConfig) else str(settings.directory)
        for camera in settings.cameras or config.cameras:
            place = template.replace("{camera}", camera)
            if place not in seen:
                seen.add(place)
                yield _finding(sink_name(output.kind, camera, settings.show), settings, place)
    if config.detect is not None and config.detect.events is not None:
        for camera in config.cameras:
            place = str(config.detect.events.directory).replace("{camera}", camera)
            if place not in seen:
                seen.add(place)
                yield _folder(f"events[{camera}]", Path(place), None)


def _finding(
    subject: str, settings: RecordConfig | PushConfig | HlsConfig | ImagesConfig, place: str
) -> Finding:
    if isinstance(settings, PushConfig):
        return _server(subject, place)
    limit = settings.max_size if isinstance(settings, RecordConfig) else None
    return _folder(subject, Path(place), limit)


def _folder(subject: str, folder: Path, limit: int | None) -> Finding:
    # What is not there yet will be made: the nearest folder that is there decides.
    existing = next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())
    try:
        check_writable(subject, existing)
    except StorageFailed as error:
        return Finding.of_error(subject, error)
    free = shutil.disk_usage(existing).free
    text = f"{folder} can be written, {free / 1e9:.0f} GB free"
    if free < _LITTLE_SPACE:
        return Finding(Level.NOTE, subject, text, "little space: recordings will soon fail; free some")
    if limit is not None and limit > free + _held(folder):
        advice = f"max_size is {format_bytes(limit)}, more than there is room for; lower it"
        return Finding(Level.NOTE, subject, text, advice)
    return Finding(Level.GOOD, subject, text)


def _held(folder: Path) -> int:
    """Bytes of the recordings that a folder holds: they make room for those to come."""
    held = 0
    for path in folder.rglob("*.mp4"):
        with suppress(OSError):  # deleted meanwhile, by a pipeline that runs
            held += path.stat().st_size
    return held


def _server(subject: str, url: str) -> Finding:
    """SRT runs over UDP, where nothing answers until a stream is offered: not asked."""
    address, shown = urlsplit(url), redact(url)
    if address.scheme == "srt":
        try:
            load_libsrt()
        except SrtError as error:
            return Finding.of_error(subject, SinkError(str(error)))
    port = address.port or _PORTS.get(address.scheme)
    if address.scheme not in _PORTS or port is None or address.hostname is None:
        return Finding(Level.GOOD, subject, f"{shown} (can only be tried by sending)")
    try:
        socket.create_connection((address.hostname, port), timeout=_CONNECT_TIMEOUT).close()
    except OSError as error:
        reason = "no answer" if isinstance(error, TimeoutError) else error.strerror or str(error)
        refused = SinkRefused(f"{shown}: {reason} (port {port} of {address.hostname})")
        return Finding.of_error(subject, refused, "start the media server, or correct `url`")
    return Finding(Level.GOOD, subject, f"{shown}: a server listens")
