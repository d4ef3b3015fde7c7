"""The folder that HLS is served from: page, playlist, headers and segments."""

from __future__ import annotations

import contextlib
import datetime as dt
import html
import os
from collections import deque
from importlib import resources
from pathlib import Path

from streamdesnow.sinks.playlist import Entry, Playlist, next_sequence
from streamdesnow.storage.lock import lock_file
from streamdesnow.storage.write import atomic_write, check_writable, part_path, storage_failed

__all__ = ["HlsFolder"]

PLAYLIST = "index.m3u8"
PAGE = "index.html"

_LINGER = 3
"""Segments kept on disk after they left the playlist, for players that are still fetching them."""


class HlsFolder:
    """What players see. Every file appears whole, the playlist after what it lists.

    Args:
        who: name of the output, for messages.
        camera: name for the page.
        window: segments in the playlist.
        target: seconds that a segment is meant to last.
    """

    def __init__(self, who: str, directory: Path, camera: str, window: int, target: float) -> None:
        self.directory = directory
        self._who = who
        self._camera = camera
        self._window = window
        self._target = target
        self._playlist = Playlist(window, target)
        self._gone: deque[Entry] = deque()
        self._header = ""
        self._header_data = b""
        self._lock: int | None = None
        self._breaks = False

    def open(self) -> None:
        """Make the folder and the page, delete what an earlier run left, go on with its numbers.

        Raises:
            StorageFailed: the folder cannot be made or written to, another process writes it, or the disk is
                full.
        """
        self._take()
        # First, because it makes room.
        sequence, discontinuities = self._clear()
        check_writable(self._who, self.directory)
        self._playlist = Playlist(self._window, self._target, sequence, discontinuities)
        self._gone.clear()
        self._header = ""
        self._breaks = sequence > 0
        page = resources.files("streamdesnow.sinks").joinpath("player.html").read_text(encoding="utf-8")
        self._write(PAGE, page.replace("{{camera}}", html.escape(self._camera)).encode())
        self._write(PLAYLIST, self._playlist.render().encode())

    def begin(self, header: bytes) -> None:
        """Fragments from now on need this header."""
        self._breaks = self._breaks or bool(self._header)
        self._header = f"header-{self._playlist.next_number:06}.mp4"
        self._header_data = header
        self._write(self._header, header)

    def add(self, fragment: bytes, seconds: float, starts_at: dt.datetime) -> None:
        """Write and list a segment, delete the oldest.

        Raises:
            StorageFailed: the disk is full or gone.
        """
        name = f"segment-{self._playlist.next_number:06}.m4s"
        if not (self.directory / self._header).exists():
            # Somebody tidied up; without it nothing plays.
            self._write(self._header, self._header_data)
        self._write(name, fragment)
        self._gone.extend(
            self._playlist.add(Entry(name, self._header, seconds, starts_at, discontinuity=self._breaks))
        )
        self._breaks = False
        self._write(PLAYLIST, self._playlist.render().encode())
        while len(self._gone) > _LINGER:
            self._delete(self._gone.popleft())

    def end(self) -> None:
        """Tell players that nothing will follow."""
        self._write(PLAYLIST, self._playlist.render(ended=True).encode())

    def release(self) -> None:
        """Let other processes write the folder. May be called twice."""
        if self._lock is not None:
            with contextlib.suppress(OSError):
                os.close(self._lock)
        self._lock = None

    def _take(self) -> None:
        """Two that write one folder would delete each other's files."""
        self.release()
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self.directory, os.O_RDONLY | os.O_CLOEXEC)
            lock_file(self._lock)
        except OSError as error:
            self.release()
            raise storage_failed(self._who, self.directory, error) from error

    def _write(self, name: str, data: bytes) -> None:
        atomic_write(self._who, self.directory / name, data)

    def _delete(self, entry: Entry) -> None:
        still_needed = {self._header, *(e.header for e in (*self._gone, *self._playlist.entries))}
        for name in {entry.name, entry.header} - still_needed:
            with contextlib.suppress(OSError):
                (self.directory / name).unlink()

    def _clear(self) -> tuple[int, int]:
        try:
            counted = next_sequence((self.directory / PLAYLIST).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError):
            counted = 0, 0
        with contextlib.suppress(OSError):
            for pattern in ("segment-*.m4s", "header-*.mp4"):
                for name in (pattern, part_path(Path(pattern)).name):
                    for path in self.directory.glob(name):
                        path.unlink(missing_ok=True)
        return counted
