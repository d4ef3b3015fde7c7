"""Memory that a capture process and the pipeline share: a few slots, each large enough for one frame.

The memory has no name: it is a `memfd`, passed from process to process through a socket. So there is
nothing to unlink and nothing to leak: the kernel frees it when the last of the two processes is gone, however
it went. It does not count against the size of /dev/shm either, which in containers is 64 MB.
"""

from __future__ import annotations

import fcntl
import mmap
import os

import numpy as np

from streamdesnow.frame import Image

__all__ = ["SharedSlots"]

# Sealed, a process that runs wild cannot cut the file short under the other's feet (SIGBUS).
_SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW


class SharedSlots:
    """`count` slots of `slot_bytes` bytes.

    Use `create` in the process that writes, send `fd` to the other one, and `attach` there. Who may touch
    which slot when is agreed on elsewhere, by messages.
    """

    def __init__(self, memory: mmap.mmap, count: int, slot_bytes: int, fd: int = -1) -> None:
        self.fd = fd
        self.count = count
        self.slot_bytes = slot_bytes
        self._memory = memory

    @classmethod
    def create(cls, count: int, slot_bytes: int) -> SharedSlots:
        """New memory; pages cost nothing until they are written to."""
        fd = os.memfd_create("streamdesnow-frames", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(fd, count * slot_bytes)
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, _SEALS)
        return cls(mmap.mmap(fd, count * slot_bytes), count, slot_bytes, fd)

    @classmethod
    def attach(cls, fd: int, count: int, slot_bytes: int) -> SharedSlots:
        """Memory that another process created, to read from. Takes over `fd`.

        Raises:
            ValueError: it is not of that size, or could still be made smaller.
        """
        size = count * slot_bytes
        try:
            sealed = fcntl.fcntl(fd, fcntl.F_GET_SEALS) & _SEALS == _SEALS
            if size <= 0 or os.fstat(fd).st_size != size or not sealed:
                raise ValueError(f"shared memory is not {count} sealed slots of {slot_bytes} bytes")
            return cls(mmap.mmap(fd, size, access=mmap.ACCESS_READ), count, slot_bytes)
        finally:
            os.close(fd)

    def view(self, slot: int, width: int, height: int) -> Image:
        """The frame in a slot, uint8 (H, W, 3), without copying. Writable only where the memory was created.

        Raises:
            ValueError: there is no such slot, or the frame does not fit in it.
        """
        size = width * height * 3
        if not 0 <= slot < self.count or width < 1 or height < 1 or size > self.slot_bytes:
            raise ValueError(f"no frame of {width}x{height} in slot {slot}")
        pixels: Image = np.frombuffer(self._memory, np.uint8, size, slot * self.slot_bytes)
        return pixels.reshape(height, width, 3)

    def close_fd(self) -> None:
        """Close the creator's descriptor once it has been sent; the memory stays mapped."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1
