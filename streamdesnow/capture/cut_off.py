"""Whether a video file was cut off while it was written or copied.

A demuxer reads such a file to where it breaks off and calls that the end. But most containers say at the
start of each part how long it is (ISO 14496-12 section 4.2; RIFF; RFC 8794 section 6), so a part that would
reach beyond the end of the file gives it away.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

__all__ = ["is_cut_off"]

_EBML = b"\x1a\x45\xdf\xa3"
_BOXES = (b"ftyp", b"moov", b"mdat", b"moof", b"free", b"skip", b"wide", b"styp", b"sidx", b"pnot")


def is_cut_off(path: Path) -> bool:
    """True if a part of the file is missing at its end; False if it is whole, or of a kind that cannot tell.

    Raises:
        OSError: the file cannot be read.
    """
    length = path.stat().st_size
    with path.open("rb") as file:
        end = _reader_for(file.read(12))(file)
    return end > length


def _reader_for(head: bytes) -> Callable[[BinaryIO], int]:
    if head[4:8] in _BOXES:
        return _end_of_boxes
    if head.startswith(_EBML):
        return _end_of_ebml
    if head.startswith((b"RIFF", b"RF64")):
        return _end_of_riff
    return lambda _: 0


def _end_of_boxes(file: BinaryIO) -> int:
    """Where the last box of an MP4 or MOV file says that it ends."""
    position = 0
    while True:
        file.seek(position)
        head = file.read(16)
        if len(head) < 8:
            return position + 8 if head else position
        size = int.from_bytes(head[:4], "big")
        if size == 1:
            size = int.from_bytes(head[8:16], "big")
        if size < 8:  # 0: as long as the file; anything else is no box
            return 0
        position += size


def _end_of_riff(file: BinaryIO) -> int:
    """Where the last RIFF list of an AVI file says that it ends; OpenDML files have several."""
    position = 0
    while True:
        file.seek(position)
        head = file.read(8)
        if len(head) < 8 or not head.startswith(b"RIFF"):
            return position
        size = int.from_bytes(head[4:8], "little")
        if size == 0:  # never filled in
            return 0
        # Padded to even length, which not every writer does at the end of the file.
        position += 8 + size
        file.seek(position)
        position += size % 2 if file.read(1) else 0


def _end_of_ebml(file: BinaryIO) -> int:
    """Where the segment of a Matroska or WebM file says that it ends."""
    position = 0
    for _ in range(2):  # the EBML header, then the segment
        file.seek(position + 4)  # both identifiers have four bytes
        first = file.read(1)
        if not first or first[0] == 0:
            return 0
        width = 9 - first[0].bit_length()
        value = int.from_bytes(bytes([first[0] & (0xFF >> width)]) + file.read(width - 1), "big")
        if value == (1 << (7 * width)) - 1:  # unknown: a live recording
            return 0
        position += 4 + width + value
    return position
