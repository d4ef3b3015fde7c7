"""Records to MP4 segments."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from streamdesnow.clock import Clock
from streamdesnow.config.output import RecordConfig
from streamdesnow.frame import CleanedFrame, Frame, Image
from streamdesnow.sinks.codecs import EncoderPicker
from streamdesnow.sinks.compose import compose
from streamdesnow.sinks.pixels import even_size, size_of
from streamdesnow.sinks.retention import Retention
from streamdesnow.sinks.retention_thread import RetentionThread
from streamdesnow.sinks.segment import Segment
from streamdesnow.sinks.segment_names import SegmentNames
from streamdesnow.sinks.sink import sink_name
from streamdesnow.storage.write import OutputFile, check_writable, storage_failed

__all__ = ["RecordSink"]

_STEP_BACK = Fraction(1)
_STEP_FORWARD = Fraction(1800)
"""Seconds by which a time stamp may step back, or ahead, before it counts as another time line. MP4 cannot
count much further between two frames."""
_A_DAY = 86400.0
"""Seconds after which a file ends, whatever was asked for: its index grows by 150 MB of memory a day, and
one file can only be deleted as a whole."""
_PATIENCE = 5.0
"""Seconds that closing waits for old segments to be deleted."""


class _Current(NamedTuple):
    """The segment being written, and what its frames must share."""

    segment: Segment
    size: tuple[int, int]
    sar: Fraction
    time_base: Fraction
    first_pts: int
    started_at: float


class RecordSink:
    """Records one camera.

    Time stamps: the first frame of a segment is at 0, and all others are as far from it as the source says,
    in the source's time base. A frame whose time stamp does not grow follows one tick after its predecessor.

    A new segment starts when the current one is long enough, by the wall clock or in its own time, and
    whenever frames cannot share a file: after a discontinuity, another size or shape of pixels, another time
    base, or a jump.
    """

    def __init__(self, config: RecordConfig, camera: str, clock: Clock) -> None:
        self.name = sink_name("record", camera, config.show)
        self.keeps_all = True
        self._config = config
        self._camera = camera
        self._clock = clock
        self._picker = EncoderPicker(self.name, config)
        self._names: SegmentNames | None = None
        self._ages: Retention | None = None
        self._retention: RetentionThread | None = None
        self._current: _Current | None = None
        self._last_pts = 0

    def open(self) -> None:
        """Make the folder, see that it can be written to, and delete what is too old.

        Raises:
            StorageFailed: the folder cannot be made or written to, or the disk is full.
            EncoderUnavailable: there is no encoder.
        """
        config = self._config
        self._picker.check()
        self._names = SegmentNames.recorded_by(config, self._camera)
        if self._ages is None:  # it remembers how long the clock has been right
            self._ages = Retention(self._names, config.keep, config.max_size, self._clock, self.name)
        # Before anything is written, because it makes room.
        self._ages.apply(current=None)
        if config.keep is not None or config.max_size is not None:
            self._retention = RetentionThread(self._ages, self._clock, f"{self.name} retention")
        check_writable(self.name, self._names.directory)

    def write(self, cleaned: CleanedFrame) -> None:
        """Record one frame.

        Raises:
            StorageFailed: the disk is full or gone; complete fragments are kept.
            EncoderUnavailable: no encoder takes frames of this size.
        """
        image = compose(cleaned, self._config.show)
        frame = cleaned.before
        current = self._current
        if current is None or self._must_cut(current, frame, image):
            current = self._start(frame, image)
        elif self._retention is not None:
            self._retention.look_if_due(current.segment.path)
        self._last_pts = max(frame.pts, self._last_pts + 1)
        try:
            current.segment.write(image, self._last_pts - current.first_pts)
        except Exception:
            self._current = None
            raise

    def close(self) -> None:
        """Finish the current segment.

        Raises:
            StorageFailed: its index could not be written; complete fragments are kept.
        """
        self._finish()
        if self._retention is not None:
            self._retention.join(_PATIENCE)

    def _finish(self) -> None:
        current, self._current = self._current, None
        if current is not None:
            current.segment.close()

    def _must_cut(self, current: _Current, frame: Frame, image: Image) -> bool:
        shared = (current.size, current.sar, current.time_base)
        if frame.discontinuity or (size_of(image), frame.sar, frame.time_base) != shared:
            return True
        step = (frame.pts - self._last_pts) * frame.time_base
        if not -_STEP_BACK <= step <= _STEP_FORWARD:
            return True
        in_its_own_time = (frame.pts - current.first_pts) * frame.time_base
        by_the_wall_clock = self._clock.monotonic() - current.started_at
        if by_the_wall_clock >= _A_DAY:
            return True
        return 0 < self._config.segment <= max(float(in_its_own_time), by_the_wall_clock)

    def _start(self, frame: Frame, image: Image) -> _Current:
        self._finish()
        size = size_of(image)
        recipe = self._picker.pick(*even_size(*size))
        file = self._create()
        try:
            segment = Segment(
                self.name, file, recipe, size, frame.time_base, self._config.fragment, frame.sar
            )
        except Exception:
            file.close()
            file.path.unlink(missing_ok=True)
            raise
        if self._retention is not None:
            self._retention.look_if_due(file.path, begun=True)
        self._last_pts = frame.pts - 1
        self._current = _Current(
            segment, size, frame.sar, frame.time_base, frame.pts, self._clock.monotonic()
        )
        return self._current

    def _create(self) -> OutputFile:
        if self._names is None:
            raise RuntimeError(f"{self.name} was not opened")
        for path in self._names.candidates(self._clock.now()):
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                return OutputFile(path)
            except FileExistsError:
                continue
            except OSError as error:
                raise storage_failed(self.name, path, error) from error
        raise RuntimeError("there are always more names")
