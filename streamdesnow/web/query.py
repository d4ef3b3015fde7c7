"""What is asked for after the question mark of an address."""

from __future__ import annotations

from collections.abc import Collection

from starlette.exceptions import HTTPException

__all__ = ["check_camera", "is_number"]


def check_camera(name: str, cameras: Collection[str]) -> None:
    """Whether there is a camera of that name.

    Raises:
        HTTPException: 404, with the names that there are.
    """
    if name not in cameras:
        raise HTTPException(404, f"there is no camera {name!r}; there are {', '.join(cameras)}")


def is_number(text: str) -> bool:
    """Whether it is a whole number of few digits."""
    # Python refuses to read thousands of them.
    return text.isascii() and text.isdecimal() and len(text) <= 12
