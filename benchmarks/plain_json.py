"""What was measured, as JSON can hold it."""

from __future__ import annotations

import math

__all__ = ["plain"]


def plain(content: object) -> object:
    """Dictionaries and lists as they are; null for what is not a number or not finite, which JSON lacks."""
    if isinstance(content, dict):
        return {key: plain(each) for key, each in content.items()}
    if isinstance(content, list | tuple):
        return [plain(each) for each in content]
    return None if isinstance(content, float) and not math.isfinite(content) else content
