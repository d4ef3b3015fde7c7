"""Functions compiled into few passes over memory, on which a small network spends most of its time."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import torch

__all__ = ["can_fuse", "fuse"]

P = ParamSpec("P")
R = TypeVar("R")


def can_fuse(device: str) -> bool:
    """Whether this machine has what `torch.compile` builds with: a C++ compiler, or on a GPU Triton.

    Args:
        device: `cpu`, `cuda`.
    """
    if device == "cuda":
        from torch.utils._triton import has_triton

        return bool(has_triton())
    return any(shutil.which(name) for name in (os.environ.get("CXX", "g++"), "clang++"))


def fuse(function: Callable[P, R]) -> Callable[P, R]:
    """The same function, compiled at its first call, for one shape of its arguments.

    A step of recipe `fixed-camera-small` takes two thirds of the time, after two minutes of compiling.
    """
    with warnings.catch_warnings():
        # The compiler, which is imported here, uses what torch itself has deprecated.
        warnings.simplefilter("ignore", DeprecationWarning)
        compiled: Callable[P, R] = torch.compile(function, dynamic=False)
    return compiled
