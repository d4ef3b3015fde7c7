"""Where a capture process puts frames for the pipeline to fetch."""

from __future__ import annotations

import threading

import numpy as np

from streamdesnow.capture.channel import Channel
from streamdesnow.capture.messages import Alive, Arrived, NewSlots
from streamdesnow.capture.reader import DecodedFrame
from streamdesnow.capture.shared_slots import SharedSlots
from streamdesnow.frame import Image

__all__ = ["Outbox"]

_SLOTS = 4
"""One being written, one waiting, one being read, and one to spare."""

_HEARTBEAT = 1.0


class Outbox:
    """Hands frames over through shared memory; a slot is written only while the pipeline has no claim to it.

    Args:
        channel: to the pipeline.
        live: leave out frames that find no free slot; False: wait for one.

    One outbox serves a process for its whole life: slots that the pipeline still reads stay taken when the
    source is opened again.
    """

    def __init__(self, channel: Channel, live: bool) -> None:
        self._channel = channel
        self._live = live
        self._slots: SharedSlots | None = None
        self._memory = 0
        self._free: list[int] = []
        self._changed = threading.Condition()
        self._closed = False
        self._missed = 0
        # A slot that is being drawn in, and its view.
        self._canvas: tuple[int, Image] | None = None

    def canvas(self, width: int, height: int) -> Image | None:
        """Memory for the next frame's picture, from where `put` need not copy it; None if no slot is free.

        It is offered again until its frame is put: not every picture becomes a frame.
        """
        slots = self._slots_for(width * height * 3)
        slot = self._claim(wait=False) if self._canvas is None else self._canvas[0]
        if slot is None:
            return None
        self._canvas = slot, slots.view(slot, width, height)
        return self._canvas[1]

    def put(self, frame: DecodedFrame, *, captured_at: float, position: int, discontinuity: bool) -> bool:
        """Hand over one frame, copying it unless it was drawn on the canvas. False if it was left out."""
        height, width = frame.image.shape[:2]
        slots = self._slots_for(frame.image.nbytes)
        self._missed += frame.missed
        if self._canvas is not None and frame.image is self._canvas[1]:
            (slot, _), self._canvas = self._canvas, None
        else:
            claimed = self._claim(wait=not self._live)
            if claimed is None:
                self._missed += 1
                return False
            slot = claimed
            np.copyto(slots.view(slot, width, height), frame.image)
        missed, self._missed = self._missed, 0
        self._channel.send(
            Arrived(
                memory=self._memory,
                slot=slot,
                width=width,
                height=height,
                pts=frame.pts,
                time_base=frame.time_base,
                captured_at=captured_at,
                position=position,
                discontinuity=discontinuity,
                missed=missed,
                sar=frame.sar,
            )
        )
        return True

    def release(self, memory: int, slot: int) -> None:
        """The pipeline has read a slot. Called from another thread than `put`."""
        with self._changed:
            # A late release of memory that a change of frame size has replaced means nothing any more.
            if memory == self._memory and slot not in self._free:
                self._free.append(slot)
                self._changed.notify()

    def close(self) -> None:
        """Let a waiting `put` go."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _slots_for(self, frame_bytes: int) -> SharedSlots:
        if self._slots is None or self._slots.slot_bytes != frame_bytes:
            slots = SharedSlots.create(_SLOTS, frame_bytes)
            with self._changed:
                self._memory += 1
                self._free = list(range(_SLOTS))
            self._canvas = None
            self._channel.send(NewSlots(self._memory, slots.count, slots.slot_bytes), slots.fd)
            slots.close_fd()
            self._slots = slots
        return self._slots

    def _claim(self, *, wait: bool) -> int | None:
        with self._changed:
            while not self._free:
                if not wait or self._closed:
                    return None
                if not self._changed.wait(_HEARTBEAT):
                    # The pipeline is slow, which is its right: this process is not stuck.
                    self._channel.send(Alive())
            return self._free.pop()
