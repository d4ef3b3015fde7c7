"""Pushes to a media server: RTSP, RTMP or SRT."""

from __future__ import annotations

import io
from fractions import Fraction
from typing import NamedTuple
from urllib.parse import quote, urlencode

import av
import av.error

from streamdesnow.config.output import PushConfig
from streamdesnow.config.url import with_credentials
from streamdesnow.errors import SinkError, SinkRefused
from streamdesnow.frame import CleanedFrame, Image
from streamdesnow.redact import redact
from streamdesnow.sinks.codecs import EncoderPicker
from streamdesnow.sinks.compose import compose
from streamdesnow.sinks.encoder import VideoEncoder
from streamdesnow.sinks.pixels import even_size, size_of
from streamdesnow.sinks.publisher import Publisher, PublishError
from streamdesnow.sinks.push_wire import Target, WirePacket
from streamdesnow.sinks.sink import sink_name
from streamdesnow.sinks.srt import SrtError, load_libsrt
from streamdesnow.sinks.timeline import STREAM_TIME_BASE, Timeline
from streamdesnow.storage.names import camera_url

__all__ = ["PushSink"]

_TIMEOUT = 5.0
"""Seconds within which the server has to answer, and to take each frame."""

_FLV = "flv"
_LONGEST_FLV = 20 * 86400
"""Seconds. Milliseconds in 31 bits begin again at 0 after 24.9 days."""

_ADVICE = {
    "401": "check username and password",
    "403": "check username and password",
    "404": "check the path; some servers take only paths that they were told of",
    "refused": "is the server running, and is the port right?",
    "did not answer": "does it serve this protocol on this port, and can it keep up?",
    "passphrase": "check the password, which SRT uses as passphrase (10 to 79 characters)",
    "password required": "give the server's passphrase as `password`",
    "host": "check the server's name",
}


class _Stream(NamedTuple):
    """What is being sent, and in which size."""

    publisher: Publisher
    encoder: VideoEncoder


class PushSink:
    """Sends one camera to a media server, every frame at once.

    Time stamps start at 0 and grow for as long as the connection lasts, whatever the source's do (see
    `Timeline`). Another frame size or pixel shape needs another connection, and so does RTMP before its clock
    runs over.

    Args:
        timeout: seconds within which the server has to answer, and to take each frame.
    """

    def __init__(self, config: PushConfig, camera: str, timeout: float = _TIMEOUT) -> None:
        self.name = sink_name("push", camera, config.show)
        self.keeps_all = False
        self._config = config
        self._picker = EncoderPicker(self.name, config)
        self._target = _target(config, camera, timeout)
        self._timeline = Timeline()
        self._stream: _Stream | None = None

    def open(self) -> None:
        """Check what is needed on this side. The connection waits for the first frame, which tells the size.

        The server is not knocked at: simple receivers take one connection and no other.

        Raises:
            SinkError: the login does not fit the protocol, or SRT's library is missing.
            EncoderUnavailable: there is no encoder.
        """
        self._picker.check()
        if self._target.url.startswith("srt:"):
            self._check_srt()
        self._timeline = Timeline()

    def write(self, cleaned: CleanedFrame) -> None:
        """Send one frame; the first one connects, which may take up to the timeout.

        Raises:
            SinkRefused: the server refuses the login or the stream, does not answer, or went away.
            EncoderUnavailable: no encoder takes frames of this size.
        """
        image, sar = compose(cleaned, self._config.show), cleaned.before.sar
        pts = self._timeline.place(cleaned.before)
        if self._target.format == _FLV and pts * STREAM_TIME_BASE > _LONGEST_FLV:
            self.close()
            self._timeline = Timeline()
            pts = self._timeline.place(cleaned.before)
        if self._stream is not None and not _fits(self._stream.encoder, image, sar):
            self.close()
        try:
            if self._stream is None:
                self._stream = self._connect(image, pts, sar)
            else:
                self._send(self._stream, image, pts)
        except PublishError as error:
            self._stream = None
            raise self._refused(str(error)) from error
        except (av.error.FFmpegError, ValueError) as error:
            self.close()
            raise SinkError(f"{self.name}: cannot encode: {error}") from error

    def close(self) -> None:
        """Say goodbye to the server."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.publisher.close()

    def _connect(self, image: Image, pts: int, sar: Fraction) -> _Stream:
        size = size_of(image)
        recipe = self._picker.pick(*even_size(*size))
        # A stream is described by what the encoder writes into the head of a file.
        head = io.BytesIO()
        container = av.open(head, "w", format="nut", container_options={"flush_packets": "1"})
        encoder = VideoEncoder(container, recipe, size, STREAM_TIME_BASE, self._config.gop, sar)
        packets = encoder.encode(image, pts)
        first = [_wire(packet) for packet in packets]
        container.mux(packets)
        publisher = Publisher(self._target, head.getvalue())
        for packet in first:
            publisher.send(packet)
        return _Stream(publisher, encoder)

    def _send(self, stream: _Stream, image: Image, pts: int) -> None:
        for packet in stream.encoder.encode(image, pts):
            stream.publisher.send(_wire(packet))

    def _check_srt(self) -> None:
        if self._config.username is not None:
            raise SinkError(
                f"{self.name}: SRT knows no user names; `password` is its passphrase, and who you are goes "
                "into the address as the server wants it: srt://HOST:PORT?streamid=..."
            )
        try:
            load_libsrt()
        except SrtError as error:
            raise SinkError(f"{self.name}: {error}") from error

    def _refused(self, reason: str) -> SinkRefused:
        advice = next((text for sign, text in _ADVICE.items() if sign.lower() in reason.lower()), "")
        secrets = [] if self._config.password is None else [self._config.password.get_secret_value()]
        address = redact(self._target.url, secrets)
        return SinkRefused(f"{self.name}: {address}: {redact(reason, secrets)}{advice and f'; {advice}'}")


def _fits(encoder: VideoEncoder, image: Image, sar: Fraction) -> bool:
    return (encoder.size, encoder.sar) == (size_of(image), sar)


def _wire(packet: av.Packet) -> WirePacket:  # type: ignore[type-arg]
    pts, dts = packet.pts or 0, packet.dts or 0
    return WirePacket(pts, dts, packet.duration or 0, packet.is_keyframe, bytes(packet))


def _target(config: PushConfig, camera: str, timeout: float) -> Target:
    url = camera_url(config.url, camera)
    password = None if config.password is None else config.password.get_secret_value()
    scheme = url.partition(":")[0].lower()
    if scheme == "srt":
        return Target(_with_passphrase(url, password), "mpegts", {"flush_packets": "1"}, timeout)
    url = with_credentials(url, config.username, password)
    if scheme in ("rtmp", "rtmps"):
        return Target(url, _FLV, {"flvflags": "no_duration_filesize"}, timeout)
    return Target(url, "rtsp", {"rtsp_transport": "tcp"}, timeout)


def _with_passphrase(url: str, passphrase: str | None) -> str:
    if passphrase is None:
        return url
    query = urlencode({"passphrase": passphrase}, quote_via=quote)
    return f"{url}{'&' if '?' in url else '?'}{query}"
