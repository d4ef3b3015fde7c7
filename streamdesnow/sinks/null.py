"""Throws results away, to measure everything else."""

from __future__ import annotations

from streamdesnow.frame import CleanedFrame

__all__ = ["NullSink"]


class NullSink:
    """Counts frames and forgets them."""

    def __init__(self, camera: str) -> None:
        self.name = f"null[{camera}]"
        self.keeps_all = True
        self.written = 0

    def open(self) -> None:
        """Nothing to prepare."""

    def write(self, cleaned: CleanedFrame) -> None:
        """Count the frame."""
        self.written += 1

    def close(self) -> None:
        """Nothing to finish."""
