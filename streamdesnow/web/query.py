"""What is asked for after the question mark of an address."""

from __future__ import annotations

__all__ = ["is_number"]


def is_number(text: str) -> bool:
    """Whether it is a whole number of few digits."""
    # Python refuses to read thousands of them.
    return text.isascii() and text.isdecimal() and len(text) <= 12
