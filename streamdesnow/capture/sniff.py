"""What a file that no demuxer accepts was meant to be, from its first bytes."""

from __future__ import annotations

from pathlib import Path

from streamdesnow.errors import CaptureError, SourceDamaged, SourceNotFound, SourceRefused, SourceUnsupported

__all__ = ["check_readable", "explain_unreadable"]

_MP4_BOXES = (b"ftyp", b"moov", b"mdat", b"moof", b"free", b"wide")


def check_readable(name: str, path: Path) -> None:
    """See that there is a file with something in it.

    Args:
        name: what messages call the source.
        path: the file.

    Raises:
        SourceNotFound: there is none.
        SourceRefused: it may not be read.
        SourceDamaged: it is empty.
    """
    try:
        with path.open("rb") as file:
            empty = not file.read(1)
    except (FileNotFoundError, NotADirectoryError):
        raise SourceNotFound(f"{name}: there is no such file") from None
    except PermissionError:
        raise SourceRefused(f"{name}: the file may not be read by this user; check its permissions") from None
    except OSError as error:
        raise SourceDamaged(f"{name}: the file cannot be read: {error.strerror}") from None
    if empty:
        raise SourceDamaged(f"{name}: the file is empty")


def explain_unreadable(name: str, path: Path) -> CaptureError:
    """The error for a file that FFmpeg does not accept."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head[4:8] in _MP4_BOXES:
        return SourceDamaged(
            f"{name}: the MP4 has no readable index (moov box); it is damaged or was cut off while being made"
        )
    container = _container(head)
    if container is not None:
        return SourceDamaged(f"{name}: begins as {container} and cannot be read on; the file is damaged")
    if _is_text(head):
        return SourceUnsupported(f"{name}: is a text file, not a video, whatever it is called")
    return SourceUnsupported(f"{name}: is not a video, or of a kind that FFmpeg does not know")


def _container(head: bytes) -> str | None:
    if head.startswith(b"RIFF"):
        return "AVI"
    signatures = {
        b"\x1a\x45\xdf\xa3": "Matroska or WebM",
        b"FLV": "FLV",
        b"GIF8": "GIF",
        b"OggS": "Ogg",
        b"\x00\x00\x01\xba": "MPEG",
    }
    return next((name for mark, name in signatures.items() if head.startswith(mark)), None)


def _is_text(head: bytes) -> bool:
    try:
        # A character may be cut in two at the end.
        text = head.decode("utf-8") if len(head) < 4096 else head[:-4].decode("utf-8", errors="ignore")
    except UnicodeDecodeError:
        return False
    return len(text) > len(head) * 0.9 and all(letter.isprintable() or letter.isspace() for letter in text)
