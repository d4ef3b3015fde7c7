"""One recorded file: MP4 in fragments while it grows, an ordinary MP4 once it is closed."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Literal

import av
import av.error
from av.packet import Packet
from av.video.stream import VideoStream

from streamdesnow.errors import SinkError
from streamdesnow.frame import Image
from streamdesnow.sinks.boxes import playable_length
from streamdesnow.sinks.codecs import Recipe
from streamdesnow.sinks.containers import mp4_time_base
from streamdesnow.sinks.encoder import VideoEncoder
from streamdesnow.storage.write import OutputFile, storage_failed

__all__ = ["Segment"]

_GOP = 2.0
"""Seconds between keyframes: how exactly players can seek."""


class Segment:
    """A file that is being recorded.

    While it grows it is a fragmented MP4: whatever kills the process, all complete fragments play. `close`
    adds an ordinary index, so that every player knows duration and keyframes.

    Args:
        who: name of the output, for messages.
        file: empty; the segment closes it.
        size: (width, height) of all its pictures.
        time_base: of the pts it is given; they must grow, and should start at 0.
        fragment: seconds of video in a fragment.
        sar: width of a pixel by its height.

    Raises:
        EncoderUnavailable: the encoder refuses.
    """

    def __init__(
        self,
        who: str,
        file: OutputFile,
        recipe: Recipe,
        size: tuple[int, int],
        time_base: Fraction,
        fragment: float,
        sar: Fraction = Fraction(1),
    ) -> None:
        self._who = who
        self._file = file
        self._time_base = time_base
        self._muxed = mp4_time_base(time_base)
        self._last = -1
        ticks = str(self._muxed.denominator)
        self._container = av.open(
            file,
            "w",
            format="mp4",
            buffer_size=1 << 18,
            container_options={
                "movflags": "hybrid_fragmented+empty_moov+default_base_moof",
                "frag_duration": str(max(1, round(fragment * 1_000_000))),
                "video_track_timescale": ticks,
                "movie_timescale": ticks,
                "flush_packets": "1",
            },
        )
        self._encoder = VideoEncoder(self._container, recipe, size, self._muxed, _GOP, sar)

    @property
    def path(self) -> Path:
        """Where it is written."""
        return self._file.path

    def write(self, image: Image, pts: int) -> None:
        """Add a picture, BGR uint8.

        Raises:
            StorageFailed: see `close`; the segment is at its end.
        """
        # Two time stamps finer than MP4 can hold may round to the same.
        self._last = max(self._last + 1, round(pts * self._time_base / self._muxed))
        try:
            self._mux(self._encoder.encode(image, self._last))
        except (av.error.FFmpegError, ValueError) as error:
            self.abandon()
            raise SinkError(f"{self._who}: cannot encode into {self.path}: {error}") from error
        self._file.sync()
        self._check()

    def close(self) -> None:
        """Write what is held back and the index.

        Raises:
            StorageFailed: the disk is full or gone. Complete fragments stay and play; if there is none, the
                file is deleted.
        """
        try:
            self._mux(self._encoder.flush())
            self._container.close()
        except (av.error.FFmpegError, ValueError) as error:
            self.abandon()
            raise SinkError(f"{self._who}: cannot finish {self.path}: {error}") from error
        self._file.sync()
        self._check()
        self._file.close()

    def abandon(self) -> Literal["kept", "deleted"]:
        """End the file where it is: keep its complete fragments, or delete it if there are none."""
        self._file.fail(OSError("abandoned"))
        # The muxer must write its index somewhere before it can be freed: nowhere, since the file has failed.
        self._container.close()
        self._file.close()
        return _keep_playable(self.path)

    def _mux(self, packets: Iterable[Packet[VideoStream]]) -> None:
        for packet in packets:
            self._container.mux(packet)

    def _check(self) -> None:
        error = self._file.error
        if error is not None:
            fate = "what was recorded before is kept" if self.abandon() == "kept" else "nothing is left of it"
            raise storage_failed(self._who, self.path, error, fate)


def _keep_playable(path: Path) -> Literal["kept", "deleted"]:
    try:
        length = playable_length(path)
        if length:
            with path.open("r+b") as file:
                file.truncate(length)
            return "kept"
        path.unlink()
    except OSError:
        # The folder is gone, and the file with it.
        pass
    return "deleted"
