"""Writes one video file, with the time stamps of the frames it is given."""

from __future__ import annotations

import contextlib
import errno
import logging
from collections.abc import Mapping
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import av
import av.error
from av.container import OutputContainer

from streamdesnow.errors import SinkError
from streamdesnow.frame import Image
from streamdesnow.sinks.codecs import file_recipe
from streamdesnow.sinks.containers import Codec, container_for
from streamdesnow.sinks.encoder import VideoEncoder
from streamdesnow.sinks.pixels import even_size, fit_into, size_of
from streamdesnow.storage.write import OutputFile, part_path, storage_failed

__all__ = ["VideoWriter"]

_log = logging.getLogger(__name__)


class _Opened(NamedTuple):
    """What the first frame decides."""

    muxer: OutputContainer
    encoder: VideoEncoder
    shift: Fraction


class VideoWriter:
    """A video file that appears under its name when it is complete; until then it is `NAME.part`.

        with VideoWriter(Path("clean.mp4")) as writer:
            for frame in frames:
                writer.write(frame.image, frame.pts, frame.time_base)

    Every frame keeps its time: `pts * time_base` in seconds is what a reader finds, exactly in MP4 and MOV,
    rounded to milliseconds in Matroska, which counts in those. Where something has to give, the log says so
    once: time stamps before 0 are all moved up, one that does not grow follows a tick after its predecessor.

    Codecs `h264` and `h265` store even sizes: an odd side grows by one row or column that repeats the last.
    `ffv1` is lossless, bit for bit. Pictures of another size than the first are fitted into it; the shape of
    pixels is that of the first.

    Args:
        path: `.mp4` (any codec), `.mov` (not ffv1) or `.mkv`; an existing file is replaced at the end.
        quality: 0..51, lower is better and larger (crf of libx264 and libx265); not for ffv1.
        preset: speed, as libx264 and libx265 name it; not for ffv1.
        metadata: title and the like, as FFmpeg names them; what the container has no place for is left out.

    Raises:
        ConfigError: the ending names no container, or one that does not take the codec.
        StorageFailed: the file cannot be made.
    """

    def __init__(
        self,
        path: Path,
        codec: Codec = "h264",
        *,
        quality: int = 18,
        preset: str = "veryfast",
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        self.path = path
        self.frames = 0
        self._container = container_for(path, codec)
        self._metadata = dict(metadata or {})
        self._recipe_for = partial(file_recipe, codec, quality=quality, preset=preset)
        self._opened: _Opened | None = None
        self._last = -1
        self._said: set[str] = set()
        self._file: OutputFile | None = self._create()

    def write(self, image: Image, pts: int, time_base: Fraction, sar: Fraction = Fraction(1)) -> None:
        """Add a picture, uint8 (H, W, 3) BGR, whose pixels are `sar` times as wide as high.

        Raises:
            StorageFailed: the disk is full or gone; nothing is left.
            EncoderUnavailable: the encoder refuses the size.
            SinkError: the file was closed or given up before; it stays as it is.
        """
        if self._file is None:
            raise SinkError(f"{self.path}: is closed, no frame can be added")
        try:
            opened = self._opened or self._open(image, pts, time_base, sar)
            self._mux(opened, self._fitted(image, opened.encoder.size), self._place(opened, pts * time_base))
        except BaseException:
            self.abort()
            raise
        self.frames += 1

    def close(self) -> None:
        """Complete the file and give it its name. May be called twice.

        Raises:
            StorageFailed: the disk is full or gone; nothing is left.
            SinkError: no frame was written; nothing is left.
        """
        if self._file is None:
            return
        try:
            self._finish(self._file)
        except (av.error.FFmpegError, ValueError) as error:
            self.abort()
            raise SinkError(f"{self.path}: cannot be finished: {error}") from error
        except BaseException:
            self.abort()
            raise
        self._file = None

    def abort(self) -> None:
        """Give up: nothing is left, and a file that was there before stays. May be called twice."""
        file, self._file = self._file, None
        if file is None:
            return
        file.fail(OSError("aborted"))
        if self._opened is not None:
            with contextlib.suppress(av.error.FFmpegError):
                self._opened.muxer.close()
        file.close()
        with contextlib.suppress(OSError):
            file.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abort()

    def _create(self) -> OutputFile:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self.path.is_dir():
                raise IsADirectoryError(errno.EISDIR, "it is a folder")
            return OutputFile(part_path(self.path), replace=True)
        except OSError as error:
            raise storage_failed("video", self.path, error) from error

    def _open(self, image: Image, pts: int, time_base: Fraction, sar: Fraction) -> _Opened:
        ticks = self._container.time_base(time_base)
        muxer = av.open(
            self._file,
            "w",
            format=self._container.format,
            buffer_size=1 << 20,
            container_options=self._container.options(ticks),
        )
        muxer.metadata.update(self._metadata)
        size = size_of(image)
        encoder = VideoEncoder(muxer, self._recipe_for(size), size, ticks, sar=sar)
        shift = -min(Fraction(0), pts * time_base)
        if shift:
            self._say("time stamps begin before 0; all are moved up by %g s", shift)
        if encoder.recipe.pix_fmt == "yuv420p" and even_size(*size) != size:
            stored = even_size(*size)
            self._say(
                "only even sizes can be stored: the last row or column is repeated, giving %dx%d", *stored
            )
        if sar != 1 and self._container.format == "matroska" and encoder.recipe.encoder == "ffv1":
            self._say("pixels that are not square cannot be noted here, players will squeeze; .mp4 can")
        self._opened = _Opened(muxer, encoder, shift)
        return self._opened

    def _place(self, opened: _Opened, seconds: Fraction) -> int:
        exact = (seconds + opened.shift) / opened.encoder.time_base
        ticks = round(exact)
        if ticks != exact:
            name, base = self._container.name, opened.encoder.time_base
            self._say("%s keeps times to %s s here, so time stamps are rounded", name, base)
        if ticks <= self._last:
            self._say("a time stamp does not grow; the frame follows one tick after its predecessor")
        self._last = max(ticks, self._last + 1)
        return self._last

    def _fitted(self, image: Image, size: tuple[int, int]) -> Image:
        if size == size_of(image):
            return image
        self._say("the size changes at frame %d; pictures are fitted into the first size", self.frames)
        return fit_into(image, size)

    def _mux(self, opened: _Opened, image: Image, ticks: int) -> None:
        try:
            for packet in opened.encoder.encode(image, ticks):
                opened.muxer.mux(packet)
        except (av.error.FFmpegError, ValueError) as error:
            raise SinkError(f"{self.path}: cannot encode frame {self.frames}: {error}") from error
        self._check()

    def _finish(self, file: OutputFile) -> None:
        if self._opened is None:
            raise SinkError(f"{self.path}: there was no frame to write, so there is no file")
        for packet in self._opened.encoder.flush():
            self._opened.muxer.mux(packet)
        self._opened.muxer.close()
        file.sync()
        self._check()
        file.close()
        try:
            file.path.replace(self.path)
        except OSError as error:
            raise storage_failed("video", self.path, error) from error

    def _check(self) -> None:
        if self._file is not None and self._file.error is not None:
            raise storage_failed("video", self.path, self._file.error, "nothing is left of it")

    def _say(self, what: str, *values: object) -> None:
        if what not in self._said:
            self._said.add(what)
            _log.warning("%s: " + what, self.path, *values)
