"""Frames in, frames without falling snow out."""

from streamdesnow.restore.desnower import Desnower
from streamdesnow.restore.stream import Stream

__all__ = ["Desnower", "Stream"]
