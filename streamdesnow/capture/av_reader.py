"""PyAV reads files and streams: FFmpeg's containers, protocols and decoders, with exact time stamps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
from av.codec.context import ThreadType

from streamdesnow.capture.access_units import AccessUnits
from streamdesnow.capture.av_decoder import Decoder
from streamdesnow.capture.av_errors import translate
from streamdesnow.capture.av_info import describe, film_metadata
from streamdesnow.capture.av_options import demuxer_options
from streamdesnow.capture.av_pixels import PixelConverter, quarter_turns
from streamdesnow.capture.av_seek import frames_from
from streamdesnow.capture.av_stamps import StampKeeper
from streamdesnow.capture.catch_up import CatchUp
from streamdesnow.capture.connect import knock
from streamdesnow.capture.hardware import hardware_decoders
from streamdesnow.capture.kinds import SourceKind
from streamdesnow.capture.reader import Canvas, DecodedFrame, SourceInfo, own_memory
from streamdesnow.capture.sniff import check_readable
from streamdesnow.capture.spec import SourceSpec
from streamdesnow.errors import CaptureError, SourceDamaged, SourceUnsupported

__all__ = ["AvReader"]

_LONGEST_WAIT_FOR_KEYFRAME = 500
"""Packets of a live stream: some cameras send a keyframe every 10 s, some refresh by lines and send none."""
_RTP_CLOCK = Fraction(1, 90_000)


class AvReader:
    """A video file or stream, read in this process.

        with AvReader.for_file(Path("clip.mkv")) as reader:
            for frame in reader:
                frame.image, frame.pts, frame.time_base

    Packets that cannot be decoded are passed over and counted in `skipped`.

    Args:
        spec: the source.
        heartbeat: called while packets come in that do not yet give a frame.
        note: told when another decoder takes over.
        canvas: where pictures are drawn.
    """

    def __init__(
        self,
        spec: SourceSpec,
        heartbeat: Callable[[], None] = lambda: None,
        note: Callable[[str], None] = lambda _: None,
        canvas: Canvas = own_memory,
    ) -> None:
        self._spec = spec
        self._heartbeat = heartbeat
        self._note = note
        self._canvas = canvas
        self._container: av.container.InputContainer | None = None
        self._frames: Iterator[av.VideoFrame] = iter(())
        self._pixels = PixelConverter()
        self._stamps = StampKeeper(spec.live)
        self._catch_up = CatchUp()
        self._info = SourceInfo("")
        self._metadata: dict[str, str] = {}
        self._sar = Fraction(1)
        self._skipped = 0
        self._decoded = 0
        self._packets = 0
        # Files begin with a keyframe, or should be shown as they are.
        self._joined = not spec.live
        self._format = ""

    @classmethod
    def for_file(cls, path: Path) -> Self:
        """A reader of a video file on disk."""
        return cls(SourceSpec(camera="", kind=SourceKind.FILE, location=str(path.absolute())))

    @property
    def info(self) -> SourceInfo:
        """What the container says; after `open`."""
        return self._info

    @property
    def frame_count(self) -> int | None:
        """Number of frames, an estimate where the container keeps no count; None if it cannot be told."""
        return self._info.frames

    @property
    def metadata(self) -> dict[str, str]:
        """What the container says of the film; after `open`, see `film_metadata`."""
        return self._metadata

    @property
    def skipped(self) -> int:
        """Packets that could not be decoded and were passed over."""
        return self._skipped

    def open(self) -> None:
        """Connect, find the video stream and its decoder.

        Raises:
            CaptureError: see `streamdesnow.capture.reader.Reader.open`.
        """
        if self._spec.kind is SourceKind.STREAM:
            knock(self._spec)
        else:
            check_readable(self._spec.name, Path(self._spec.location))
        try:
            self._container = av.open(
                self._spec.url, options=demuxer_options(self._spec), metadata_errors="replace"
            )
        except (av.error.FFmpegError, OSError) as error:
            raise translate(error, self._spec) from None
        stream = self._video_stream(self._container)
        # Threads by frame hold back as many frames as there are threads: 80 ms more on a camera.
        stream.thread_type = ThreadType.SLICE if self._spec.live else ThreadType.AUTO
        decoder = self._decoder_of(stream)
        self._info = describe(self._container, stream, decoder.description)
        self._metadata = film_metadata(self._container)
        self._format = self._container.format.name
        self._frames = self._decode(self._container, stream, decoder)

    def skip_to(self, seconds: float) -> None:
        """Let the next frame be the first one at or after a moment of a file, counted from its beginning.

        Raises:
            SourceUnsupported: the file can only be read from its beginning on.
            SourceDamaged: it cannot be read there.
        """
        container = self._container
        assert container is not None
        stream = self._video_stream(container)
        try:
            self._frames = frames_from(
                self._spec.name,
                container,
                seconds,
                lambda: self._decode(container, stream, self._decoder_of(stream)),
                self._seconds_of,
                1 / float(self._info.fps or 25),
            )
        except (av.error.FFmpegError, OSError) as error:
            raise translate(error, self._spec, self._decoded) from None

    def read(self) -> DecodedFrame | None:
        """The next frame, None at the end.

        Raises:
            SourceDamaged: the file ends without one readable frame, or cannot be read on after some.
            SourceUnreachable: the connection is lost.
        """
        try:
            while (frame := next(self._frames, None)) is not None:
                decoded = self._finish(frame)
                if decoded is not None:
                    return decoded
        except (av.error.FFmpegError, OSError) as error:
            raise translate(error, self._spec, self._decoded) from None
        if not self._decoded and not self._spec.endless:
            raise SourceDamaged(f"{self._spec.name}: holds no readable frame; the file is damaged or cut off")
        return None

    def close(self) -> None:
        """Close the container. May be called twice."""
        self._frames = iter(())
        if self._container is not None:
            self._container.close()
            self._container = None

    def __iter__(self) -> Iterator[DecodedFrame]:
        while (frame := self.read()) is not None:
            yield frame

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _video_stream(self, container: av.container.InputContainer) -> av.VideoStream:
        stream = container.streams.best("video")
        if not isinstance(stream, av.VideoStream):
            raise self._unsupported(container, "holds no video")
        # PyAV leaves the context out where FFmpeg has no decoder.
        if getattr(stream, "codec_context", None) is None:
            raise self._unsupported(container, "holds video of a codec that FFmpeg has no decoder for")
        return stream

    def _unsupported(self, container: av.container.InputContainer, what: str) -> CaptureError:
        kinds = ", ".join(sorted({stream.type for stream in container.streams})) or "nothing"
        return SourceUnsupported(f"{self._spec.name}: {what} ({container.format.name} with {kinds})")

    def _decoder_of(self, stream: av.VideoStream) -> Decoder:
        return Decoder(hardware_decoders(stream, self._spec.decoder), self._skip, self._note)

    def _decode(
        self, container: av.container.InputContainer, stream: av.VideoStream, decoder: Decoder
    ) -> Iterator[av.VideoFrame]:
        for packet in self._packets_of(container, stream):
            for frame in decoder.decode(packet):
                self._decoded += 1
                self._sar = decoder.sar(stream)
                yield frame

    def _skip(self) -> None:
        self._skipped += 1

    def _packets_of(
        self, container: av.container.InputContainer, stream: av.VideoStream
    ) -> Iterator[av.Packet[av.VideoStream]]:
        # Only RTP leaves it to the sender where a packet ends.
        units = AccessUnits(stream.codec_context.name if self._format == "rtsp" else "")
        packets = container.demux(stream)
        # A file waits for whoever reads it.
        for packet in self._catch_up.pick(packets, _seconds) if self._spec.live else packets:
            self._packets += 1
            if not (self._decoded and self._joined) and self._packets < _LONGEST_WAIT_FOR_KEYFRAME:
                self._heartbeat()
            yield from units.feed(packet)

    def _finish(self, frame: av.VideoFrame) -> DecodedFrame | None:
        if not self._joined and not self._joins(frame):
            return None
        pts, time_base = self._time_of(frame)
        step = frame.duration or round(1 / ((self._info.fps or 25) * time_base))
        pts = self._stamps.stamp(pts, time_base, step)
        if pts is None:
            return None
        image = self._pixels.to_bgr(frame, self._canvas)
        sar = 1 / self._sar if quarter_turns(frame) % 2 else self._sar
        return DecodedFrame(image, pts, time_base, self._catch_up.take_missed(), sar)

    def _time_of(self, frame: av.VideoFrame) -> tuple[int | None, Fraction]:
        time_base = frame.time_base or self._info.time_base or _RTP_CLOCK
        if self._format == "avi":
            # AVI stores no pts: FFmpeg guesses them, and guesses wrong where there are B-frames.
            return frame.dts, time_base
        if self._format == "mpjpeg" and self._spec.live:
            # Nor does a stream of JPEGs: FFmpeg counts 25 a second, whatever the camera sends.
            return None, _RTP_CLOCK
        return frame.pts, time_base

    def _seconds_of(self, frame: av.VideoFrame) -> float | None:
        pts, time_base = self._time_of(frame)
        return None if pts is None else float(pts * time_base)

    def _joins(self, frame: av.VideoFrame) -> bool:
        # What a decoder makes of the middle of a stream is grey mud until the next keyframe.
        self._joined = frame.key_frame or self._packets >= _LONGEST_WAIT_FOR_KEYFRAME
        return self._joined


def _seconds(packet: av.Packet[av.VideoStream]) -> float | None:
    stamp = packet.pts if packet.dts is None else packet.dts
    return None if stamp is None or packet.time_base is None else float(stamp * packet.time_base)
