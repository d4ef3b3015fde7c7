"""Which libraries are installed, in which versions."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version

from streamdesnow.doctor.finding import Finding, Level

__all__ = ["library_findings"]

_NEEDED = ("streamdesnow", "av", "opencv-python", "numpy", "pydantic")

# Library, the extra that brings it, and what it is good for.
_OPTIONAL = (
    ("onnxruntime", "cpu", "runs networks on CPUs"),
    ("openvino", "cpu", "runs networks fastest on Intel CPUs"),
    ("onnxruntime-gpu", "gpu", "runs networks on NVIDIA GPUs"),
    ("tensorrt", "tensorrt", "runs networks fastest on NVIDIA GPUs"),
    (
        "tensorrt-rtx",
        "tensorrt-rtx",
        "runs networks fastest on GeForce and RTX GPUs, builds engines anywhere",
    ),
    ("torch", "train", "trains networks"),
    ("imageai", "detect", "detects people and cars"),
)


def library_findings(installed: Callable[[str], str] = version) -> Iterator[Finding]:
    """A finding for each library that streamdesnow knows how to use.

    Args:
        installed: version of a package, or PackageNotFoundError; nothing is imported.
    """
    yield Finding(Level.GOOD, "Python", f"{platform.python_version()} on {platform.platform()}")
    for name in _NEEDED:
        yield Finding(Level.GOOD, name, _version(name, installed) or "there, without a version")
    for name, extra, purpose in _OPTIONAL:
        found = _version(name, installed)
        if found:
            yield Finding(Level.GOOD, name, found)
        else:
            # Not a problem by itself: whether any engine works is looked at elsewhere.
            advice = f'pip install "streamdesnow[{extra}]" if wanted: {purpose}'
            yield Finding(Level.ABSENT, name, "not installed", advice)


def _version(name: str, installed: Callable[[str], str]) -> str | None:
    try:
        return installed(name)
    except PackageNotFoundError:
        return None
