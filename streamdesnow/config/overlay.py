"""`detect.overlay:` what is drawn into the pictures."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from streamdesnow.config.base import Section
from streamdesnow.config.units import Duration

__all__ = ["OverlayConfig"]


class OverlayConfig(Section):
    """Draws what was found into what outputs write; detection sees the picture without it."""

    burn: bool = True
    """Draw into all outputs; an output's own `overlay` decides for it alone."""
    labels: bool = True
    """Write class, confidence and number of the track at each box."""
    trails: Duration = 0.0
    """Draw the way that things took over this long; 0 for none."""
    zones: bool = True
    """Draw the camera's zones."""
    colour: Literal["track", "class"] = "track"
    """Each track has its colour, or each class."""
    scale: Annotated[float, Field(ge=0.25, le=4)] = 1.0
    """Size of lines and letters; 1 suits the frame's size, whatever that is."""
