"""The demo's pipeline and the files that it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2

from streamdesnow.capture.av_reader import AvReader
from streamdesnow.config.camera import CameraConfig, SimulatedConfig
from streamdesnow.config.load import load_pipeline
from streamdesnow.config.output import OutputConfig
from streamdesnow.config.pipeline import PipelineConfig
from streamdesnow.config.shipped import example_pipeline
from streamdesnow.errors import ConfigError, StorageFailed
from streamdesnow.storage.write import atomic_write

__all__ = ["DemoFiles", "demo_pipeline"]

_PICTURE_AT = 4.4
"""Seconds into the film: somebody is crossing in front of a waiting car."""


@dataclass(frozen=True, slots=True)
class DemoFiles:
    """What the demo writes into a folder."""

    folder: Path

    @property
    def cleaned(self) -> Path:
        """The cleaned film."""
        return self.folder / "cleaned.mp4"

    @property
    def before_after(self) -> Path:
        """Before on the left, after on the right."""
        return self.folder / "before-after.mp4"

    @property
    def picture(self) -> Path:
        """One frame of it."""
        return self.folder / "before-after.png"

    def remove(self) -> None:
        """Delete what an earlier demo left: the recorder would put a number to its names instead.

        Raises:
            StorageFailed: the folder cannot be written to.
        """
        for path in (self.cleaned, self.before_after, self.picture):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise StorageFailed(f"{path}: cannot be replaced: {error.strerror}") from error

    def take_picture(self) -> Path | None:
        """Save a frame of the before/after film, the last one if it is short; None if there is no film."""
        if not self.before_after.is_file():
            return None
        chosen = None
        with AvReader.for_file(self.before_after) as reader:
            for frame in reader:
                chosen = frame
                if frame.pts * frame.time_base >= _PICTURE_AT:
                    break
        if chosen is None:
            return None
        _, png = cv2.imencode(".png", chosen.image)
        atomic_write("demo", self.picture, png.tobytes())
        return self.picture


def demo_pipeline(
    files: DemoFiles,
    duration: float | None,
    size: tuple[int, int] | None,
    snow: str | None,
    model: str | None,
) -> PipelineConfig:
    """The shipped `demo.yaml` with what was asked for on the command line; None keeps the file's value.

    Raises:
        ConfigError: the film would be endless, or shorter than a frame.
    """
    config = load_pipeline(example_pipeline("demo"))
    asked: dict[str, object] = {"duration": duration, "size": size, "snow": snow}
    changes = {key: value for key, value in asked.items() if value is not None}
    cameras = {name: _camera(camera, changes) for name, camera in config.cameras.items()}
    outputs = tuple(_output(output, files) for output in config.outputs)
    update: dict[str, object] = {"cameras": cameras, "outputs": outputs}
    return config.model_copy(update=update | ({"model": model} if model else {}))


def _camera(camera: CameraConfig, changes: dict[str, object]) -> CameraConfig:
    if isinstance(camera.source, str):
        return camera
    source = SimulatedConfig.model_validate(camera.source.model_dump() | changes)
    if source.duration * source.fps < 0.5:
        raise ConfigError("--duration: the demo needs a film of one frame or more")
    return camera.model_copy(update={"source": source})


def _output(output: OutputConfig, files: DemoFiles) -> OutputConfig:
    if output.record is None:
        return output
    path = files.before_after if output.record.show == "side_by_side" else files.cleaned
    changes = {"directory": files.folder, "name": path.stem}
    return output.model_copy(update={"record": output.record.model_copy(update=changes)})
