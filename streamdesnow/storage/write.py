"""Writing files so that a full disk or a lost folder gives one clear error and leaves nothing unexplained."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from streamdesnow.errors import StorageFailed

__all__ = ["OutputFile", "atomic_write", "check_writable", "part_path", "storage_failed"]

_PROBE = b"\0" * 65536

_ADVICE = {
    errno.ENOSPC: "free some space, or limit what is kept",
    errno.EDQUOT: "the quota is used up: free some space, or limit what is kept",
    errno.EACCES: "give the user that runs this permission to write there, or choose another folder",
    errno.EPERM: "give the user that runs this permission to write there, or choose another folder",
    errno.EROFS: "the file system is read-only: choose another folder or mount it writable",
    errno.ENOENT: "the folder is gone: is the disk still mounted?",
    errno.ENOTDIR: "a part of the path is a file: choose another folder",
    errno.EIO: "the disk does not work: check cables and its health",
    errno.ENAMETOOLONG: "choose a shorter name",
}


def storage_failed(who: str, path: Path, error: OSError, more: str = "") -> StorageFailed:
    """The error to raise: who wanted to write, which file, why not, what to do.

    Args:
        more: what became of what had been written, if anything.
    """
    reason = (error.strerror or str(error)).lower()
    advice = _ADVICE.get(error.errno or 0, "choose another folder")
    return StorageFailed(f"{who}: cannot write {path}: {reason}; {advice}{more and f' ({more})'}")


def check_writable(who: str, directory: Path) -> None:
    """Make `directory` and see that there is room to write in it.

    Raises:
        StorageFailed: naming the folder, the cause and what to do.
    """
    probe = directory / f".streamdesnow-{os.getpid()}.probe"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        try:
            probe.write_bytes(_PROBE)
        finally:
            probe.unlink(missing_ok=True)
    except OSError as error:
        raise storage_failed(who, directory, error) from error


def part_path(path: Path) -> Path:
    """Where a file is written until it is complete."""
    return path.with_name(f"{path.name}.part")


def atomic_write(who: str, path: Path, data: bytes) -> None:
    """Write a whole file, so that readers see the old one or the new one and never a part.

    Raises:
        StorageFailed: nothing of it is left behind.
    """
    part = part_path(path)
    try:
        try:
            part.write_bytes(data)
            part.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise storage_failed(who, path, error) from error


class OutputFile:
    """A file that a muxer writes to without ever seeing an error.

    Muxers answer errors badly: they go on to "finish" a file that lacks its middle. So the first error is
    kept in `error` and from then on nothing is written; whoever owns the file looks at `error` after each
    step. To the muxer all is well, and the disk holds exactly what was written before the error.

    Args:
        path: must not exist, unless `replace`.

    Raises:
        OSError: the file cannot be made.
    """

    def __init__(self, path: Path, *, replace: bool = False) -> None:
        self.path = path
        self.error: OSError | None = None
        self._unsynced = False
        self._file = path.open("wb" if replace else "xb", buffering=0)
        self._position = 0

    def write(self, data: bytes) -> int:
        """Write all of `data`; the muxer's callback."""
        if self.error is None:
            try:
                view = memoryview(data)
                while view:
                    view = view[self._file.write(view) :]
                self._unsynced = True
            except OSError as error:
                self.error = error
        self._position += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move the position; the muxer's callback."""
        if self.error is None:
            self._position = self._file.seek(offset, whence)
        return self._position

    def tell(self) -> int:
        """The position; the muxer's callback."""
        return self._position

    def sync(self) -> None:
        """Have what was written survive a power cut, and notice whether the file still has a name."""
        if self.error is not None or not self._unsynced:
            return
        self._unsynced = False
        try:
            os.fdatasync(self._file.fileno())
            if os.fstat(self._file.fileno()).st_nlink == 0:
                # Deleted files can be written to without any error, and nobody would ever see the result.
                raise FileNotFoundError(errno.ENOENT, "the file was deleted while it was written")
        except OSError as error:
            self.error = error

    def fail(self, error: OSError) -> None:
        """Take note of an error that happened elsewhere; nothing is written from now on."""
        self.error = self.error or error

    def close(self) -> None:
        """Close the file."""
        try:
            self._file.close()
        except OSError as error:
            self.fail(error)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
