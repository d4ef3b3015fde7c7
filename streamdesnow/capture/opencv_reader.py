"""OpenCV's VideoCapture reads local devices, and files and streams where the pipeline file says so.

It gives time stamps in milliseconds and no reason for a failure; where PyAV can be used, use it.
"""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from streamdesnow.capture.av_reader import AvReader
from streamdesnow.capture.connect import knock
from streamdesnow.capture.kinds import SourceKind
from streamdesnow.capture.reader import DecodedFrame, SourceInfo
from streamdesnow.capture.sniff import check_readable
from streamdesnow.capture.spec import SourceSpec
from streamdesnow.errors import (
    SourceDamaged,
    SourceNotFound,
    SourceRefused,
    SourceUnreachable,
    SourceUnsupported,
)

__all__ = ["OpenCvReader"]

_TIME_BASE = Fraction(1, 1_000_000)
"""VideoCapture tells milliseconds as a floating-point number; microseconds keep all of it that is exact."""


class OpenCvReader:
    """One VideoCapture."""

    def __init__(self, spec: SourceSpec) -> None:
        self._spec = spec
        self._capture: cv2.VideoCapture | None = None
        self._read = 0

    @property
    def info(self) -> SourceInfo:
        """What VideoCapture says; after `open`."""
        if self._capture is None:
            return SourceInfo("")
        fps, frames = self._capture.get(cv2.CAP_PROP_FPS), int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT))
        known = frames > 0 and self._spec.kind is SourceKind.FILE
        return SourceInfo(
            description=f"OpenCV, {self._capture.getBackendName()}",
            codec=_fourcc(self._capture.get(cv2.CAP_PROP_FOURCC)),
            width=int(self._capture.get(cv2.CAP_PROP_FRAME_WIDTH)) or None,
            height=int(self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT)) or None,
            fps=Fraction(fps).limit_denominator(1001) if fps > 0 else None,
            time_base=_TIME_BASE,
            frames=frames if known else None,
            duration=frames / fps if known and fps > 0 else None,
        )

    @property
    def skipped(self) -> int:
        """Not known: OpenCV passes over what it cannot decode without a word."""
        return 0

    def open(self) -> None:
        """Open device, file or stream.

        Raises:
            CaptureError: see `streamdesnow.capture.reader.Reader.open`.
        """
        if self._spec.kind is SourceKind.DEVICE:
            self._capture = self._open_device()
            return
        if self._spec.kind is SourceKind.STREAM:
            knock(self._spec)
            # The only way to tell OpenCV's FFmpeg anything; harmless, as the process has this one source.
            os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = _ffmpeg_options(self._spec)
        else:
            check_readable(self._spec.name, Path(self._spec.location))
        self._capture = cv2.VideoCapture(self._spec.url, cv2.CAP_FFMPEG)
        if not self._capture.isOpened():
            self._explain()

    def read(self) -> DecodedFrame | None:
        """The next frame, None at the end; OpenCV does not tell an end from a failure.

        Raises:
            SourceDamaged: a file without one readable frame.
        """
        if self._capture is None:
            return None
        good, image = self._capture.read()
        if not good:
            if not self._read and not self._spec.endless:
                raise SourceDamaged(f"{self._spec.name}: holds no frame that OpenCV can read")
            return None
        self._read += 1
        pts = round(self._capture.get(cv2.CAP_PROP_POS_MSEC) * 1000)
        return DecodedFrame(np.asarray(image, np.uint8), pts, _TIME_BASE, sar=_sar(self._capture))

    def close(self) -> None:
        """Release the device or file. May be called twice."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _open_device(self) -> cv2.VideoCapture:
        given = self._spec.location
        path = Path(f"/dev/video{given}" if given.isdecimal() else given)
        if not path.exists():
            raise SourceNotFound(f"{self._spec.name}: there is no device {path}; see `ls /dev/video*`")
        if not os.access(path, os.R_OK | os.W_OK):
            raise SourceRefused(
                f"{self._spec.name}: {path} may not be used by this user; join the group `video`"
            )
        capture = cv2.VideoCapture(str(path), cv2.CAP_V4L2)
        if not capture.isOpened():
            raise SourceUnreachable(
                f"{self._spec.name}: {path} cannot be opened; another program uses it, or it is no camera"
            )
        if self._spec.fps:
            capture.set(cv2.CAP_PROP_FPS, self._spec.fps)
        # One buffer: the newest frame is what is wanted.
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        return capture

    def _explain(self) -> None:
        # PyAV meets the same obstacle and knows its name.
        probe = AvReader(self._spec)
        try:
            probe.open()
        finally:
            probe.close()
        raise SourceUnsupported(f"{self._spec.name}: OpenCV cannot open this, PyAV can: use `reader: av`")


def _ffmpeg_options(spec: SourceSpec) -> str:
    options = {"rtsp_transport": spec.transport, "tls_verify": "1" if spec.tls_verify else "0"}
    if spec.ca_file:
        options["ca_file"] = spec.ca_file
    return "|".join(f"{key};{value}" for key, value in options.items())


def _sar(capture: cv2.VideoCapture) -> Fraction:
    width, height = int(capture.get(cv2.CAP_PROP_SAR_NUM)), int(capture.get(cv2.CAP_PROP_SAR_DEN))
    if width <= 0 or height <= 0:
        return Fraction(1)
    # OpenCV turns the picture, but not what it says of its pixels.
    turned = capture.get(cv2.CAP_PROP_ORIENTATION_META) % 180 == 90
    return Fraction(height, width) if turned else Fraction(width, height)


def _fourcc(code: float) -> str | None:
    return int(code).to_bytes(4, "little", signed=True).decode("ascii", "replace").strip("\0 ") or None
