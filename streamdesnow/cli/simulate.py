"""`streamdesnow simulate`: snow whose truth is known, as files or as a camera."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from streamdesnow.cli.console import error_console, output_console
from streamdesnow.cli.rtsp_server import ClipWriter, check_server, serve_clip
from streamdesnow.cli.simulate_scene import Scene, StreetScene, background_scene
from streamdesnow.cli.simulate_write import SnowSettings, snowy_shots, write_pair
from streamdesnow.cli.snow_options import SnowLevel, SnowStyle, frame_size, seconds
from streamdesnow.errors import ConfigError

__all__ = ["command"]

_SIZE = (960, 540)
_SECONDS = 10.0


def command(
    destination: Annotated[
        Path | None, typer.Argument(metavar="[FOLDER]", help="New folder for snowy clip, truth and settings.")
    ] = None,
    serve: Annotated[
        str | None,
        typer.Option(
            "--serve", metavar="URL", help="Serve the clip as a camera: rtsp://127.0.0.1:8554/street"
        ),
    ] = None,
    background: Annotated[
        Path | None,
        typer.Option("--background", metavar="FILE", help="Draw snow over this snow-free video or picture."),
    ] = None,
    snow: Annotated[SnowLevel, typer.Option("--snow", help="How hard it snows.")] = SnowLevel.HEAVY,
    style: Annotated[SnowStyle, typer.Option("--style", help="How snow is drawn.")] = SnowStyle.PARTICLES,
    size: Annotated[
        str | None,
        typer.Option("--size", metavar="WxH", help="Frame size. Default: 960x540, or the background's own."),
    ] = None,
    fps: Annotated[
        float, typer.Option(min=0.1, max=240, help="Frames per second; a background video keeps its own.")
    ] = 25.0,
    duration: Annotated[
        float | None,
        typer.Option(
            parser=seconds, metavar="TIME", help="Length, such as 10s. Default: 10s, or all of a video."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed draws the same clip.")] = 1,
    lossless: Annotated[
        bool, typer.Option("--lossless", help="FFV1 in Matroska, bit for bit, instead of H.264 in MP4.")
    ] = False,
) -> None:
    """Draw a snowy clip together with its truth.

    Without a background a street with cars and people is drawn. Score a model on the folder with
    `streamdesnow eval FOLDER`, or run a pipeline on the address that --serve names.
    """
    if (destination is None) == (serve is None):
        raise ConfigError("simulate needs a folder to write to, or --serve with an address: one of the two")
    settings = SnowSettings(style.value, snow.value, seed)
    if serve is not None:
        check_server(serve)
    scene = _scene(background, frame_size(size), fps, duration, seed)
    if destination is not None:
        with _progress(scene) as report:
            written = write_pair(scene, settings, destination, lossless, report)
        for path in written:
            output_console().print(f"{path.stem:7} {path}", soft_wrap=True)
    elif serve is not None:
        _serve(scene, settings, serve)


def _scene(
    background: Path | None,
    size: tuple[int, int] | None,
    fps: float,
    duration: float | None,
    seed: int,
) -> Scene:
    if background is not None:
        return background_scene(background, size, fps, duration)
    length = _SECONDS if duration is None else duration
    if length * fps < 0.5:
        raise ConfigError("--duration is shorter than one frame")
    return StreetScene(size or _SIZE, fps, length, seed)


def _serve(scene: Scene, settings: SnowSettings, url: str) -> None:
    with tempfile.TemporaryDirectory(prefix="streamdesnow-") as folder:
        clip = Path(folder) / "clip.mp4"
        with _progress(scene) as report, contextlib.closing(ClipWriter(clip, scene.time_base)) as writer:
            for count, (shot, snowy) in enumerate(snowy_shots(scene, settings), start=1):
                writer.write(snowy, shot.pts)
                report(count)
        serve_clip(clip, url, lambda: output_console().print(f"serving {url} (Ctrl-C ends it)"))


@contextlib.contextmanager
def _progress(scene: Scene) -> Iterator[Callable[[int], None]]:
    columns = (TextColumn("drawing {task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=error_console(), transient=True) as progress:
        bar = progress.add_task(scene.name, total=scene.frames)
        yield lambda count: progress.update(bar, completed=count)
