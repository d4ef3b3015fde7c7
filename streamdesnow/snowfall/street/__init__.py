"""A drawn street under a fixed camera: the scene that snow is drawn over in demos and tests."""

from streamdesnow.snowfall.street.scene import Street

__all__ = ["Street"]
