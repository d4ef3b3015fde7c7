"""A file of lines that survives whatever happens to the process: whole lines only, and never too long."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
from pathlib import Path

from streamdesnow.storage.lock import lock_file
from streamdesnow.storage.write import storage_failed

__all__ = ["EventLog"]

_log = logging.getLogger(__name__)

_CHUNK = 65536


class EventLog:
    """Appends lines to a file; when it would grow too long it is renamed and a new one begun.

    Each line is one `write` to a file opened for appending, so a kill leaves whole lines. What a power cut
    left of a line is removed when the file is opened. `NAME.1` is the newest of the renamed files.

    Args:
        who: name for messages.
        path: for example `events.jsonl`; its folder is made.
        limit: bytes after which a new file is begun.
        files: how many renamed files are kept.
    """

    def __init__(self, who: str, path: Path, limit: int, files: int) -> None:
        self._who = who
        self._path = path
        self._limit = limit
        self._files = files
        self._file: int | None = None

    def append(self, line: bytes) -> None:
        """Write one line, which ends with a line feed; opens the file if need be.

        Raises:
            StorageFailed: it could not be written, and nothing of it was; the next line opens the file anew.
        """
        try:
            file = self._opened()
            if 0 < os.fstat(file).st_size > self._limit - len(line):
                file = self._rotate()
            _append_whole(file, line)
        except OSError as error:
            self.close()
            raise storage_failed(self._who, self._path, error) from error

    def close(self) -> None:
        """Close the file. May be called twice; the next line opens it again."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                os.close(self._file)
        self._file = None

    def _opened(self) -> int:
        if self._file is not None and os.fstat(self._file).st_nlink == 0:
            # Deleted by somebody: nobody would ever read what is appended.
            self.close()
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
            # Two that mend and rename the same file would destroy each other's lines.
            lock_file(self._file)
            self._mend(self._file)
        return self._file

    def _mend(self, file: int) -> None:
        """Remove what is left of a line that was not written to its end."""
        size = os.fstat(file).st_size
        end = size
        while end > 0:
            start = max(0, end - _CHUNK)
            at = os.pread(file, end - start, start).rfind(b"\n")
            if at >= 0:
                end = start + at + 1
                break
            end = start
        if end < size:
            os.ftruncate(file, end)
            _log.warning(
                "%s: %s ended within a line; its %d bytes were removed", self._who, self._path, size - end
            )

    def _rotate(self) -> int:
        self.close()
        for number in range(self._files, 1, -1):
            with contextlib.suppress(FileNotFoundError):
                self._numbered(number - 1).replace(self._numbered(number))
        if self._files:
            self._path.replace(self._numbered(1))
        else:
            self._path.unlink()
        return self._opened()

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.stem}.{number}{self._path.suffix}")


def _append_whole(file: int, line: bytes) -> None:
    size = os.fstat(file).st_size
    try:
        if os.write(file, line) < len(line):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fdatasync(file)
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(file, size)
        raise
