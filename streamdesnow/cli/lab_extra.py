"""The lab needs torch; this says so in words instead of an ImportError."""

from __future__ import annotations

import importlib.util

from streamdesnow.errors import EngineUnavailable

__all__ = ["require_lab"]


def require_lab() -> None:
    """Check that what training needs is installed.

    Raises:
        EngineUnavailable: it is not; names the packages and the extra that brings them.
    """
    missing = [name for name in ("torch", "onnx", "onnxscript") if importlib.util.find_spec(name) is None]
    if missing:
        raise EngineUnavailable(
            f"training and export need {', '.join(missing)}: install with  pip install 'streamdesnow[train]'"
        )
