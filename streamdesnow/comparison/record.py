"""Goes through a subject and writes what can be seen: a picture, and a film where it moves."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from streamdesnow.comparison.subject import Subject
from streamdesnow.comparison.tally import Tally
from streamdesnow.comparison.view import View, look
from streamdesnow.detect.detector import Detector
from streamdesnow.errors import SourceDamaged
from streamdesnow.frame import Image
from streamdesnow.sinks.video_writer import VideoWriter
from streamdesnow.storage.picture import encode_image
from streamdesnow.storage.write import atomic_write

__all__ = ["Recorded", "record"]

_WHO = "demo"
_QUALITY = 25
_SETTLED = 12
"""Frames after which the picture of a film is chosen: before that memories fill."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was written of a subject.

    Attributes:
        title: of the subject.
        model: what cleaned it.
        tally: what was found.
        picture: PNG of both sides: of a film the frame that gained most.
        film: MP4 of both sides; None for photographs.
    """

    title: str
    model: str
    tally: Tally
    picture: Path
    film: Path | None


def record(
    subject: Subject,
    model: str,
    clean: Callable[[Image], Image],
    detector: Detector,
    folder: Path,
    progress: Callable[[], None],
) -> Recorded:
    """Clean, look and write `NAME.png` and, of films, `NAME.mp4` into `folder`.

    Args:
        model: its name.
        clean: of one camera; called with one picture after the other, uint8 (H, W, 3) BGR.
        detector: open.
        progress: called after every picture.

    Raises:
        CaptureError: it cannot be read.
        SinkError: a file cannot be written.
        EngineFailed, DetectorFailed: one of the networks failed.
    """
    tally = Tally()
    best: View | None = None
    film = folder / f"{subject.name}.mp4" if subject.film else None
    with VideoWriter(film, quality=_QUALITY) if film is not None else nullcontext() as writer:
        for number, shot in enumerate(subject):
            view = look(shot, clean, detector)
            tally.add(view.found_before, view.found_after, view.found_truth)
            if best is None or number <= _SETTLED or view.gain > best.gain:
                best = view
            if writer is not None:
                writer.write(view.draw(), shot.pts, shot.time_base)
            progress()
        if best is None:
            raise SourceDamaged(f"{subject.title}: holds no frame")
    picture = folder / f"{subject.name}.png"
    atomic_write(_WHO, picture, encode_image(_WHO, best.draw(), "png"))
    return Recorded(subject.title, model, tally, picture, film)
