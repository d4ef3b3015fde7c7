"""A video, cleaned into another: as many frames, at the same times, of the same size and shape."""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

from streamdesnow.capture.av_reader import AvReader
from streamdesnow.capture.cut_off import is_cut_off
from streamdesnow.capture.reader import DecodedFrame
from streamdesnow.errors import CaptureError, SourceDamaged
from streamdesnow.files.overlap import ReadAhead, WriteBehind
from streamdesnow.files.report import CleanReport, Progress
from streamdesnow.files.sound import copy_sound
from streamdesnow.frame import Frame, Image
from streamdesnow.restore.desnower import Desnower
from streamdesnow.sinks.compose import side_by_side as beside
from streamdesnow.sinks.containers import Codec
from streamdesnow.sinks.video_writer import VideoWriter

__all__ = ["clean_video"]


class _Outgoing(NamedTuple):
    before: DecodedFrame
    clean: Image


def clean_video(
    source: Path,
    destination: Path,
    desnower: Desnower,
    *,
    side_by_side: bool = False,
    lossless: bool = False,
    progress: Progress = lambda done, total: None,
) -> CleanReport:
    """Clean every frame of a video file; its sound, its title and when it was recorded go along.

    Args:
        destination: `.mp4`, `.mov` or `.mkv`; appears when it is complete.
        side_by_side: write the frame as it was beside the cleaned one, twice as wide.
        lossless: FFV1 instead of H.264.

    Raises:
        CaptureError: the source cannot be read. If it breaks off half-way, what could be read has been
            cleaned, the destination can be played, and the message says how many frames it holds.
        SinkError, EngineError: nothing is left at the destination.
    """
    codec: Codec = "ffv1" if lossless else "h264"
    with (
        AvReader.for_file(source) as reader,
        VideoWriter(destination, codec, metadata=reader.metadata) as writer,
    ):
        job = _Job(reader, writer, desnower, side_by_side=side_by_side)
        started = time.monotonic()
        job.run(progress)
        broken = job.broken or _missing(source, reader)
    copy_sound(source, destination)
    seconds = time.monotonic() - started
    if broken is not None:
        raise SourceDamaged(
            f"{broken}; the {writer.frames} frames before that were cleaned into {destination}"
        )
    return CleanReport(
        source, destination, writer.frames, job.size, seconds, desnower.model.name, desnower.info, job.resets
    )


class _Job:
    """One video on its way.

    Attributes:
        size: (width, height) of the first frame.
        broken: why reading stopped before the end, if it did.
    """

    def __init__(
        self, reader: AvReader, writer: VideoWriter, desnower: Desnower, *, side_by_side: bool
    ) -> None:
        self.size = (0, 0)
        self.broken: str | None = None
        self._reader = reader
        self._writer = writer
        self._stream = desnower.stream()
        self._side_by_side = side_by_side

    @property
    def resets(self) -> int:
        """How often the memory was dropped."""
        return self._stream.resets

    def run(self, progress: Progress) -> None:
        """Clean every frame that can be read."""
        done = 0
        with WriteBehind(self._write) as write, ReadAhead(self._reader.read) as frames:
            try:
                for done, frame in enumerate(frames, start=1):
                    if done == 1:
                        self.size = (frame.image.shape[1], frame.image.shape[0])
                    timed = Frame(frame.image, frame.pts, frame.time_base, captured_at=0.0, sar=frame.sar)
                    write(_Outgoing(frame, self._stream(timed)))
                    progress(done, self._reader.frame_count)
            except CaptureError as error:
                if not done:
                    raise
                self.broken = str(error)

    def _write(self, outgoing: _Outgoing) -> None:
        before, clean = outgoing
        image = beside(before.image, clean) if self._side_by_side else clean
        self._writer.write(image, before.pts, before.time_base, before.sar)


def _missing(source: Path, reader: AvReader) -> str | None:
    """What the file lacks though its reader came to an end, None if nothing."""
    if is_cut_off(source):
        return f"{source}: the file is cut off"
    if reader.skipped:
        return f"{source}: {reader.skipped} damaged packets gave no frame"
    return None
