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


def frame_size(text: str) -> tuple[int, int]:
    """(width, height) of an option such as 1280x720."""
    try:
        size = parse_frame_size(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    if not isinstance(size, tuple) or not all(16 <= side <= 8192 for side in size):
        raise typer.BadParameter("sides are 16 to 8192 pixels")
    return size


def seconds(text: str) -> float:
    """Seconds of an option such as 10s or 2min."""
    try:
        return float(str(parse_duration(text)))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
