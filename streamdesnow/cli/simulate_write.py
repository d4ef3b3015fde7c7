"""Writes a snowy clip beside its truth."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from streamdesnow import __version__
from streamdesnow.cli.simulate_scene import Scene, Shot
from streamdesnow.errors import ConfigError
from streamdesnow.frame import Image
from streamdesnow.sinks.containers import Codec
from streamdesnow.sinks.pixels import grown_to_even
from streamdesnow.sinks.video_writer import VideoWriter
from streamdesnow.snowfall.snow import Snow, make_snow
from streamdesnow.storage.write import atomic_write, check_writable

__all__ = ["SnowSettings", "snowy_shots", "write_pair"]

_README = """\
A clip with drawn snow, made by `streamdesnow simulate`.

snowy     what a camera would see
truth     the same frames without snow
moving    where something moves (white), where that is known
settings.json tells how it was drawn; the same settings draw the same clip.

Score a model on it with:  streamdesnow eval FOLDER
"""


@dataclass(frozen=True, slots=True)
class SnowSettings:
    """Which snow to draw; as for `make_snow`."""

    style: str
    snow: str
    seed: int


def snowy_shots(scene: Scene, settings: SnowSettings) -> Iterator[tuple[Shot, Image]]:
    """Every shot of a scene, and the same with snow in front."""
    falling: Snow | None = None
    size: tuple[int, ...] = ()
    for shot in scene:
        if falling is None or shot.truth.shape[:2] != size:
            size = shot.truth.shape[:2]
            falling = make_snow(settings.style, settings.snow, size[1], size[0], scene.fps, settings.seed)
        yield shot, falling.next().over(shot.truth)


def write_pair(
    scene: Scene, settings: SnowSettings, folder: Path, lossless: bool, report: Callable[[int], None]
) -> list[Path]:
    """Write snowy clip, truth, mask of what moves (where known), settings and a README into `folder`.

    Args:
        lossless: FFV1 in Matroska instead of H.264 in MP4; the mask is always lossless.
        report: called with the number of frames written.

    Returns:
        The clips written.

    Raises:
        ConfigError: the folder holds something already.
        SinkError: it cannot be written.
    """
    _prepare(folder)
    kind: Codec = "ffv1" if lossless else "h264"
    ending = "mkv" if lossless else "mp4"
    paths = {"snowy": folder / f"snowy.{ending}", "truth": folder / f"truth.{ending}"}
    size = (0, 0)
    with ExitStack() as stack:
        writers = {name: stack.enter_context(VideoWriter(path, kind)) for name, path in paths.items()}
        for count, (shot, snowy) in enumerate(snowy_shots(scene, settings), start=1):
            size = (shot.truth.shape[1], shot.truth.shape[0])
            writers["snowy"].write(snowy, shot.pts, scene.time_base)
            writers["truth"].write(shot.truth, shot.pts, scene.time_base)
            if shot.moving is not None:
                if "moving" not in writers:
                    paths["moving"] = folder / "moving.mkv"
                    writers["moving"] = stack.enter_context(VideoWriter(paths["moving"], "ffv1"))
                mask = np.repeat(shot.moving[..., None] * np.uint8(255), 3, axis=2)
                if not lossless:
                    mask = grown_to_even(mask)  # as the other two are stored
                writers["moving"].write(mask, shot.pts, scene.time_base)
            report(count)
    about = {"streamdesnow": __version__, "scene": scene.name, "size": size, "fps": scene.fps}
    about |= {"frames": count, "lossless": lossless} | asdict(settings)
    atomic_write("simulate", folder / "settings.json", f"{json.dumps(about, indent=2)}\n".encode())
    atomic_write("simulate", folder / "README.txt", _README.encode())
    return list(paths.values())


def _prepare(folder: Path) -> None:
    check_writable("simulate", folder)
    if any(folder.iterdir()):
        raise ConfigError(f"{folder}: is not empty; name a new folder, so that nothing is overwritten")
