"""A short film shown for as long as it takes."""

from __future__ import annotations

__all__ = ["there_and_back"]


def there_and_back(index: int, count: int) -> int:
    """Which of `count` frames comes next, without a jump at the end, which would be a scene cut."""
    place = index % (2 * count - 2)
    return place if place < count else 2 * count - 2 - place
