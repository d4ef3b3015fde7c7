"""Choices of drawn snow, as options of commands."""

from __future__ import annotations

from enum import StrEnum

import typer

from streamdesnow.config.units import parse_duration, parse_frame_size

__all__ = ["SnowLevel", "SnowStyle", "frame_size", "seconds"]


class SnowLevel(StrEnum):
    """How hard it snows."""

    NONE = "none"
    LIGHT = "light"
    MEDIUM = "medium"
    HEAVY = "heavy"


class SnowStyle(StrEnum):
    """How snow is drawn; no model is trained on streaks."""

    PARTICLES = "particles"
    SPRITES = "sprites"
    TEXTURE = "texture"
    STREAKS = "streaks"


def frame_size(text: str | None) -> tuple[int, int] | None:
    """(width, height) of `--size 1280x720`; None if it was not given.

    Typer takes tuples for options with two values, so this cannot be the option's parser.
    """
    if text is None:
        return None
    try:
        size = parse_frame_size(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--size") from None
    if not isinstance(size, tuple) or not all(16 <= side <= 8192 for side in size):
        raise typer.BadParameter("sides are 16 to 8192 pixels", param_hint="--size")
    return size


def seconds(text: str) -> float:
    """Seconds of an option such as 10s or 2min."""
    try:
        return float(str(parse_duration(text)))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
