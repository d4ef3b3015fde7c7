"""What one process writes and no other may."""

from __future__ import annotations

import errno
import fcntl

__all__ = ["lock_file"]


def lock_file(file: int) -> None:
    """Take the lock of an open file or folder, for as long as it is open.

    On file systems that have no locks, or none for folders, nothing happens.

    Raises:
        OSError: EBUSY, another process has it.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OSError(errno.EBUSY, "another process writes it") from None
    except OSError:
        pass
