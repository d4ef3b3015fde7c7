"""Writes pictures, one file a frame."""

from __future__ import annotations

from pathlib import Path

from streamdesnow.config.output import ImagesConfig
from streamdesnow.frame import CleanedFrame
from streamdesnow.sinks.compose import compose
from streamdesnow.sinks.sink import sink_name
from streamdesnow.storage.names import camera_directory, safe_name
from streamdesnow.storage.picture import encode_image
from streamdesnow.storage.write import atomic_write, check_writable

__all__ = ["ImagesSink"]


class ImagesSink:
    """Pictures of one camera, named `CAMERA_PTS.png`, with a number added rather than one overwritten."""

    def __init__(self, config: ImagesConfig, camera: str) -> None:
        self.name = sink_name("images", camera, config.show)
        self.keeps_all = True
        self._config = config
        self._camera = camera
        self._directory = camera_directory(config.directory, camera)
        self._seen = 0

    def open(self) -> None:
        """Make the folder and see that it can be written to.

        Raises:
            StorageFailed: it cannot, or the disk is full.
        """
        check_writable(self.name, self._directory)

    def write(self, cleaned: CleanedFrame) -> None:
        """Write the picture, if it is its turn; readers never see a part of it.

        Raises:
            StorageFailed: the disk is full or gone; nothing of the picture is left.
            SinkError: the format cannot hold a picture of this size.
        """
        due = self._seen % self._config.every == 0
        self._seen += 1
        if not due:
            return
        data = encode_image(self.name, compose(cleaned, self._config.show), self._config.format)
        atomic_write(self.name, self._free_path(cleaned.before.pts), data)

    def close(self) -> None:
        """Nothing is held back."""

    def _free_path(self, pts: int) -> Path:
        stem = f"{safe_name(self._camera)}_{pts:012d}"
        path = self._directory / f"{stem}.{self._config.format}"
        number = 2
        while path.exists():
            path = self._directory / f"{stem}-{number}.{self._config.format}"
            number += 1
        return path
