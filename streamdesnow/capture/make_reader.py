"""Chooses the library that reads a source."""

from __future__ import annotations

from collections.abc import Callable

from streamdesnow.capture.kinds import SourceKind
from streamdesnow.capture.reader import Canvas, Reader, own_memory
from streamdesnow.capture.spec import SourceSpec

__all__ = ["make_reader"]


def make_reader(
    spec: SourceSpec,
    heartbeat: Callable[[], None] = lambda: None,
    note: Callable[[str], None] = lambda _: None,
    canvas: Canvas = own_memory,
) -> Reader:
    """A reader for the source, not yet opened.

    Args:
        spec: the source.
        heartbeat: called while data comes in that is not yet a frame.
        note: told what is worth telling people.
        canvas: where pictures are drawn, by readers that can choose.
    """
    # Imported where they are needed: a capture process loads one of these libraries, not all.
    if spec.kind is SourceKind.SIMULATED:
        from streamdesnow.capture.simulated_reader import SimulatedReader

        return SimulatedReader(spec)
    if spec.kind is SourceKind.IMAGES:
        from streamdesnow.capture.images_reader import ImagesReader

        return ImagesReader(spec)
    if spec.kind is SourceKind.DEVICE or spec.reader == "opencv":
        from streamdesnow.capture.opencv_reader import OpenCvReader

        return OpenCvReader(spec)
    from streamdesnow.capture.av_reader import AvReader

    return AvReader(spec, heartbeat, note, canvas)
