"""`streamdesnow export --to tensorrt`: engines of a model, built ahead of time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import typer

from streamdesnow.config.engine import EngineConfig
from streamdesnow.config.units import parse_frame_size
from streamdesnow.errors import ConfigError
from streamdesnow.models.find import find_model
from streamdesnow.restore.padding import padded_size

if TYPE_CHECKING:
    from streamdesnow.engines.tensorrt.library import LibraryName

__all__ = ["build_engines"]


def build_engines(
    source: str, folder: Path | None, sizes: list[str], precision: str, library: str, *, turing: bool
) -> None:
    """Build what is missing, and say where it lies.

    Args:
        source: name of a model, or path of its folder.
        folder: engine cache; None for the user's.
        sizes: of frames, as `1280x720`.
        precision, library: as on the command line, `auto` for the best.

    Raises:
        ConfigError: no size, or one that is none.
        ModelError, EngineError: see `find_model` and `build_ahead`.
    """
    from streamdesnow.engines.tensorrt.ahead import build_ahead

    model = find_model(source)
    frames = [_size(text) for text in sizes]
    if not frames:
        raise ConfigError("--to tensorrt needs the frame size of the cameras: --size 1280x720")
    padded = [padded_size(*frame, model.card.side_multiple) for frame in frames]
    config = EngineConfig.model_validate({"precision": precision, "cache": folder})
    name = None if library == "auto" else library
    for engine in build_ahead(model, config, padded, cast("LibraryName | None", name), turing=turing):
        amount = engine.path.stat().st_size / 1e6
        typer.echo(
            f"{engine.path}: {engine.size[0]}x{engine.size[1]} by {engine.library}, "
            f"for {engine.gpu}, {amount:.1f} MB, {engine.seconds:.1f} s"
        )
    if folder is not None:
        typer.echo(f"name the folder in the pipeline file:  engine: {{cache: {folder}}}")


def _size(text: str) -> tuple[int, int]:
    try:
        return cast(tuple[int, int], parse_frame_size(text))
    except ValueError as error:
        raise ConfigError(f"--size {text}: {error}") from None
