"""The boxes that MP4 files consist of (ISO/IEC 14496-12), as far as fragments are concerned."""

from __future__ import annotations

import io
import struct
from pathlib import Path

__all__ = ["playable_length"]


def playable_length(path: Path) -> int:
    """Bytes of a fragmented MP4 file up to the end of its last complete fragment; 0 if it has none.

    Raises:
        OSError: the file cannot be read.
    """
    size = path.stat().st_size
    end = playable = 0
    with path.open("rb") as file:
        while end + 8 <= size:
            file.seek(end, io.SEEK_SET)
            length, kind = struct.unpack(">I4s", file.read(8))
            if length == 1:
                length = struct.unpack(">Q", file.read(8).ljust(8, b"\0"))[0]
            if length < 8 or end + length > size:
                break
            end += length
            if kind == b"mdat":
                playable = end
    return playable
