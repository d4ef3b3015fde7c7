"""Writes HLS: fragmented MP4 that browsers play, with a page that shows it."""

from __future__ import annotations

from fractions import Fraction

import av.error

from streamdesnow.clock import Clock
from streamdesnow.config.output import HlsConfig
from streamdesnow.errors import SinkError
from streamdesnow.frame import CleanedFrame, Image
from streamdesnow.sinks.codecs import EncoderPicker
from streamdesnow.sinks.compose import compose
from streamdesnow.sinks.fragmenter import Fragment, Fragmenter
from streamdesnow.sinks.hls_folder import HlsFolder
from streamdesnow.sinks.pixels import even_size, size_of
from streamdesnow.sinks.sink import sink_name
from streamdesnow.sinks.timeline import STREAM_TIME_BASE, Timeline
from streamdesnow.storage.names import camera_directory

__all__ = ["HlsSink"]

_PAUSE = 10.0
"""Seconds that a source may be away without a break in the stream."""


class HlsSink:
    """HLS of one camera.

    Segments are as long as the configuration says, or up to one frame longer, begin with a keyframe, and
    follow each other without a gap whatever the source does. Another frame size or pixel shape makes a
    discontinuity, and so does a source that was away for long: a segment of that length would have players
    ask that seldom.
    """

    def __init__(self, config: HlsConfig, camera: str, clock: Clock) -> None:
        self.name = sink_name("hls", camera, config.show)
        self.keeps_all = True
        self._config = config
        self._clock = clock
        self._picker = EncoderPicker(self.name, config)
        directory = camera_directory(config.directory, camera)
        self._folder = HlsFolder(self.name, directory, camera, config.window, config.segment)
        self._timeline = Timeline()
        self._pts = 0
        self._longest_pause = max(_PAUSE, 2 * config.segment)
        self._fragmenter: Fragmenter | None = None
        self._starts_at = clock.now()

    def open(self) -> None:
        """Make the folder with its page; see `HlsFolder.open`.

        Raises:
            StorageFailed: the folder cannot be made or written to, or the disk is full.
            EncoderUnavailable: there is no encoder.
        """
        self._picker.check()
        self._timeline = Timeline()
        self._pts = 0
        self._folder.open()

    def write(self, cleaned: CleanedFrame) -> None:
        """Add one frame.

        Raises:
            StorageFailed: the disk is full or gone.
            EncoderUnavailable: no encoder takes frames of this size.
        """
        image, sar = compose(cleaned, self._config.show), cleaned.before.sar
        before, self._pts = self._pts, self._timeline.place(cleaned.before)
        fragmenter = self._fragmenter
        away = cleaned.before.discontinuity and (self._pts - before) * STREAM_TIME_BASE > self._longest_pause
        if fragmenter is None or away or (fragmenter.size, fragmenter.sar) != (size_of(image), sar):
            fragmenter = self._begin(image, sar)
        try:
            fragment = fragmenter.write(image, self._pts)
        except (av.error.FFmpegError, ValueError) as error:
            raise SinkError(f"{self.name}: cannot encode: {error}") from error
        if fragment is not None:
            self._publish(fragment)

    def close(self) -> None:
        """List the last segment, and tell players that the stream has ended.

        Raises:
            StorageFailed: the disk is full or gone.
        """
        try:
            if self._fragmenter is not None:
                self._finish(self._fragmenter)
                self._folder.end()
        finally:
            self._folder.release()

    def _begin(self, image: Image, sar: Fraction) -> Fragmenter:
        if self._fragmenter is not None:
            self._finish(self._fragmenter)
        size = size_of(image)
        recipe = self._picker.pick(*even_size(*size))
        fragmenter = Fragmenter(recipe, size, STREAM_TIME_BASE, self._config.segment, sar)
        self._folder.begin(fragmenter.header)
        self._starts_at = self._clock.now()
        self._fragmenter = fragmenter
        return fragmenter

    def _finish(self, fragmenter: Fragmenter) -> None:
        self._fragmenter = None
        try:
            fragment = fragmenter.close()
        except (av.error.FFmpegError, ValueError) as error:
            raise SinkError(f"{self.name}: cannot finish encoding: {error}") from error
        if fragment is not None:
            self._publish(fragment)

    def _publish(self, fragment: Fragment) -> None:
        seconds = float(fragment.duration * STREAM_TIME_BASE)
        self._folder.add(fragment.data, seconds, self._starts_at)
        self._starts_at = self._clock.now()
