"""A frame on its way from a capture process to the pipeline."""

from __future__ import annotations

import contextlib

from streamdesnow.capture.channel import Channel, Disconnected
from streamdesnow.capture.messages import Arrived, Release
from streamdesnow.capture.shared_slots import SharedSlots
from streamdesnow.frame import Image

__all__ = ["Parcel"]


class Parcel:
    """A frame in shared memory, until it is released.

    Args:
        arrived: what the process said of it.
        slots: the memory.
        channel: to the process that wrote it.

    Raises:
        ValueError: the memory holds no such frame.
    """

    def __init__(self, arrived: Arrived, slots: SharedSlots, channel: Channel) -> None:
        self.arrived = arrived
        self._view = slots.view(arrived.slot, arrived.width, arrived.height)
        self._channel = channel

    def unpack(self) -> Image:
        """The picture, read-only, in memory of its own; releases the shared memory. Also after the process's
        end, and from any thread."""
        image = self._view.copy()
        image.flags.writeable = False
        self.release()
        return image

    def release(self) -> None:
        """Give the memory back unread."""
        # To this process only: a later one numbers its slots the same way.
        with contextlib.suppress(Disconnected):
            self._channel.send(Release(self.arrived.memory, self.arrived.slot))
