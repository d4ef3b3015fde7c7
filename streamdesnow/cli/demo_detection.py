"""`streamdesnow demo detection`: what a detector finds in snowy pictures before and after cleaning."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from streamdesnow import __version__
from streamdesnow.cli.console import error_console, output_console, print_error
from streamdesnow.cli.demo_detection_table import tally_table
from streamdesnow.cli.snow_options import frame_size, seconds
from streamdesnow.comparison.page import About, render_page
from streamdesnow.comparison.record import Recorded, record
from streamdesnow.comparison.subject import ClipSubject, StreetSubject, Subject, photos_in
from streamdesnow.config.detect import DetectConfig
from streamdesnow.detect.detector import Detector
from streamdesnow.detect.open_detector import open_detector
from streamdesnow.errors import CaptureError, ConfigError, DetectorUnavailable
from streamdesnow.models.find import model_paths
from streamdesnow.restore.desnower import Desnower
from streamdesnow.storage.write import atomic_write, check_writable

__all__ = ["DATA_VARIABLE", "detection"]

DATA_VARIABLE = "STREAMDESNOW_DATA"
"""Environment variable: a folder with `stills/snow`, `video/snow` and `weights`."""

_SECONDS = 4.0
_SIZE = (960, 540)
_WEIGHTS = "tiny-yolov3.pt"


def detection(
    photos: Annotated[
        Path | None,
        typer.Option(
            "--photos",
            metavar="FOLDER",
            help=f"Snowy photographs. Default: stills/snow in ${DATA_VARIABLE} or ../shared/data, if there.",
        ),
    ] = None,
    video: Annotated[
        list[Path] | None,
        typer.Option(
            "--video",
            metavar="CLIP",
            help="A snowy clip of a fixed camera; may be repeated. "
            "Default: a drawn street, and those of video/snow there.",
        ),
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the results.")] = Path(
        "out/demo-detection"
    ),
    duration: Annotated[
        float | None, typer.Option(parser=seconds, metavar="TIME", help="Length of each film. Default: 4s.")
    ] = None,
    size: Annotated[
        str | None, typer.Option("--size", metavar="WxH", help="Of the drawn street. Default: 960x540.")
    ] = None,
    detector: Annotated[
        str,
        typer.Option("--detector", help="Name or file of a detector's weights, as under `detect: model`."),
    ] = "tiny-yolov3",
    confidence: Annotated[
        float, typer.Option(min=0, max=1, help="Least confidence of what is drawn and counted.")
    ] = 0.5,
    model: Annotated[str, typer.Option("--model", "-m", help="What cleans films.")] = "fixed-camera",
    photo_model: Annotated[
        str | None,
        typer.Option("--photo-model", help="What cleans photographs. Default: still, or paper without it."),
    ] = None,
) -> None:
    """Show what a detector finds in snowy pictures before and after cleaning.

    Writes both side by side with boxes, as PNG and MP4, and report.html, one file that opens offline.
    """
    length = _SECONDS if duration is None else duration
    subjects = _subjects(photos, video or [], length, frame_size(size) or _SIZE)
    check_writable("demo", output)
    config = DetectConfig(model=detector, confidence=confidence)
    with ExitStack() as stack:
        opened = _open(config)
        stack.callback(opened.close)
        recorder = _Recorder(opened, output, model, photo_model or _photo_model(), stack)
        with _progress(subjects) as progress:
            for subject in subjects:
                recorder.record(subject, progress)
    if not recorder.done:
        raise CaptureError("\n".join(recorder.left_out))
    about = About(Path(detector).stem, confidence, __version__, recorder.engines, recorder.left_out)
    page = output / "report.html"
    atomic_write("demo", page, render_page(recorder.done, about).encode())
    console = output_console()
    console.print(tally_table(recorder.done))
    console.print(f"\nreport  {page}", soft_wrap=True)
    if recorder.left_out:
        print_error("\n".join(recorder.left_out))


class _Recorder:
    """Records subjects one after the other, and goes on after one that cannot be read."""

    def __init__(
        self, detector: Detector, folder: Path, model: str, photo_model: str, stack: ExitStack
    ) -> None:
        self.done: list[Recorded] = []
        self.left_out: list[str] = []
        self._detector, self._folder, self._stack = detector, folder, stack
        self._models = {True: model, False: photo_model}
        self._desnowers: dict[str, Desnower] = {}

    @property
    def engines(self) -> str:
        """What ran the models."""
        return "; ".join(f"{name} on {each.info}" for name, each in self._desnowers.items())

    def record(self, subject: Subject, progress: Callable[[], None]) -> None:
        desnower = self._desnower(self._models[subject.film])
        clean = desnower.stream(subject.name)
        try:
            recorded = record(subject, desnower.model.name, clean, self._detector, self._folder, progress)
        except CaptureError as error:
            self.left_out.append(str(error))
        else:
            self.done.append(recorded)

    def _desnower(self, name: str) -> Desnower:
        if name not in self._desnowers:
            self._desnowers[name] = self._stack.enter_context(Desnower(name))
        return self._desnowers[name]


def _subjects(photos: Path | None, videos: list[Path], length: float, size: tuple[int, int]) -> list[Subject]:
    if length <= 0:
        raise ConfigError("--duration: films need a length")
    data = _data_folder()
    films: list[Subject] = [ClipSubject(path, length) for path in videos]
    if not films:
        films = [StreetSubject(length, size)]
        films += [ClipSubject(path, length) for path in _files(data, "video")]
    if photos is None and _files(data, "stills"):
        photos = data / "stills" / "snow"
    subjects = [*films, *(photos_in(photos) if photos is not None else [])]
    for number, subject in enumerate(subjects):
        if any(subject.name == each.name for each in subjects[:number]):
            subject.name = f"{subject.name}-{number + 1}"
    return subjects


def _files(data: Path, kind: str) -> list[Path]:
    """Those of snow, of that kind."""
    return sorted(path for path in (data / kind / "snow").glob("*") if path.is_file())


def _open(config: DetectConfig) -> Detector:
    try:
        return open_detector(config)
    except DetectorUnavailable as error:
        weights = _data_folder() / "weights" / _WEIGHTS
        if not weights.is_file():
            raise
        raise DetectorUnavailable(f"{error}\nIt is here: streamdesnow models import {weights}") from error


def _data_folder() -> Path:
    return Path(os.environ.get(DATA_VARIABLE, "../shared/data"))


def _photo_model() -> str:
    return "still" if "still" in model_paths() else "paper"


@contextmanager
def _progress(subjects: list[Subject]) -> Iterator[Callable[[], None]]:
    columns = (TextColumn("looking"), BarColumn(), MofNCompleteColumn(), TextColumn("pictures"))
    with Progress(*columns, TimeRemainingColumn(), console=error_console(), transient=True) as progress:
        bar = progress.add_task("looking", total=sum(subject.frames or 0 for subject in subjects))
        yield lambda: progress.advance(bar)
